/* SPDX-License-Identifier: MIT */
/* Jumps back out of nested calls to one of several saved environments, with and without the signal
 * mask; stack addresses and mangled pointers in the buffers must stay valid. */
#include <setjmp.h>
#include <signal.h>

#include "test/checkpoint/subject.h"

SUBJECT(jumps, "setjmp, longjmp and sigsetjmp return where they were set");

enum { LEVELS = 32, PER_STEP = 150 };
static struct level {
	sigjmp_buf environment;
	volatile uint64_t token;
} levels[LEVELS];
static uint64_t random_state = 1;

__attribute__((noreturn, noinline)) static void level_leave(unsigned target)
{
	siglongjmp(levels[target].environment, (int)target + 1);
}

/* Descends, then jumps from the deepest level to a random one; that level checks and returns up. */
__attribute__((noinline)) static uint64_t level_enter(unsigned depth)
{
	volatile uint64_t token = random_state = subject_mix(random_state);
	volatile unsigned own = depth;
	sigset_t mask, usr;
	int from;

	levels[depth].token = token;
	sigemptyset(&mask);
	sigaddset(&mask, depth % 2 ? SIGUSR1 : SIGUSR2);
	subject_check(sigprocmask(SIG_SETMASK, &mask, NULL) == 0, "mask");
	from = sigsetjmp(levels[depth].environment, 1);
	if (from == 0) {
		if (depth + 1 < LEVELS)
			return level_enter(depth + 1);
		level_leave((unsigned)(random_state >> 32) % LEVELS);
	}
	subject_check(from == (int)own + 1 && own == depth, "level %u came back as %d", own, from);
	subject_check(levels[own].token == token, "level %u: local variable", own);
	subject_check(sigprocmask(SIG_SETMASK, NULL, &usr) == 0, "mask");
	subject_check(sigismember(&usr, own % 2 ? SIGUSR1 : SIGUSR2) == 1 &&
		      sigismember(&usr, own % 2 ? SIGUSR2 : SIGUSR1) == 0, "level %u: mask", own);
	return subject_work(token ^ own, 1000);
}

int main(int argc, char **argv)
{
	unsigned long steps = subject_begin(argc, argv);
	uint64_t result = 0;

	for (unsigned long step = 0; step < steps * PER_STEP / 10; step++)
		result = subject_mix(result ^ level_enter(0));
	return subject_finish(steps, result);
}
