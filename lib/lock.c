/* SPDX-License-Identifier: MIT */
/*
 * The lock between threads, see framework/env.h. A signal keeps what was submitted before anybody waited, so a give that
 * comes between the look at the state and the sleep is not lost.
 *
 * Whoever is quick may take it before the one that was woken for it: handing it over instead would cost each call of threads
 * that share much two switches. But one that takes and gives it again and again may be caught with it each time its turn ends.
 * So who was woken in vain says so, and then the others let it run when they give.
 */
#include <framework/env.h>
#include <kernel/thread.h>

enum { OPEN, HELD, AWAITED };   /* AWAITED: held, and somebody may sleep */

void lock_take(struct lock *lock)
{
	uint32_t badges, count, expected = OPEN, woken = 0;

	if (__atomic_compare_exchange_n(&lock->state, &expected, HELD, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(&lock->state, AWAITED, __ATOMIC_ACQUIRE) != OPEN) {
		if (woken++ == 1)
			__atomic_fetch_add(&lock->in_vain, 1, __ATOMIC_RELAXED);
		if (signal_wait(lock->opened, DEADLINE_NEVER, &badges, &count) != OK)
			__builtin_trap();   /* not ready, or the signal was taken from it */
	}
	if (woken > 1)
		__atomic_fetch_sub(&lock->in_vain, 1, __ATOMIC_RELAXED);
}

void lock_give(struct lock *lock)
{
	if (__atomic_exchange_n(&lock->state, OPEN, __ATOMIC_RELEASE) != AWAITED)
		return;
	err_t ignored = signal_submit(lock->opened);
	(void)ignored;
	if (__atomic_load_n(&lock->in_vain, __ATOMIC_RELAXED))
		thread_yield();
}
