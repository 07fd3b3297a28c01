/* SPDX-License-Identifier: MIT */
/* Goes down thousands of frames in two threads, each frame with its own words and a pointer to its
 * caller's, and checks them on the way up: deep stacks that are partly old and partly new. */
#include <pthread.h>

#include "test/checkpoint/subject.h"

SUBJECT(recursion, "deep stacks keep every frame");

enum { DEPTH = 6000, WORDS = 8, PER_STEP = 8 };
struct frame {
	struct frame *caller;
	uint64_t words[WORDS];
};
static unsigned long steps;

__attribute__((noinline)) static uint64_t frame_enter(struct frame *caller, uint64_t seed, unsigned depth)
{
	struct frame own = {.caller = caller};
	struct frame *volatile shown = &own;
	uint64_t below;

	for (unsigned i = 0; i < WORDS; i++)
		shown->words[i] = subject_mix(seed + depth * WORDS + i);
	below = depth ? frame_enter(shown, seed, depth - 1) : seed;
	subject_check(shown->caller == caller, "depth %u: caller", depth);
	for (unsigned i = 0; i < WORDS; i++)
		subject_check(shown->words[i] == subject_mix(seed + depth * WORDS + i), "depth %u word %u",
			      depth, i);
	if (caller)
		subject_check(caller->words[0] == subject_mix(seed + (depth + 1) * WORDS), "depth %u above",
			      depth);
	return subject_mix(below ^ shown->words[depth % WORDS]);
}

static void *thread_run(void *argument)
{
	uint64_t *result = argument;

	for (unsigned long step = 0; step < steps * PER_STEP; step++) {
		unsigned depth = step % 8 == 0 ? DEPTH : DEPTH / 16 * (unsigned)(step % 8);

		*result = subject_mix(*result ^ frame_enter(NULL, *result, depth));
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
