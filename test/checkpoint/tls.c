/* SPDX-License-Identifier: MIT */
/* Each thread owns thread-local variables of several kinds and works on them only; what it finds
 * must be its own values at its own addresses, which shows the segment base of every thread. */
#include <pthread.h>
#include <stdalign.h>

#include "test/checkpoint/subject.h"

SUBJECT(tls, "each thread keeps its own thread-local storage");

enum { THREADS = 5, WORDS = 512, ROUNDS = 200 };
static unsigned long steps;
static uint64_t results[THREADS];
static __thread uint64_t own_number = 41;
static __thread uint64_t own_table[WORDS];
static __thread alignas(64) char own_aligned[64];
static __thread void *own_address;

static void *thread_run(void *argument)
{
	uint64_t number = (uint64_t)(uintptr_t)argument, value = number;

	subject_check(own_number == 41, "thread %llu: initial value", (unsigned long long)number);
	own_number = number;
	own_address = &own_number;
	for (unsigned i = 0; i < WORDS; i++)
		own_table[i] = subject_mix(number * WORDS + i);
	for (unsigned long step = 0; step < steps; step++) {
		for (unsigned round = 0; round < ROUNDS; round++) {
			for (unsigned i = 0; i < WORDS; i++) {
				uint64_t expected = subject_mix(number * WORDS + i) + step * ROUNDS + round;

				subject_check(own_table[i] == expected, "thread %llu step %lu word %u",
					      (unsigned long long)number, step, i);
				own_table[i]++;
			}
			subject_check(own_number == number && own_address == &own_number,
				      "thread %llu step %lu: another thread's storage",
				      (unsigned long long)number, step);
			subject_check(((uintptr_t)own_aligned & 63) == 0, "alignment of %p", own_aligned);
			value = subject_mix(value ^ own_table[round]);
		}
	}
	results[number] = value;
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	uint64_t result = 0;

	steps = subject_begin(argc, argv);
	for (uintptr_t i = 0; i < THREADS; i++)
		subject_check(pthread_create(&threads[i], NULL, thread_run, (void *)i) == 0, "thread %lu", (unsigned long)i);
	for (int i = 0; i < THREADS; i++) {
		subject_check(pthread_join(threads[i], NULL) == 0, "join %d", i);
		result = subject_mix(result ^ results[i]);
	}
	subject_check(own_number == 41, "main thread: %llu", (unsigned long long)own_number);
	return subject_finish(steps, result);
}
