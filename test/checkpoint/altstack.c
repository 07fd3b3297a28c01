/* SPDX-License-Identifier: MIT */
/* Each thread has an alternate signal stack; its handler runs there, uses much of it and looks at
 * what the kernel says about it, while the ordinary stack keeps its content. */
#include <pthread.h>
#include <signal.h>

#include "test/checkpoint/subject.h"

SUBJECT(altstack, "alternate signal stacks stay per thread, with their state");

enum { THREADS = 3, STACK = 65536, FILL = 32768, PER_STEP = 20 };
static unsigned long steps;
static uint8_t stacks[THREADS][STACK] __attribute__((aligned(64)));
static __thread uintptr_t own_number;
static __thread volatile uint64_t own_sum;

__attribute__((noinline)) static uint64_t stack_fill(uint64_t seed)
{
	volatile uint64_t words[FILL / sizeof(uint64_t)];
	enum { WORDS = sizeof(words) / sizeof(words[0]) };

	for (unsigned i = 0; i < WORDS; i++)
		words[i] = subject_mix(seed + i);
	for (unsigned i = 0; i < WORDS; i++)
		subject_check(words[i] == subject_mix(seed + i), "word %u on the stack", i);
	return words[seed % WORDS];
}

static void handle_signal(int signal)
{
	uint8_t *base = stacks[own_number], *here = (uint8_t *)__builtin_frame_address(0);
	stack_t state;

	subject_check(signal == SIGUSR1 && here > base && here <= base + STACK, "handler on stack %p", here);
	subject_check(sigaltstack(NULL, &state) == 0, "sigaltstack");
	subject_check(state.ss_flags == SS_ONSTACK && state.ss_sp == base && state.ss_size == STACK,
		      "state inside: %p flags %d", state.ss_sp, state.ss_flags);
	own_sum += stack_fill(own_number * 1000 + own_sum % 1000);
}

static void *thread_run(void *argument)
{
	uint64_t guard[64], *result = argument;
	stack_t state = {0};

	own_number = (uintptr_t)*result;
	state.ss_sp = stacks[own_number];
	state.ss_size = STACK;
	subject_check(sigaltstack(&state, NULL) == 0, "sigaltstack");
	for (unsigned long step = 0; step < steps * PER_STEP; step++) {
		for (unsigned i = 0; i < 64; i++)
			guard[i] = subject_mix(step + i);
		subject_check(raise(SIGUSR1) == 0, "raise");
		for (unsigned i = 0; i < 64; i++)
			subject_check(guard[i] == subject_mix(step + i), "step %lu: ordinary stack", step);
		subject_check(sigaltstack(NULL, &state) == 0 && state.ss_flags == 0 &&
			      state.ss_sp == stacks[own_number], "state outside: flags %d", state.ss_flags);
	}
	*result = own_sum;
	state.ss_flags = SS_DISABLE;
	subject_check(sigaltstack(&state, NULL) == 0, "sigaltstack off");
	return NULL;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = handle_signal, .sa_flags = SA_ONSTACK};
	pthread_t threads[THREADS];
	uint64_t results[THREADS], result = 0;

	steps = subject_begin(argc, argv);
	subject_check(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
	for (uint64_t i = 0; i < THREADS; i++) {
		results[i] = i;
		subject_check(pthread_create(&threads[i], NULL, thread_run, &results[i]) == 0, "thread");
	}
	for (int i = 0; i < THREADS; i++) {
		subject_check(pthread_join(threads[i], NULL) == 0, "join %d", i);
		result = subject_mix(result ^ results[i]);
	}
	return subject_finish(steps, result);
}
