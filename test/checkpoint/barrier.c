/* SPDX-License-Identifier: MIT */
/* Threads work on their own cell, meet at a barrier, read their neighbour's cell, and meet again:
 * a thread that runs ahead or stays behind reads a cell of another generation. */
#include <pthread.h>

#include "test/checkpoint/subject.h"

SUBJECT(barrier, "threads at a barrier stay in the same generation");

enum { THREADS = 4 };
static struct cell {
	uint64_t value;
	unsigned long generation;
} cells[THREADS];
static pthread_barrier_t meeting;
static unsigned long steps, serial_count;

static void barrier_meet(void)
{
	int outcome = pthread_barrier_wait(&meeting);

	subject_check(outcome == 0 || outcome == PTHREAD_BARRIER_SERIAL_THREAD, "outcome %d", outcome);
	if (outcome == PTHREAD_BARRIER_SERIAL_THREAD)
		__atomic_fetch_add(&serial_count, 1, __ATOMIC_RELAXED);
}

static void *thread_run(void *argument)
{
	uintptr_t own = (uintptr_t)argument, neighbour = (own + 1) % THREADS;

	for (unsigned long step = 1; step <= steps; step++) {
		uint64_t seen;

		cells[own].value = subject_work(cells[own].value, 100000);
		cells[own].generation = step;
		barrier_meet();
		subject_check(cells[neighbour].generation == step, "step %lu: neighbour is in %lu", step,
			      cells[neighbour].generation);
		seen = cells[neighbour].value;
		barrier_meet();
		cells[own].value ^= seen;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	uint64_t result = 0;

	steps = subject_begin(argc, argv);
	subject_check(pthread_barrier_init(&meeting, NULL, THREADS) == 0, "barrier");
	for (uintptr_t i = 0; i < THREADS; i++) {
		cells[i].value = i;
		subject_check(pthread_create(&threads[i], NULL, thread_run, (void *)i) == 0, "thread %lu", (unsigned long)i);
	}
	for (int i = 0; i < THREADS; i++) {
		subject_check(pthread_join(threads[i], NULL) == 0, "join %d", i);
		result = subject_mix(result ^ cells[i].value);
	}
	subject_check(serial_count == 2 * steps, "%lu serial threads in %lu steps", serial_count, steps);
	return subject_finish(steps, result);
}
