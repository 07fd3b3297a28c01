/* SPDX-License-Identifier: MIT */
/* The short lock between threads, see framework/env.h. */
#include <framework/env.h>
#include <kernel/thread.h>

void lock_take(struct lock *lock)
{
	while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE))
		thread_yield();
}

void lock_give(struct lock *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}
