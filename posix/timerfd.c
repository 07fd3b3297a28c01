/* SPDX-License-Identifier: MIT */
/* Timers that are read (timerfd): what has expired is reckoned when somebody looks, so none of them needs a thread. */
#include <framework/env.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/time.h"
#include "posix/user.h"

enum { CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, CLOCK_BOOT = 7, CLOCK_REALTIME_ALARM = 8, CLOCK_BOOT_ALARM = 9 };
enum { TIMER_ABSTIME = 1, TIMER_CANCEL_ON_SET = 2 };

struct expiry {
	bool real;
	uint64_t deadline, period;   /* own clock; UINT64_MAX: not armed */
	uint64_t count;              /* expirations that were not read */
	struct wait_queue queue;     /* told when it is set and when somebody finds it expired */
};

static void settle(struct expiry *expiry)
{
	uint64_t now = clock_now(), passed = 1;

	if (expiry->deadline > now)
		return;
	if (expiry->period)
		passed += (now - expiry->deadline) / expiry->period;
	bool first = !expiry->count;
	expiry->count += passed;
	expiry->deadline = expiry->period ? expiry->deadline + passed * expiry->period : UINT64_MAX;
	if (first)
		wait_tell(&expiry->queue, POLLIN);
}

static long timer_read(struct description *file, uint64_t offset, void *buffer, uint64_t size)
{
	struct expiry *expiry = file->state;

	(void)offset;
	if (size < sizeof expiry->count)
		return -EINVAL;
	for (settle(expiry); !expiry->count; settle(expiry)) {
		long result = file->flags & O_NONBLOCK ? -EAGAIN : wait_on(&expiry->queue, expiry->deadline);
		if (result && result != -ETIMEDOUT)
			return result;
	}
	memcpy(buffer, &expiry->count, sizeof expiry->count);
	expiry->count = 0;
	return sizeof expiry->count;
}

static long timer_write(struct description *file, uint64_t offset, const void *buffer, uint64_t size)
{
	(void)file;
	(void)offset;
	(void)buffer;
	(void)size;
	return -EINVAL;
}

static void timer_close(struct description *file)
{
	heap_free(file->state);
}

static uint32_t timer_ready(const struct description *file)
{
	struct expiry *expiry = file->state;

	settle(expiry);
	return expiry->count ? POLLIN : 0;
}

static struct wait_queue *timer_queue(struct description *file)
{
	return &((struct expiry *)file->state)->queue;
}

static uint64_t timer_deadline(const struct description *file)
{
	const struct expiry *expiry = file->state;

	return expiry->count ? UINT64_MAX : expiry->deadline;
}

static const struct file_kind file_timer = {
	.read = timer_read, .write = timer_write, .close = timer_close, .ready = timer_ready, .queue = timer_queue,
	.deadline = timer_deadline, .type = ANONYMOUS,
};

long call_timerfd_create(const uint64_t a[6])
{
	uint64_t clock = a[0], flags = a[1];

	if (flags & ~(uint64_t)(O_NONBLOCK | O_CLOEXEC))
		return -EINVAL;
	if (clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOT_ALARM)
		return -EPERM;
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOT)
		return -EINVAL;
	struct expiry *expiry = heap_alloc(sizeof *expiry);
	struct description *file = expiry ? description_make(&file_timer, O_RDWR | (flags & O_NONBLOCK)) : NULL;
	if (!file) {
		heap_free(expiry);
		return -ENOMEM;
	}
	*expiry = (struct expiry){.real = clock == CLOCK_REALTIME, .deadline = UINT64_MAX};
	file->state = expiry;
	return description_enter(file, flags & O_CLOEXEC);
}

static long expiry_of(uint64_t descriptor, struct expiry **expiry)
{
	const struct description *file = description_of(descriptor);

	if (!file)
		return -EBADF;
	if (file->kind != &file_timer)
		return -EINVAL;
	*expiry = file->state;
	settle(*expiry);
	return 0;
}

/* struct itimerspec: the period, then what is left. */
static long expiry_write(const struct expiry *expiry, addr_t to)
{
	uint64_t now = clock_now(), left = expiry->deadline == UINT64_MAX ? 0 : expiry->deadline - now;

	if (expiry->deadline <= now)
		left = 1;
	return time_write(to, expiry->period) || time_write(to + time_size(), left) ? -EFAULT : 0;
}

long call_timerfd_settime(const uint64_t a[6])
{
	struct expiry *expiry;
	uint64_t period, span;

	if (a[1] & ~(uint64_t)(TIMER_ABSTIME | TIMER_CANCEL_ON_SET))
		return -EINVAL;
	long result = time_read(a[2], &period);
	if (!result)
		result = time_read(a[2] + time_size(), &span);
	if (!result)
		result = expiry_of(a[0], &expiry);
	if (!result && a[3])
		result = expiry_write(expiry, a[3]);
	if (result)
		return result;
	uint64_t at = !(a[1] & TIMER_ABSTIME) ? clock_now() + span : expiry->real ? time_real_deadline(span) : span;
	expiry->deadline = span ? at : UINT64_MAX;
	expiry->period = period;
	expiry->count = 0;
	wait_tell(&expiry->queue, POLLIN);    /* whoever waits must do so until another time now */
	return 0;
}

long call_timerfd_gettime(const uint64_t a[6])
{
	struct expiry *expiry;
	long result = expiry_of(a[0], &expiry);

	return result ? result : expiry_write(expiry, a[1]);
}
