/* SPDX-License-Identifier: MIT */
/* Twelve general registers and the flags are held through a spin inside one assembly block, in two threads at once. */
#include <pthread.h>

#include "test/checkpoint/subject.h"

SUBJECT(registers, "general registers and flags keep their values");

enum { SPIN = 200000, REGISTERS = 12 };
static unsigned long steps;

/* Loads words[0..11], compares the second with the first, spins on r7, stores to words[12..23]; the flags are the result. */
__attribute__((naked, noinline, target("thumb")))
static uint32_t registers_hold(__attribute__((unused)) uint32_t *words, __attribute__((unused)) uint32_t count)
{
	__asm__ volatile("push {r4-r11, lr}\n\tstr r0, [sp, #-8]!\n\tmov r7, r1\n\tmov lr, r0\n\t"
			 "ldmia lr, {r0-r6, r8-r12}\n\tcmp r1, r0\n\t"
			 "1: sub.w r7, r7, #1\n\tcbz r7, 2f\n\tb 1b\n\t"
			 "2: mrs r7, apsr\n\tldr lr, [sp]\n\tadd lr, lr, #48\n\tstmia lr, {r0-r6, r8-r12}\n\t"
			 "mov r0, r7\n\tadd sp, sp, #8\n\tpop {r4-r11, pc}");
}

/* The flags that `cmp second, first` sets: N, Z, C, V. */
static uint32_t flags_expected(uint32_t second, uint32_t first)
{
	uint32_t difference = second - first;
	uint32_t overflow = ((second ^ first) & (second ^ difference)) >> 31;

	return difference >> 31 << 31 | (uint32_t)(difference == 0) << 30 | (uint32_t)(second >= first) << 29 |
	       overflow << 28;
}

static void *thread_run(void *argument)
{
	uint32_t words[2 * REGISTERS], flags;
	uint64_t *result = argument;

	for (unsigned long step = 0; step < steps; step++) {
		for (int i = 0; i < REGISTERS; i++) {
			*result = subject_mix(*result);
			words[i] = (uint32_t)(*result >> 7);
		}
		flags = registers_hold(words, SPIN);
		for (int i = 0; i < REGISTERS; i++)
			subject_check(words[i] == words[REGISTERS + i], "step %lu: register %d", step, i);
		subject_check((flags & 0xf0000000) == flags_expected(words[1], words[0]), "step %lu: flags %x", step, flags);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	uint64_t results[2] = {1, 2};
	pthread_t thread;

	steps = subject_begin(argc, argv);
	subject_check(pthread_create(&thread, NULL, thread_run, &results[1]) == 0, "thread");
	thread_run(&results[0]);
	subject_check(pthread_join(thread, NULL) == 0, "join");
	return subject_finish(steps, results[0] ^ results[1]);
}
