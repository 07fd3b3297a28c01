/* SPDX-License-Identifier: MIT */
/* The floor of any pause and resume on Linux, independent of our own: tgkill to a running thread,
 * its handler reports by futex and waits, is woken, and returns by sigreturn. Counted from the
 * signal until the thread runs program code again, per number of threads.
 *   usage: bench-floor [-r REPEATS] THREADS...      CSV, one line per count; times in microseconds */
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sample.h"

enum { THREADS_MOST = 64 };
static struct worker {
	pthread_t thread;
	int task;
	uint64_t loops;
} workers[THREADS_MOST] __attribute__((aligned(64)));
static int paused, generation, resumed, stopping; /* changed atomically, the first two are futexes */

static void word_wait(int *word, int value)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void word_wake(int *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

static void handle_pause(int signal)
{
	int seen = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);

	(void)signal;
	__atomic_add_fetch(&paused, 1, __ATOMIC_RELEASE);
	word_wake(&paused, 1);
	while (__atomic_load_n(&generation, __ATOMIC_ACQUIRE) == seen)
		word_wait(&generation, seen);
}

static void *worker_run(void *argument)
{
	struct worker *worker = argument;
	int seen = 0;

	__atomic_store_n(&worker->task, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
	while (!__atomic_load_n(&stopping, __ATOMIC_RELAXED)) {
		int now = __atomic_load_n(&generation, __ATOMIC_RELAXED);

		worker->loops++;
		if (now != seen) {
			seen = now;
			__atomic_add_fetch(&resumed, 1, __ATOMIC_RELEASE);
		}
	}
	return NULL;
}

static void count_await(int *word, int count, int sleep)
{
	int seen;

	while ((seen = __atomic_load_n(word, __ATOMIC_ACQUIRE)) < count) {
		if (sleep)
			word_wait(word, seen);
		else
			sched_yield();
	}
}

static int64_t pause_measure(int count)
{
	int64_t start = sample_now();

	__atomic_store_n(&paused, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&resumed, 0, __ATOMIC_RELEASE);
	for (int i = 0; i < count; i++)
		syscall(SYS_tgkill, getpid(), workers[i].task, SIGUSR1);
	count_await(&paused, count, 1);
	__atomic_add_fetch(&generation, 1, __ATOMIC_RELEASE);
	word_wake(&generation, count);
	count_await(&resumed, count, 0);
	return sample_now() - start;
}

static int floor_measure(int count, struct sample *sample)
{
	stopping = generation = 0;
	for (int i = 0; i < count; i++) {
		workers[i].task = 0;
		if (pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]) != 0)
			return 1;
	}
	for (int i = 0; i < count; i++)
		while (!__atomic_load_n(&workers[i].task, __ATOMIC_ACQUIRE))
			sched_yield();
	for (size_t i = 0; i < sample->capacity; i++)
		sample_add(sample, pause_measure(count));
	__atomic_store_n(&stopping, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < count; i++)
		pthread_join(workers[i].thread, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = handle_pause};
	int first = 1;
	size_t repeats = sample_repeats(argc, argv, 1001, &first);

	if (first >= argc || sigaction(SIGUSR1, &action, NULL) != 0) {
		fprintf(stderr, "usage: bench-floor [-r REPEATS] THREADS...\n");
		return 2;
	}
	sample_header("threads");
	for (int i = first; i < argc; i++) {
		long count = strtol(argv[i], NULL, 10);
		struct sample sample;

		if (count < 1 || count > THREADS_MOST) {
			fprintf(stderr, "bench-floor: 1 to %d threads, not %s\n", THREADS_MOST, argv[i]);
			return 2;
		}
		sample_init(&sample, repeats);
		if (floor_measure((int)count, &sample) != 0)
			return 1;
		sample_print(&sample, "floor", argv[i]);
		sample_done(&sample);
	}
	return 0;
}
