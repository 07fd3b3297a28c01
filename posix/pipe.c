/* SPDX-License-Identifier: MIT */
/* Pipes within the program, and eventfd. */
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/signal.h"
#include "posix/user.h"

enum { PIPE_SIZE = 65536, PIPE_ATOMIC = 4096, EFD_SEMAPHORE = 1 };

struct pipe {
	uint32_t readers, writers;
	uint32_t start, count;
	struct wait_queue queue;
	uint8_t bytes[PIPE_SIZE];
};

static long pipe_wait(struct description *file, struct pipe *pipe)
{
	return file->flags & O_NONBLOCK ? -EAGAIN : wait_on(&pipe->queue, UINT64_MAX);
}

static long pipe_read(struct description *file, uint64_t offset, void *buffer, uint64_t size)
{
	struct pipe *pipe = file->state;
	uint8_t *to = buffer;

	(void)offset;
	while (!pipe->count && size) {
		if (!pipe->writers)
			return 0;
		long result = pipe_wait(file, pipe);
		if (result)
			return result;
	}
	uint32_t part = size < pipe->count ? (uint32_t)size : pipe->count, first = PIPE_SIZE - pipe->start;
	first = first < part ? first : part;
	memcpy(to, pipe->bytes + pipe->start, first);
	memcpy(to + first, pipe->bytes, part - first);
	pipe->start = (pipe->start + part) % PIPE_SIZE;
	pipe->count -= part;
	wait_wake(&pipe->queue, UINT32_MAX);
	return part;
}

static void pipe_put(struct pipe *pipe, const uint8_t *bytes, uint32_t size)
{
	uint32_t end = (pipe->start + pipe->count) % PIPE_SIZE, first = PIPE_SIZE - end;

	first = first < size ? first : size;
	memcpy(pipe->bytes + end, bytes, first);
	memcpy(pipe->bytes, bytes + first, size - first);
	pipe->count += size;
	wait_wake(&pipe->queue, UINT32_MAX);
}

/* Up to PIPE_ATOMIC bytes go in whole. */
static long pipe_write(struct description *file, uint64_t offset, const void *buffer, uint64_t size)
{
	struct pipe *pipe = file->state;
	const uint8_t *bytes = buffer;
	uint64_t done = 0;

	(void)offset;
	while (done < size) {
		if (!pipe->readers) {
			signal_send_self(SIGPIPE);
			return done ? (long)done : -EPIPE;
		}
		uint32_t room = PIPE_SIZE - pipe->count, part = size - done < room ? (uint32_t)(size - done) : room;
		if (!room || (size <= PIPE_ATOMIC && room < size)) {
			long result = pipe_wait(file, pipe);
			if (result)
				return done ? (long)done : result;
			continue;
		}
		pipe_put(pipe, bytes + done, part);
		done += part;
	}
	return (long)done;
}

static void pipe_close(struct description *file)
{
	struct pipe *pipe = file->state;

	if ((file->flags & O_ACCMODE) == O_WRONLY)
		pipe->writers--;
	else
		pipe->readers--;
	wait_wake(&pipe->queue, UINT32_MAX);
	if (!pipe->readers && !pipe->writers)
		heap_free(pipe);
}

static uint32_t pipe_ready(const struct description *file)
{
	const struct pipe *pipe = file->state;

	if ((file->flags & O_ACCMODE) == O_WRONLY)
		return !pipe->readers ? POLLERR | POLLOUT : PIPE_SIZE - pipe->count >= PIPE_ATOMIC ? POLLOUT : 0;
	return (pipe->count ? POLLIN : 0) | (!pipe->writers ? POLLHUP : 0);
}

static uint64_t pipe_waiting(const struct description *file)
{
	return ((const struct pipe *)file->state)->count;
}

static struct wait_queue *pipe_queue(struct description *file)
{
	return &((struct pipe *)file->state)->queue;
}

static const struct file_kind file_pipe = {
	.read = pipe_read, .write = pipe_write, .close = pipe_close, .ready = pipe_ready, .queue = pipe_queue,
	.waiting = pipe_waiting, .type = 0010000,
};

static void description_drop(struct description *file)
{
	if (!file)
		return;
	file->references = 1;
	description_release(file);
}

static long pipe_make(addr_t to, uint64_t flags)
{
	struct pipe *pipe = heap_alloc(sizeof *pipe);
	struct description *ends[2] = {NULL, NULL};
	int32_t numbers[2];

	if (flags & ~(uint64_t)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	for (int i = 0; pipe && i < 2; i++) {
		ends[i] = description_make(&file_pipe, (i ? O_WRONLY : 0) | (flags & O_NONBLOCK));
		if (ends[i])
			ends[i]->state = pipe;
	}
	if (!pipe || !ends[0] || !ends[1]) {
		heap_free(ends[0]);
		heap_free(ends[1]);
		heap_free(pipe);
		return -ENOMEM;
	}
	pipe->readers = pipe->writers = 1;
	long first = descriptor_put(ends[0], 0, flags & O_CLOEXEC);
	long second = first < 0 ? first : descriptor_put(ends[1], 0, flags & O_CLOEXEC);
	if (first < 0)
		description_drop(ends[0]);
	if (second < 0) {
		description_drop(ends[1]);
		return second;
	}
	numbers[0] = (int32_t)first;
	numbers[1] = (int32_t)second;
	return user_write(to, numbers, sizeof numbers);
}

long call_pipe(const uint64_t a[6])
{
	return pipe_make(a[0], 0);
}

long call_pipe2(const uint64_t a[6])
{
	return pipe_make(a[0], a[1]);
}

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
	wait_wake(&event->queue, UINT32_MAX);
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
	wait_wake(&event->queue, UINT32_MAX);
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
	.read = event_read, .write = event_write, .close = event_close, .ready = event_ready, .queue = event_queue, .type = 0600,
};

static long event_make(uint64_t value, uint64_t flags)
{
	struct counter *event = heap_alloc(sizeof *event);
	struct description *file = event ? description_make(&file_event, O_RDWR | (flags & O_NONBLOCK)) : NULL;

	if (!file) {
		heap_free(event);
		return -ENOMEM;
	}
	event->value = (uint32_t)value;
	event->semaphore = flags & EFD_SEMAPHORE;
	file->state = event;
	long number = descriptor_put(file, 0, flags & O_CLOEXEC);
	if (number < 0)
		description_drop(file);
	return number;
}

long call_eventfd(const uint64_t a[6])
{
	return event_make(a[0], 0);
}

long call_eventfd2(const uint64_t a[6])
{
	return event_make(a[0], a[1]);
}
