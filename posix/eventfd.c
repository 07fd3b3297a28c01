/* SPDX-License-Identifier: MIT */
/* Counters that are written and read (eventfd). */
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"

enum { EFD_SEMAPHORE = 1 };

struct counter {
	uint64_t value;
	bool semaphore;
	struct wait_queue queue;
};

static long event_read(struct description *file, uint64_t offset, void *buffer, uint64_t size)
{
	struct counter *event = file->state;

	(void)offset;
	if (size < 8)
		return -EINVAL;
	while (!event->value) {
		long result = file->flags & O_NONBLOCK ? -EAGAIN : wait_on(&event->queue, UINT64_MAX);
		if (result)
			return result;
	}
	uint64_t value = event->semaphore ? 1 : event->value;
	event->value -= value;
	memcpy(buffer, &value, sizeof value);
	wait_tell(&event->queue, POLLOUT);
	return 8;
}

static long event_write(struct description *file, uint64_t offset, const void *buffer, uint64_t size)
{
	struct counter *event = file->state;
	uint64_t value;

	(void)offset;
	if (size < 8)
		return -EINVAL;
	memcpy(&value, buffer, sizeof value);
	if (value == UINT64_MAX)
		return -EINVAL;
	while (value > UINT64_MAX - 1 - event->value) {
		long result = file->flags & O_NONBLOCK ? -EAGAIN : wait_on(&event->queue, UINT64_MAX);
		if (result)
			return result;
	}
	event->value += value;
	wait_tell(&event->queue, POLLIN);
	return 8;
}

static void event_close(struct description *file)
{
	heap_free(file->state);
}

static uint32_t event_ready(const struct description *file)
{
	const struct counter *event = file->state;

	return (event->value ? POLLIN : 0) | (event->value < UINT64_MAX - 1 ? POLLOUT : 0);
}

static struct wait_queue *event_queue(struct description *file)
{
	return &((struct counter *)file->state)->queue;
}

static const struct file_kind file_event = {
	.read = event_read, .write = event_write, .close = event_close, .ready = event_ready, .queue = event_queue, .type = ANONYMOUS,
};

static long event_make(uint64_t value, uint64_t flags)
{
	if (flags & ~(uint64_t)(EFD_SEMAPHORE | O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	struct counter *event = heap_alloc(sizeof *event);
	struct description *file = event ? description_make(&file_event, O_RDWR | (flags & O_NONBLOCK)) : NULL;

	if (!file) {
		heap_free(event);
		return -ENOMEM;
	}
	event->value = (uint32_t)value;
	event->semaphore = flags & EFD_SEMAPHORE;
	file->state = event;
	return description_enter(file, flags & O_CLOEXEC);
}

long call_eventfd(const uint64_t a[6])
{
	return event_make(a[0], 0);
}

long call_eventfd2(const uint64_t a[6])
{
	return event_make(a[0], a[1]);
}
