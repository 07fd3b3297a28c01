/* SPDX-License-Identifier: MIT */
/* Coroutines on their own stacks (ucontext) take turns; each keeps local variables, a sum and a
 * floating-point value, and must be resumed in its own place and in turn. */
#include <ucontext.h>

#include "test/checkpoint/subject.h"

SUBJECT(coroutines, "contexts on their own stacks resume in place");

enum { COROUTINES = 16, STACK = 32768, PER_STEP = 20 };
static ucontext_t contexts[COROUTINES], main_context;
static uint8_t stacks[COROUTINES][STACK] __attribute__((aligned(64)));
static uint64_t sums[COROUTINES];
static unsigned long rounds, current_round;
static int current;

static void coroutine_run(int number)
{
	volatile uint64_t local[64];
	volatile double real = number;

	for (unsigned i = 0; i < 64; i++)
		local[i] = (uint64_t)number + i;
	for (unsigned long round = 0; round < rounds; round++) {
		uint8_t *here = (uint8_t *)__builtin_frame_address(0);

		subject_check(current == number && current_round == round, "%d runs in turn of %d", number, current);
		subject_check(here > stacks[number] && here <= stacks[number] + STACK, "stack of %d", number);
		for (unsigned i = 0; i < 64; i++)
			subject_check(local[i] == (uint64_t)number + i + round, "%d round %lu", number, round);
		subject_check(real == number + 0.25 * (double)round, "%d round %lu: real", number, round);
		for (unsigned i = 0; i < 64; i++)
			local[i]++;
		real += 0.25;
		sums[number] = subject_work(sums[number] + (uint64_t)number, 800);
		subject_check(swapcontext(&contexts[number], &main_context) == 0, "swapcontext");
	}
}

int main(int argc, char **argv)
{
	unsigned long steps = subject_begin(argc, argv);
	uint64_t result = 0;

	rounds = steps * PER_STEP;
	for (int i = 0; i < COROUTINES; i++) {
		subject_check(getcontext(&contexts[i]) == 0, "getcontext");
		contexts[i].uc_stack.ss_sp = stacks[i];
		contexts[i].uc_stack.ss_size = STACK;
		contexts[i].uc_link = &main_context;
		makecontext(&contexts[i], (void (*)(void))coroutine_run, 1, i);
	}
	for (current_round = 0; current_round < rounds; current_round++)
		for (current = 0; current < COROUTINES; current++)
			subject_check(swapcontext(&main_context, &contexts[current]) == 0, "swapcontext");
	for (int i = 0; i < COROUTINES; i++)
		result = subject_mix(result ^ sums[i]);
	return subject_finish(steps, result);
}
