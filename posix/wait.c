/* SPDX-License-Identifier: MIT */
/* The lock and the queues, see wait.h. */
#include "posix/errno.h"
#include "posix/signal.h"
#include "posix/thread.h"
#include "posix/wait.h"

static struct lock lock;

err_t posix_shared(void)
{
	err_t err = lock_ready(&lock);

	return err == OK ? env_shared() : err;
}

void posix_lock(void)
{
	lock_take(&lock);
}

void posix_unlock(void)
{
	lock_give(&lock);
}

static void queue_add(struct waiter *waiter)
{
	struct wait_queue *queue = waiter->queue;

	waiter->next = NULL;
	waiter->previous = queue->last;
	if (queue->last)
		queue->last->next = waiter;
	else
		queue->first = waiter;
	queue->last = waiter;
}

static void queue_remove(struct waiter *waiter)
{
	struct wait_queue *queue = waiter->queue;

	if (!queue)
		return;
	if (waiter->previous)
		waiter->previous->next = waiter->next;
	else
		queue->first = waiter->next;
	if (waiter->next)
		waiter->next->previous = waiter->previous;
	else
		queue->last = waiter->previous;
	waiter->queue = NULL;
}

static bool any_woken(const struct waiter *waiters, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (waiters[i].woken)
			return true;
	return false;
}

long wait_any(struct waiter *waiters, uint32_t count, uint64_t deadline)
{
	struct thread *self = thread_self();
	uint32_t badges, submitted;
	long result = 0;

	for (uint32_t i = 0; i < count; i++) {
		waiters[i].thread = self;
		waiters[i].woken = false;
		queue_add(&waiters[i]);
	}
	while (!any_woken(waiters, count)) {
		if (signal_deliverable(self)) {
			result = -EINTR;
			break;
		}
		self->waiting = true;
		posix_unlock();
		err_t err = signal_wait(self->signal, deadline, &badges, &submitted);
		posix_lock();
		self->waiting = false;
		if (err == ERR_TIMEOUT && !any_woken(waiters, count)) {
			result = -ETIMEDOUT;
			break;
		}
	}
	for (uint32_t i = 0; i < count; i++)
		queue_remove(&waiters[i]);
	return result;
}

long wait_on(struct wait_queue *queue, uint64_t deadline)
{
	struct waiter waiter = {.queue = queue};

	return wait_any(&waiter, 1, deadline);
}

void waiter_wake(struct waiter *waiter)
{
	waiter->woken = true;
	queue_remove(waiter);
	err_t ignored = signal_submit(waiter->thread->signal);
	(void)ignored;
}

void waiter_move(struct waiter *waiter, struct wait_queue *queue)
{
	queue_remove(waiter);
	waiter->queue = queue;
	queue_add(waiter);
}

uint32_t wait_wake(struct wait_queue *queue, uint32_t count)
{
	uint32_t woken = 0;

	for (; queue->first && woken < count; woken++)
		waiter_wake(queue->first);
	return woken;
}

void wait_tell(struct wait_queue *queue, uint32_t events)
{
	wait_wake(queue, UINT32_MAX);
	for (struct watch *watch = events ? queue->watches : NULL; watch; watch = watch->next)
		watch->told(watch, events);
}

void watch_add(struct watch *watch, struct wait_queue *queue)
{
	watch->next = queue->watches;
	watch->link = &queue->watches;
	if (watch->next)
		watch->next->link = &watch->next;
	queue->watches = watch;
}

void watch_remove(struct watch *watch)
{
	*watch->link = watch->next;
	if (watch->next)
		watch->next->link = watch->link;
}
