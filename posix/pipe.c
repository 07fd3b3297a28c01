/* SPDX-License-Identifier: MIT */
/* Pipes within the program. */
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/signal.h"
#include "posix/user.h"

enum { PIPE_SIZE = 65536, PIPE_ATOMIC = 4096 };

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

/* As full as it must be for writers not to be called ready. */
static bool pipe_full(const struct pipe *pipe)
{
	return PIPE_SIZE - pipe->count < PIPE_ATOMIC;
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
	bool full = pipe_full(pipe);
	uint32_t part = size < pipe->count ? (uint32_t)size : pipe->count, first = PIPE_SIZE - pipe->start;
	first = first < part ? first : part;
	memcpy(to, pipe->bytes + pipe->start, first);
	memcpy(to + first, pipe->bytes, part - first);
	pipe->start = (pipe->start + part) % PIPE_SIZE;
	pipe->count -= part;
	wait_tell(&pipe->queue, full && !pipe_full(pipe) ? WRITABLE : 0);
	return part;
}

static void pipe_put(struct pipe *pipe, const uint8_t *bytes, uint32_t size)
{
	uint32_t end = (pipe->start + pipe->count) % PIPE_SIZE, first = PIPE_SIZE - end;

	first = first < size ? first : size;
	memcpy(pipe->bytes + end, bytes, first);
	memcpy(pipe->bytes, bytes + first, size - first);
	pipe->count += size;
	wait_tell(&pipe->queue, READABLE);
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
				wait_tell(&pipe->queue, READABLE);    /* as Linux does: who tries to write tells readers */
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
	wait_tell(&pipe->queue, UINT32_MAX);
	if (!pipe->readers && !pipe->writers)
		heap_free(pipe);
}

static uint32_t pipe_ready(const struct description *file)
{
	const struct pipe *pipe = file->state;

	if ((file->flags & O_ACCMODE) == O_WRONLY)
		return (pipe_full(pipe) ? 0 : WRITABLE) | (pipe->readers ? 0 : POLLERR);
	return (pipe->count ? READABLE : 0) | (pipe->writers ? 0 : POLLHUP);
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

static long pipe_make(addr_t to, uint64_t flags)
{
	struct description *ends[2];

	if (flags & ~(uint64_t)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	struct pipe *pipe = heap_alloc(sizeof *pipe);
	for (int i = 0; i < 2; i++)
		ends[i] = pipe ? description_make(&file_pipe, (i ? O_WRONLY : 0) | (flags & O_NONBLOCK)) : NULL;
	if (!ends[0] || !ends[1]) {
		heap_free(ends[0]);
		heap_free(ends[1]);
		heap_free(pipe);
		return -ENOMEM;
	}
	ends[0]->state = ends[1]->state = pipe;
	pipe->readers = pipe->writers = 1;
	return description_enter_pair(ends, flags & O_CLOEXEC, to);
}

long call_pipe(const uint64_t a[6])
{
	return pipe_make(a[0], 0);
}

long call_pipe2(const uint64_t a[6])
{
	return pipe_make(a[0], a[1]);
}
