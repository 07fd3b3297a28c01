/* SPDX-License-Identifier: MIT */
/* Reaching the program's memory, see user.h. */
#include <framework/memory.h>

#include "posix/errno.h"
#include "posix/thread.h"
#include "posix/user.h"

long user_copy_raw(void *to, const void *from, uint64_t size);
long user_fill_raw(void *to, int byte, uint64_t size);
long user_load_raw(addr_t from, uint32_t *value);
long user_exchange_raw(addr_t at, uint32_t expected, uint32_t desired, uint32_t *found);

static bool outside(addr_t address, uint64_t size)
{
	return address >= LIBRARY_LOW || size > LIBRARY_LOW - address;
}

long user_read(void *to, addr_t from, uint64_t size)
{
	return outside(from, size) ? -EFAULT : user_copy_raw(to, (const void *)from, size);
}

long user_write(addr_t to, const void *from, uint64_t size)
{
	return outside(to, size) ? -EFAULT : user_copy_raw((void *)to, from, size);
}

long user_zero(addr_t to, uint64_t size)
{
	return outside(to, size) ? -EFAULT : user_fill_raw((void *)to, 0, size);
}

/* Not beyond the page that holds the end of the string. */
long user_string(char *to, addr_t from, uint64_t size)
{
	uint64_t done = 0;

	while (done < size) {
		uint64_t part = PAGE_SIZE - (from + done) % PAGE_SIZE;
		part = part < size - done ? part : size - done;
		if (user_read(to + done, from + done, part))
			return -EFAULT;
		uint64_t length = strnlen(to + done, part);
		if (length < part)
			return (long)(done + length);
		done += part;
	}
	return -ENAMETOOLONG;
}

long user_load(addr_t from, uint32_t *value)
{
	return outside(from, sizeof *value) ? -EFAULT : user_load_raw(from, value);
}

long user_exchange(addr_t at, uint32_t expected, uint32_t desired, uint32_t *found)
{
	return outside(at, sizeof *found) ? -EFAULT : user_exchange_raw(at, expected, desired, found);
}
