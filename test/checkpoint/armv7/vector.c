/* SPDX-License-Identifier: MIT */
/*
 * Fills the 32 double registers of VFP and NEON and the rounding mode, spins inside the same assembly block, and compares
 * what is stored afterwards, in two threads at once: the compiler has no say between.
 */
#include <pthread.h>
#include <string.h>

#include "test/checkpoint/subject.h"

SUBJECT(vector, "vector registers and rounding mode keep every bit");

enum { SPIN = 200000, SIZE = 256, ROUNDING = 3 << 22 };
static unsigned long steps;

#define CLOBBERED "memory", "cc", "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "d10", "d11", "d12", \
	"d13", "d14", "d15"

static uint32_t vector_hold(const uint8_t *loaded, uint8_t *stored, uint32_t mode)
{
	uint32_t count = SPIN;

	__asm__ volatile(".fpu neon\n\tvldmia %[in]!, {d0-d15}\n\tvldmia %[in], {d16-d31}\n\tvmsr fpscr, %[mode]\n\t"
			 "1: subs %[count], %[count], #1\n\tbne 1b\n\t"
			 "vmrs %[mode], fpscr\n\tvstmia %[out]!, {d0-d15}\n\tvstmia %[out], {d16-d31}\n\t"
			 "mov %[count], #0\n\tvmsr fpscr, %[count]"
			 : [count] "+r"(count), [in] "+r"(loaded), [out] "+r"(stored), [mode] "+r"(mode) : : CLOBBERED);
	return mode & ROUNDING;
}

static void *thread_run(void *argument)
{
	uint8_t loaded[SIZE], stored[SIZE];
	uint64_t *value = argument;

	for (unsigned long step = 0; step < steps; step++) {
		for (size_t i = 0; i < SIZE; i += sizeof *value) {
			*value = subject_mix(*value);
			memcpy(loaded + i, value, sizeof *value);
		}
		memset(stored, 0, SIZE);
		uint32_t mode = (uint32_t)(step % 4) << 22, found = vector_hold(loaded, stored, mode);
		subject_check(found == mode, "step %lu: rounding mode %x", step, found);
		for (size_t i = 0; i < SIZE; i++)
			subject_check(loaded[i] == stored[i], "step %lu, byte %zu", step, i);
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
