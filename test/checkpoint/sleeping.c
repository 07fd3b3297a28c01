/* SPDX-License-Identifier: MIT */
/* Three threads wait in the three ways a program can (relative, until a monotonic deadline, on a
 * condition with a deadline). None may return early, whatever happened during the wait. */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "test/checkpoint/subject.h"

SUBJECT(sleeping, "sleeps and timed waits last at least as long as asked");

enum { WAIT_NANOSECONDS = 1000000, SECOND = 1000000000 };
static unsigned long steps;

static int64_t clock_now(void)
{
	struct timespec now;

	subject_check(clock_gettime(CLOCK_MONOTONIC, &now) == 0, "clock");
	return now.tv_sec * (int64_t)SECOND + now.tv_nsec;
}

static struct timespec time_from(int64_t nanoseconds)
{
	return (struct timespec){.tv_sec = nanoseconds / SECOND, .tv_nsec = nanoseconds % SECOND};
}

static void wait_relative(int64_t length)
{
	struct timespec left = time_from(length);

	while (nanosleep(&left, &left) != 0)
		subject_check(errno == EINTR && left.tv_nsec < SECOND, "nanosleep: errno %d", errno);
}

static void wait_deadline(int64_t length)
{
	struct timespec deadline = time_from(clock_now() + length);
	int error;

	while ((error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL)) != 0)
		subject_check(error == EINTR, "clock_nanosleep: error %d", error);
}

static void wait_condition(int64_t length)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct timespec deadline = time_from(clock_now() + length);
	pthread_condattr_t monotonic;
	pthread_cond_t condition;
	int error;

	subject_check(pthread_condattr_init(&monotonic) == 0, "attribute");
	subject_check(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0, "attribute");
	subject_check(pthread_cond_init(&condition, &monotonic) == 0, "condition");
	subject_check(pthread_mutex_lock(&lock) == 0, "lock");
	while ((error = pthread_cond_timedwait(&condition, &lock, &deadline)) == 0)
		; /* spurious wake-ups are allowed */
	subject_check(error == ETIMEDOUT, "timedwait: error %d", error);
	subject_check(pthread_mutex_unlock(&lock) == 0, "unlock");
	subject_check(pthread_cond_destroy(&condition) == 0, "condition");
}

static void *thread_run(void *argument)
{
	void (*const ways[])(int64_t) = {wait_relative, wait_deadline, wait_condition};
	uintptr_t way = (uintptr_t)argument;

	for (unsigned long step = 0; step < steps; step++) {
		int64_t length = WAIT_NANOSECONDS * (int64_t)(1 + step % 3), start = clock_now(), took;

		ways[way](length);
		took = clock_now() - start;
		subject_check(took >= length, "way %lu step %lu: %lld of %lld ns", (unsigned long)way, step,
			      (long long)took, (long long)length);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[3];

	steps = subject_begin(argc, argv);
	for (uintptr_t i = 0; i < 3; i++)
		subject_check(pthread_create(&threads[i], NULL, thread_run, (void *)i) == 0, "thread %lu", (unsigned long)i);
	for (int i = 0; i < 3; i++)
		subject_check(pthread_join(threads[i], NULL) == 0, "join %d", i);
	return subject_finish(steps, steps * 3);
}
