/* SPDX-License-Identifier: MIT */
/* Linux system calls of x86-64, see host.h (numbers: arch/x86/entry/syscalls/syscall_64.tbl). */
#include <framework/memory.h>

#include "server/host.h"

enum {
	CALL_READ = 0, CALL_WRITE = 1, CALL_CLOSE = 3, CALL_FSTAT = 5, CALL_POLL = 7, CALL_LSEEK = 8, CALL_PREAD = 17,
	CALL_PWRITE = 18, CALL_SHUTDOWN = 48, CALL_FSYNC = 74, CALL_FTRUNCATE = 77, CALL_GETDENTS = 217, CALL_OPENAT = 257,
	CALL_MKDIRAT = 258, CALL_UNLINKAT = 263, CALL_RENAMEAT = 264, CALL_ACCEPT4 = 288
};

static long call(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
	                 : "rcx", "r11", "memory");
	return result;
}

long host_open(int directory, const char *name, int flags, int mode)
{
	return call(CALL_OPENAT, directory, (long)name, flags | HOST_CLOSE_EXEC | HOST_NO_FOLLOW, mode);
}

long host_close(int descriptor)
{
	return call(CALL_CLOSE, descriptor, 0, 0, 0);
}

long host_read(int descriptor, void *to, uint64_t size)
{
	return call(CALL_READ, descriptor, (long)to, (long)size, 0);
}

long host_write(int descriptor, const void *from, uint64_t size)
{
	return call(CALL_WRITE, descriptor, (long)from, (long)size, 0);
}

long host_status(int descriptor, struct host_status *status)
{
	struct {
		uint64_t device, inode, links;
		uint32_t mode, uid, gid, padding;
		uint64_t special;
		int64_t size, block, blocks, accessed, accessed_ns, modified, modified_ns, changed, changed_ns, unused[3];
	} found;
	long result = call(CALL_FSTAT, descriptor, (long)&found, 0, 0);

	if (result < 0)
		return result;
	*status = (struct host_status){(uint64_t)found.size,
	                               (uint64_t)(found.modified * 1000000000 + found.modified_ns),
	                               (found.mode & 0170000) == 0040000};
	return 0;
}

long host_sync(int descriptor)
{
	return call(CALL_FSYNC, descriptor, 0, 0, 0);
}

long host_truncate(int descriptor, uint64_t size)
{
	return call(CALL_FTRUNCATE, descriptor, (long)size, 0, 0);
}

long host_rename(int directory, const char *from, int to_directory, const char *to)
{
	return call(CALL_RENAMEAT, directory, (long)from, to_directory, (long)to);
}

long host_unlink(int directory, const char *name, bool is_directory)
{
	return call(CALL_UNLINKAT, directory, (long)name, is_directory ? 0x200 : 0, 0);
}

long host_make_directory(int directory, const char *name, int mode)
{
	return call(CALL_MKDIRAT, directory, (long)name, mode, 0);
}

/* Large ranges are cut: Linux moves at most 2 GiB - 4 KiB at once. */
static long range_move(long number, int descriptor, uint8_t *at, uint64_t size, uint64_t offset)
{
	while (size) {
		uint64_t part = size < (1ul << 30) ? size : 1ul << 30;
		long moved = call(number, descriptor, (long)at, (long)part, (long)offset);
		if (moved == -HOST_EINTR)
			continue;
		if (moved <= 0)
			return moved ? moved : -HOST_ENOSPC;
		at += moved;
		offset += (uint64_t)moved;
		size -= (uint64_t)moved;
	}
	return 0;
}

long host_read_at(int descriptor, void *to, uint64_t size, uint64_t offset)
{
	return range_move(CALL_PREAD, descriptor, to, size, offset);
}

long host_write_at(int descriptor, const void *from, uint64_t size, uint64_t offset)
{
	return range_move(CALL_PWRITE, descriptor, (uint8_t *)(uintptr_t)from, size, offset);
}

long host_list(int directory, bool (*each)(void *context, const char *name), void *context)
{
	static char buffer[32768] __attribute__((aligned(8)));
	long size;

	call(CALL_LSEEK, directory, 0, 0, 0);
	while ((size = call(CALL_GETDENTS, directory, (long)buffer, sizeof buffer, 0)) > 0) {
		for (long at = 0; at < size;) {
			uint16_t length;
			const char *name = buffer + at + 19;
			memcpy(&length, buffer + at + 16, sizeof length);
			if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !each(context, name))
				return 0;
			at += length;
		}
	}
	return size;
}

long host_poll(struct host_poll *polls, uint32_t count, int64_t timeout_ms)
{
	return call(CALL_POLL, (long)polls, count, timeout_ms, 0);
}

long host_accept(int descriptor)
{
	return call(CALL_ACCEPT4, descriptor, 0, 0, HOST_CLOSE_EXEC | 04000);
}

long host_shutdown(int socket)
{
	return call(CALL_SHUTDOWN, socket, 2, 0, 0);
}
