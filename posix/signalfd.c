/* SPDX-License-Identifier: MIT */
/* Signals that are read (signalfd): those of a mask that are pending for the thread that reads, or for the program. */
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/signal.h"
#include "posix/user.h"

enum { SIGNAL_SET = 8 };

/* struct signalfd_siginfo (include/uapi/linux/signalfd.h), the same on every machine. */
struct signal_record {
	uint32_t number;
	int32_t error, code;
	uint32_t process, user;
	int32_t descriptor;
	uint32_t timer, band, overrun, trap;
	int32_t status, value;
	uint64_t pointer, user_time, system_time, address;
	uint8_t rest[48];
};

_Static_assert(sizeof(struct signal_record) == 128, "struct signalfd_siginfo");

static bool from_fault(const struct signal_info *info)
{
	const uint64_t faults = BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGFPE);

	return BIT(info->number) & faults && info->code > 0 && info->code < SI_KERNEL;
}

static void record_fill(const struct signal_info *info, struct signal_record *record)
{
	memset(record, 0, sizeof *record);
	record->number = (uint32_t)info->number;
	record->error = info->error;
	record->code = info->code;
	if (from_fault(info)) {
		record->address = info->value;
		return;
	}
	if (info->code == SI_TIMER) {
		record->timer = (uint32_t)info->value;
		record->overrun = (uint32_t)(info->value >> 32);
	} else {
		record->process = (uint32_t)info->value;
		record->user = (uint32_t)(info->value >> 32);
	}
	if (info->code < 0) {
		record->pointer = info->extra;
		record->value = (int32_t)info->extra;
	}
}

static uint64_t mask_of(const struct description *file)
{
	return *(const uint64_t *)file->state;
}

/* The mask may be another one after each wait. */
static long signals_read(struct description *file, uint64_t offset, void *buffer, uint64_t size)
{
	uint64_t room = size / sizeof(struct signal_record), count = 0;
	struct signal_record *records = buffer;
	struct signal_info info;

	(void)offset;
	if (!room)
		return -EINVAL;
	while (count < room) {
		if (signal_take(thread_self(), mask_of(file), &info)) {
			record_fill(&info, &records[count++]);
			continue;
		}
		if (count)
			break;
		long result = file->flags & O_NONBLOCK ? -EAGAIN : wait_on(&signals_posted, UINT64_MAX);
		if (result)
			return result;
	}
	return (long)(count * sizeof *records);
}

static void signals_close(struct description *file)
{
	heap_free(file->state);
}

static uint32_t signals_ready(const struct description *file)
{
	return signals_pending(thread_self()) & mask_of(file) ? POLLIN : 0;
}

static struct wait_queue *signals_queue(struct description *file)
{
	(void)file;
	return &signals_posted;
}

static const struct file_kind file_signals = {
	.read = signals_read, .close = signals_close, .ready = signals_ready, .queue = signals_queue, .type = ANONYMOUS,
};

static long signals_make(uint64_t mask, uint64_t flags)
{
	uint64_t *state = heap_alloc(sizeof *state);
	struct description *file = state ? description_make(&file_signals, O_RDWR | (flags & O_NONBLOCK)) : NULL;

	if (!file) {
		heap_free(state);
		return -ENOMEM;
	}
	*state = mask;
	file->state = state;
	return description_enter(file, flags & O_CLOEXEC);
}

static long signals_open(const uint64_t a[6], uint64_t flags)
{
	uint64_t mask;

	if (a[2] != SIGNAL_SET)
		return -EINVAL;
	if (user_read(&mask, a[1], sizeof mask))
		return -EFAULT;
	if (flags & ~(uint64_t)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	mask &= ~UNBLOCKABLE;
	if ((int32_t)a[0] == -1)
		return signals_make(mask, flags);
	struct description *file = description_of(a[0]);
	if (!file)
		return -EBADF;
	if (file->kind != &file_signals)
		return -EINVAL;
	*(uint64_t *)file->state = mask;
	wait_tell(&signals_posted, POLLIN);
	return (int32_t)a[0];
}

long call_signalfd(const uint64_t a[6])
{
	return signals_open(a, 0);
}

long call_signalfd4(const uint64_t a[6])
{
	return signals_open(a, (uint32_t)a[3]);
}
