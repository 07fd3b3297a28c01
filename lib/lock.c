/* SPDX-License-Identifier: MIT */
/*
 * The lock between threads, see framework/env.h. A signal keeps what was submitted before anybody waited, so a give that
 * comes between the look at the state and the sleep is not lost.
 */
#include <framework/env.h>

enum { OPEN, HELD, AWAITED };   /* AWAITED: held, and somebody may sleep */

void lock_take(struct lock *lock)
{
	uint32_t badges, count, expected = OPEN;

	if (__atomic_compare_exchange_n(&lock->state, &expected, HELD, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(&lock->state, AWAITED, __ATOMIC_ACQUIRE) != OPEN)
		if (signal_wait(lock->opened, DEADLINE_NEVER, &badges, &count) != OK)
			__builtin_trap();   /* not ready, or the signal was taken from it */
}

void lock_give(struct lock *lock)
{
	if (__atomic_exchange_n(&lock->state, OPEN, __ATOMIC_RELEASE) != AWAITED)
		return;
	err_t ignored = signal_submit(lock->opened);
	(void)ignored;
}
