/* SPDX-License-Identifier: MIT */
/* Descriptors and descriptions, see description.h, and the calls that make, change and close them. */
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/seal.h"
#include "posix/user.h"

enum {
	F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK = 36, F_OFD_SETLKW = 38,
	F_DUPFD_CLOEXEC = 1030, F_ADD_SEALS = 1033, F_GET_SEALS
};
enum { FIONREAD = 0x541b, FIONBIO = 0x5421, FIONCLEX = 0x5450, FIOCLEX = 0x5451 };
enum { LOCK_UNLOCKED = 2, WHENCE_LAST = 2 };

static struct {
	struct description *file;
	bool close_exec;
} descriptors[DESCRIPTORS];
static uint32_t top;

uint32_t descriptors_top(void)
{
	return top;
}

struct description *description_make(const struct file_kind *kind, uint32_t flags)
{
	struct description *file = heap_alloc(sizeof *file);

	if (!file)
		return NULL;
	file->kind = kind;
	file->flags = flags & (O_ACCMODE | O_APPEND | O_NONBLOCK);
	list_init(&file->items);
	return file;
}

struct description *description_of(uint64_t descriptor)
{
	return (uint32_t)descriptor < DESCRIPTORS ? descriptors[(uint32_t)descriptor].file : NULL;
}

long descriptor_put(struct description *file, uint64_t least, bool close_exec)
{
	for (uint64_t i = least; i < DESCRIPTORS; i++)
		if (!descriptors[i].file) {
			descriptors[i].file = file;
			descriptors[i].close_exec = close_exec;
			file->references++;
			if (i >= top)
				top = (uint32_t)i + 1;
			return (long)i;
		}
	return -EMFILE;
}

void description_release(struct description *file)
{
	if (--file->references)
		return;
	epoll_forget(file);
	if (file->kind->close)
		file->kind->close(file);
	if (file->inode)
		inode_release(file->inode);
	heap_free(file);
}

static long descriptor_close(uint64_t descriptor)
{
	struct description *file = description_of(descriptor);

	if (!file)
		return -EBADF;
	descriptors[(uint32_t)descriptor].file = NULL;
	description_release(file);
	return 0;
}

long description_enter(struct description *file, bool close_exec)
{
	file->references = 1;
	long number = descriptor_put(file, 0, close_exec);
	description_release(file);
	return number;
}

long description_enter_pair(struct description *files[2], bool close_exec, addr_t to)
{
	long first = description_enter(files[0], close_exec), second = description_enter(files[1], close_exec);
	const int32_t numbers[2] = {(int32_t)first, (int32_t)second};
	long result = first < 0 ? first : second < 0 ? second : user_write(to, numbers, sizeof numbers);

	if (result && first >= 0)
		(void)descriptor_close((uint64_t)first);
	if (result && second >= 0)
		(void)descriptor_close((uint64_t)second);
	return result;
}

long call_close(const uint64_t a[6])
{
	return descriptor_close(a[0]);
}

long call_close_range(const uint64_t a[6])
{
	for (uint64_t i = a[0]; i <= a[1] && i < DESCRIPTORS; i++)
		if (a[2] & 4)
			descriptors[i].close_exec = true;
		else
			(void)descriptor_close(i);
	return a[0] > a[1] ? -EINVAL : 0;
}

long call_dup(const uint64_t a[6])
{
	struct description *file = description_of(a[0]);

	return file ? descriptor_put(file, 0, false) : -EBADF;
}

long call_dup2(const uint64_t a[6])
{
	struct description *file = description_of(a[0]);

	if (!file || (uint32_t)a[1] >= DESCRIPTORS)
		return -EBADF;
	if (a[0] == a[1])
		return (long)a[1];
	(void)descriptor_close(a[1]);
	return descriptor_put(file, (uint32_t)a[1], false);
}

long call_dup3(const uint64_t a[6])
{
	if (a[0] == a[1])
		return -EINVAL;
	long result = call_dup2(a);
	if (result >= 0)
		descriptors[result].close_exec = a[2] & O_CLOEXEC;
	return result;
}

/* One process: a lock is never in anybody's way. */
static long lock_answer(addr_t at, bool ask)
{
	const int16_t unlocked = LOCK_UNLOCKED;
	struct {
		int16_t kind, whence;
		long start, length;
		int32_t owner;
	} lock;

	if (user_read(&lock, at, sizeof lock))
		return -EFAULT;
	if (lock.kind < 0 || lock.kind > unlocked || lock.whence < 0 || lock.whence > WHENCE_LAST)
		return -EINVAL;
	return ask ? user_write(at, &unlocked, sizeof unlocked) : 0;
}

long call_fcntl(const uint64_t a[6])
{
	struct description *file = description_of(a[0]);
	const uint64_t command = fcntl_command(a[1]);

	if (!file)
		return -EBADF;
	switch (command) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC: return a[2] < DESCRIPTORS ? descriptor_put(file, a[2], command != F_DUPFD) : -EINVAL;
	case F_GETFD: return descriptors[(uint32_t)a[0]].close_exec;
	case F_SETFD: descriptors[(uint32_t)a[0]].close_exec = a[2] & 1; return 0;
	case F_GETFL: return file->flags | (file->inode ? O_LARGEFILE : 0);
	case F_SETFL:
		file->flags = (file->flags & O_ACCMODE) | (a[2] & (O_APPEND | O_NONBLOCK));
		return 0;
	case F_ADD_SEALS: return seals_add(file, (uint32_t)a[2]);
	case F_GET_SEALS: return seals_get(file);
	case F_GETLK:
	case F_OFD_GETLK: return lock_answer(a[2], true);
	default: break;
	}
	if ((command >= F_SETLK && command <= F_SETLKW) || (command > F_OFD_GETLK && command <= F_OFD_SETLKW))
		return lock_answer(a[2], false);
	return -EINVAL;
}

long call_ioctl(const uint64_t a[6])
{
	struct description *file = description_of(a[0]);
	uint32_t value;

	if (!file)
		return -EBADF;
	if (a[1] == FIONBIO) {
		if (user_read(&value, a[2], sizeof value))
			return -EFAULT;
		file->flags = value ? file->flags | O_NONBLOCK : file->flags & ~(uint32_t)O_NONBLOCK;
		return 0;
	}
	if (a[1] == FIOCLEX || a[1] == FIONCLEX) {
		descriptors[(uint32_t)a[0]].close_exec = a[1] == FIOCLEX;
		return 0;
	}
	if (a[1] == FIONREAD && (file->kind->waiting || file->kind->seekable)) {
		uint64_t there = file->kind->waiting ? file->kind->waiting(file)
		                 : file->inode->size > file->position ? file->inode->size - file->position : 0;
		value = there < INT32_MAX ? (uint32_t)there : INT32_MAX;
		return user_write(a[2], &value, sizeof value);
	}
	return -ENOTTY;
}
