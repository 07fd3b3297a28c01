/* SPDX-License-Identifier: MIT */
/*
 * One lock for the whole library OS, held while a system call is handled and given up only while a thread waits. A
 * thread waits on one or several queues; each thread has one kernel signal for that. Queues are zero-initialised.
 *
 *   queue ── waiter ── waiter       threads, each until it is woken or gives up
 *      └──── watch ─── watch        told of each change without waiting: how epoll knows what may be ready
 */
#ifndef POSIX_WAIT_H
#define POSIX_WAIT_H

#include <kernel/err.h>
#include <kernel/types.h>

struct waiter;
struct watch;
struct wait_queue {
	struct waiter *first, *last;
	struct watch *watches;
};

/* Lives where its owner has it, and hears of `events` (POLL bits) until it is taken off. */
struct watch {
	struct watch *next, **link;
	void (*told)(struct watch *watch, uint32_t events);
};

/* One entry of a wait; lives on the stack of the caller. */
struct waiter {
	struct wait_queue *queue;
	struct waiter *next, *previous;
	struct thread *thread;
	uint32_t key;            /* of the caller: bit set of a futex, ... */
	bool woken;
};

/*
 * Wait until one of `waiters` (queue and key are set) is woken, `deadline` (own clock, ns, UINT64_MAX: never) passed,
 * or a signal for the program is pending. Takes them off their queues. 0, -ETIMEDOUT, -EINTR.
 * The lock is held before and after; conditions must be looked at again.
 */
long wait_any(struct waiter *waiters, uint32_t count, uint64_t deadline);

/* The same with one queue. */
long wait_on(struct wait_queue *queue, uint64_t deadline);

/* Wake this one, and take it off its queue. */
void waiter_wake(struct waiter *waiter);

/* Put a waiter that is in a queue into another. */
void waiter_move(struct waiter *waiter, struct wait_queue *queue);

/* Before a second thread is made, the program's or one of the library's. */
err_t posix_shared(void) MUST_CHECK;
void posix_lock(void);
void posix_unlock(void);

/* Wake up to `count` waiters that wait longest; returns how many. */
uint32_t wait_wake(struct wait_queue *queue, uint32_t count);

/* What the queue belongs to changed: wake all waiters, and tell watches that it may be ready for `events` now, if any. */
void wait_tell(struct wait_queue *queue, uint32_t events);

void watch_add(struct watch *watch, struct wait_queue *queue);
void watch_remove(struct watch *watch);

#endif
