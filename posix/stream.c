/* SPDX-License-Identifier: MIT */
/*
 * Standard streams over a TERMINAL session, and devices. The offset of what was read lies here, so a restored program
 * goes on reading where it was. A thread of the library waits for the terminal's signal and wakes readers.
 */
#include <framework/memory.h>
#include <terminal/session.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/file.h"
#include "posix/signal.h"
#include "posix/thread.h"

enum { BUFFER = 128 * 1024, INPUT_START = BUFFER / 2, STREAM_THREAD = UTCB_COUNT - 2 };

static struct {
	ep_t session;
	signal_t signal;
	uint8_t *buffer;
	uint64_t offset;               /* of input taken from the terminal */
	uint32_t start, count;         /* input in the buffer, not read yet */
	bool ended, watched;
	struct wait_queue queue;
} terminal;

static struct description *standard[3];

static _Noreturn void terminal_watch(addr_t unused)
{
	uint32_t badges, count;

	(void)unused;
	for (;;) {
		err_t ignored = signal_wait(terminal.signal, DEADLINE_NEVER, &badges, &count);
		(void)ignored;
		posix_lock();
		wait_tell(&terminal.queue, READABLE);
		posix_unlock();
	}
}

/* Somebody is about to wait for input: from now on it is watched for. */
static long terminal_watched(void)
{
	if (terminal.watched)
		return 0;
	if (posix_shared() != OK || thread_spawn(STREAM_THREAD, "terminal", 32768, terminal_watch, 0) != OK)
		return -ENOMEM;
	terminal.watched = true;
	return 0;
}

/* Take input from the terminal if none is here. */
static long input_take(void)
{
	const struct terminal_read_request request = {terminal.offset, INPUT_START, BUFFER - INPUT_START, 0};
	struct terminal_read_reply reply;

	if (terminal.count || terminal.ended)
		return 0;
	err_t err = terminal_read(terminal.session, &request, NULL, &reply, NULL);
	if (err != OK)
		return -EIO;
	terminal.start = INPUT_START;
	terminal.count = reply.count <= BUFFER - INPUT_START ? reply.count : 0;
	terminal.offset += terminal.count;
	terminal.ended = reply.ended && !terminal.count;
	return 0;
}

static long stream_read(struct description *file, uint64_t offset, void *buffer, uint64_t size)
{
	(void)offset;
	if (!size)
		return 0;
	for (;;) {
		struct waiter waiter = {.queue = &terminal.queue};
		long result = input_take();
		if (result)
			return result;
		if (terminal.count || terminal.ended)
			break;
		if (file->flags & O_NONBLOCK)
			return -EAGAIN;
		result = terminal_watched();
		if (!result)
			result = wait_any(&waiter, 1, UINT64_MAX);
		if (result)
			return result;
	}
	uint64_t part = size < terminal.count ? size : terminal.count;
	memcpy(buffer, terminal.buffer + terminal.start, part);
	terminal.start += (uint32_t)part;
	terminal.count -= (uint32_t)part;
	return (long)part;
}

static long stream_write(struct description *file, uint64_t offset, const void *buffer, uint64_t size)
{
	const struct terminal_write_request request = {
		0, size < INPUT_START ? (uint32_t)size : INPUT_START, file == standard[2] ? TERMINAL_ERROR : TERMINAL_OUTPUT};
	struct terminal_write_reply reply;

	(void)offset;
	if (!size)
		return 0;
	memcpy(terminal.buffer, buffer, request.length);
	err_t err = terminal_write(terminal.session, &request, NULL, &reply, NULL);
	return err == OK ? (long)request.length : -EIO;
}

static uint32_t stream_ready(const struct description *file)
{
	if ((file->flags & O_ACCMODE) == O_WRONLY)
		return WRITABLE;
	(void)!input_take();
	return terminal.count || terminal.ended ? READABLE : 0;
}

static uint64_t stream_waiting(const struct description *file)
{
	(void)file;
	(void)!input_take();
	return terminal.count;
}

static struct wait_queue *stream_queue(struct description *file)
{
	if ((file->flags & O_ACCMODE) == O_WRONLY)
		return NULL;
	(void)!terminal_watched();
	return &terminal.queue;
}

static const struct file_kind file_stream = {
	.read = stream_read, .write = stream_write, .ready = stream_ready, .queue = stream_queue,
	.waiting = stream_waiting, .type = 0010000,
};

static long null_read(struct description *file, uint64_t offset, void *buffer, uint64_t size)
{
	(void)offset;
	if (file->inode->device == DEVICE_NULL)
		return 0;
	if (file->inode->device == DEVICE_RANDOM || file->inode->device == DEVICE_URANDOM)
		random_fill(buffer, size);
	else
		memset(buffer, 0, size);
	return (long)size;
}

static long null_write(struct description *file, uint64_t offset, const void *buffer, uint64_t size)
{
	(void)offset;
	(void)buffer;
	return file->inode->device == DEVICE_FULL ? -ENOSPC : (long)size;
}

static uint32_t random_ready(const struct description *file)
{
	(void)file;
	return READABLE | WRITABLE;
}

static const struct file_kind file_null = {.read = null_read, .write = null_write, .type = 0020000};
static const struct file_kind file_random = {
	.read = null_read, .write = null_write, .ready = random_ready, .type = 0020000};

struct description *device_open(uint32_t device, uint32_t flags)
{
	if (device == DEVICE_TTY)
		return NULL;
	if (device >= DEVICE_STREAM)
		return standard[device - DEVICE_STREAM];
	return description_make(device == DEVICE_RANDOM ? &file_random : &file_null, flags);
}

static err_t terminal_open(void)
{
	const struct terminal_buffer_request request = {};
	struct terminal_buffer_reply reply;
	struct session session;
	void *buffer;
	ds_t ds;
	slot_t caps[2];
	err_t err = session_open("TERMINAL", "", 1000000000, &session);

	if (err == OK)
		err = buffer_take(BUFFER, 0, &ds, &buffer);
	if (err == OK)
		err = signal_alloc(&terminal.signal);
	if (err == OK)
		err = cap_mint(cap_any(terminal.signal), 0, RIGHT_SEND, &caps[1]);
	if (err != OK)
		return err;
	caps[0] = ds.slot;
	terminal.buffer = buffer;
	terminal.session = session.ep;
	err = terminal_buffer(session.ep, &request, caps, &reply, NULL);
	return err;
}

long streams_start(void)
{
	static const uint32_t modes[3] = {0, O_WRONLY, O_WRONLY};
	err_t err = terminal_open();

	if (err != OK) {
		log_line("terminal: %s", err_sentence(err));
		return -EIO;
	}
	for (uint64_t i = 0; i < 3; i++) {
		standard[i] = description_make(&file_stream, modes[i]);
		if (!standard[i] || descriptor_put(standard[i], i, false) < 0)
			return -ENOMEM;
		standard[i]->references++;    /* /dev/stdout outlives a close */
	}
	return 0;
}
