/* SPDX-License-Identifier: MIT */
/* Two threads send each other and themselves signals while their masks change. A blocked signal
 * stays pending, an unblocked one runs its handler once, on the right thread, with its mask. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "test/checkpoint/subject.h"

SUBJECT(signals, "signal handlers, masks and pending signals stay exact");

enum { THREADS = 2, PER_STEP = 10 };
static unsigned long steps;
static pthread_t threads[THREADS];
static __thread volatile sig_atomic_t count_first, count_second, own_number;
static pthread_barrier_t start;
static int delivered[THREADS];

static sigset_t set_of(int one, int other)
{
	sigset_t set;

	sigemptyset(&set);
	if (one)
		sigaddset(&set, one);
	if (other)
		sigaddset(&set, other);
	return set;
}

static void handle_first(int signal)
{
	sigset_t mask;

	subject_check(signal == SIGUSR1, "signal %d", signal);
	subject_check(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0, "mask");
	subject_check(sigismember(&mask, SIGUSR1) && sigismember(&mask, SIGUSR2), "mask inside a handler");
	count_first++;
}

static void handle_second(int signal, siginfo_t *information, void *context)
{
	subject_check(signal == SIGUSR2 && information->si_signo == SIGUSR2, "signal %d", signal);
	subject_check(context != NULL, "context");
	count_second++;
}

static void handle_peer(int signal)
{
	subject_check(signal == SIGURG, "signal %d", signal);
	__atomic_fetch_add(&delivered[own_number], 1, __ATOMIC_RELEASE);
}

static void round_self(unsigned long round)
{
	sigset_t block = set_of(SIGUSR1, SIGUSR2), none = set_of(0, 0), seen;
	int first = count_first, second = count_second;

	subject_check(raise(SIGUSR1) == 0 && count_first == first + 1, "round %lu: open signal", round);
	subject_check(pthread_sigmask(SIG_SETMASK, &block, NULL) == 0, "mask");
	for (int i = 0; i < 3; i++)
		subject_check(raise(SIGUSR1) == 0 && raise(SIGUSR2) == 0, "raise");
	subject_work(round, 5000);
	subject_check(sigpending(&seen) == 0 && sigismember(&seen, SIGUSR1) && sigismember(&seen, SIGUSR2),
		      "round %lu: pending signals", round);
	subject_check(count_first == first + 1 && count_second == second, "round %lu: blocked signal ran", round);
	subject_check(pthread_sigmask(SIG_SETMASK, &none, &seen) == 0, "mask");
	subject_check(sigismember(&seen, SIGUSR1) && sigismember(&seen, SIGUSR2), "round %lu: mask", round);
	subject_check(count_first == first + 2 && count_second == second + 1,
		      "round %lu: %d and %d handlers ran", round, count_first - first, count_second - second);
}

static void *thread_run(void *argument)
{
	uintptr_t number = (uintptr_t)argument, peer = 1 - number;
	int outcome;

	own_number = (sig_atomic_t)number;
	outcome = pthread_barrier_wait(&start);
	subject_check(outcome == 0 || outcome == PTHREAD_BARRIER_SERIAL_THREAD, "barrier: %d", outcome);
	for (int round = 1; round <= (int)steps * PER_STEP; round++) {
		round_self((unsigned long)round);
		subject_check(pthread_kill(threads[peer], SIGURG) == 0, "round %d: kill", round);
		while (__atomic_load_n(&delivered[peer], __ATOMIC_ACQUIRE) < round ||
		       __atomic_load_n(&delivered[number], __ATOMIC_ACQUIRE) < round)
			sched_yield();
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct sigaction first = {.sa_handler = handle_first}, peer = {.sa_handler = handle_peer};
	struct sigaction second = {.sa_sigaction = handle_second, .sa_flags = SA_SIGINFO | SA_NODEFER};

	steps = subject_begin(argc, argv);
	first.sa_mask = set_of(SIGUSR2, 0);
	subject_check(sigaction(SIGUSR1, &first, NULL) == 0, "sigaction");
	subject_check(sigaction(SIGUSR2, &second, NULL) == 0, "sigaction");
	subject_check(sigaction(SIGURG, &peer, NULL) == 0, "sigaction");
	subject_check(pthread_barrier_init(&start, NULL, THREADS) == 0, "barrier");
	for (uintptr_t i = 0; i < THREADS; i++)
		subject_check(pthread_create(&threads[i], NULL, thread_run, (void *)i) == 0, "thread %lu", (unsigned long)i);
	for (int i = 0; i < THREADS; i++)
		subject_check(pthread_join(threads[i], NULL) == 0, "join %d", i);
	subject_check(sigaction(SIGUSR1, NULL, &peer) == 0 && peer.sa_handler == handle_first &&
		      sigismember(&peer.sa_mask, SIGUSR2), "handler of the first signal changed");
	return subject_finish(steps, (uint64_t)delivered[0] + (uint64_t)delivered[1]);
}
