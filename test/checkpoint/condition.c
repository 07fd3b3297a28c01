/* SPDX-License-Identifier: MIT */
/* Two producers and two consumers share a small ring under one mutex and two conditions; every
 * number passes exactly once. An error-checking mutex notices an owner that changed. */
#include <pthread.h>

#include "test/checkpoint/subject.h"

SUBJECT(condition, "mutex and condition variables lose no wake-up and no owner");

enum { PRODUCERS = 2, CONSUMERS = 2, SLOTS = 8, PER_STEP = 20 };
static pthread_mutex_t lock;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, not_full = PTHREAD_COND_INITIALIZER;
static uint64_t ring[SLOTS]; /* all below: under lock */
static unsigned long head, tail, taken, total;
static uint64_t sum;
static int inside;

static void section_enter(void)
{
	subject_check(pthread_mutex_lock(&lock) == 0, "lock");
	subject_check(inside == 0, "%d others in the section", inside);
	inside = 1;
}

static void section_leave(void)
{
	inside = 0;
	subject_check(pthread_mutex_unlock(&lock) == 0, "unlock by the owner");
}

static void section_wait(pthread_cond_t *condition)
{
	inside = 0;
	subject_check(pthread_cond_wait(condition, &lock) == 0, "wait");
	subject_check(inside == 0, "%d others after the wait", inside);
	inside = 1;
}

static void *producer_run(void *argument)
{
	uint64_t first = (uint64_t)(uintptr_t)argument;

	for (uint64_t number = first; number < total; number += PRODUCERS) {
		uint64_t value = subject_work(number, 2000);

		section_enter();
		while (head - tail == SLOTS)
			section_wait(&not_full);
		ring[head++ % SLOTS] = value;
		subject_check(pthread_cond_signal(&not_empty) == 0, "signal");
		section_leave();
	}
	return NULL;
}

static void *consumer_run(void *argument)
{
	section_enter();
	for (;;) {
		while (head == tail && taken < total)
			section_wait(&not_empty);
		if (taken == total)
			break;
		sum += ring[tail++ % SLOTS];
		subject_check(head - tail <= SLOTS, "ring %lu..%lu", tail, head);
		if (++taken == total)
			subject_check(pthread_cond_broadcast(&not_empty) == 0, "broadcast");
		subject_check(pthread_cond_signal(&not_full) == 0, "signal");
	}
	section_leave();
	return argument;
}

int main(int argc, char **argv)
{
	pthread_t threads[PRODUCERS + CONSUMERS];
	unsigned long steps = subject_begin(argc, argv);
	pthread_mutexattr_t checking;
	uint64_t expected = 0;

	total = steps * PER_STEP;
	subject_check(pthread_mutexattr_init(&checking) == 0, "attribute");
	subject_check(pthread_mutexattr_settype(&checking, PTHREAD_MUTEX_ERRORCHECK) == 0, "attribute");
	subject_check(pthread_mutex_init(&lock, &checking) == 0, "mutex");
	for (uintptr_t i = 0; i < PRODUCERS + CONSUMERS; i++)
		subject_check(pthread_create(&threads[i], NULL, i < PRODUCERS ? producer_run : consumer_run,
					     (void *)i) == 0, "thread %lu", (unsigned long)i);
	for (int i = 0; i < PRODUCERS + CONSUMERS; i++)
		subject_check(pthread_join(threads[i], NULL) == 0, "join %d", i);
	for (uint64_t number = 0; number < total; number++)
		expected += subject_work(number, 2000);
	subject_check(sum == expected && taken == total && head == tail, "sum of %lu numbers", taken);
	return subject_finish(steps, sum);
}
