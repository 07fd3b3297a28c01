/* SPDX-License-Identifier: MIT */
/* Calls that list directories and say where the program is. */
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/process.h"
#include "posix/user.h"

enum { POSITION_DOTS = 1, POSITION_ENTRIES = 2 };

/* struct linux_dirent64: inode, offset, length, type, name. Its size, or 0: it does not fit; or -EFAULT. */
static long record_write(addr_t to, uint64_t room, const struct inode *inode, const char *name, uint64_t next)
{
	uint8_t record[24 + NAME_MAX + 8] = {0};
	uint64_t length = (19 + strlen(name) + 1 + 7) & ~7ul;
	const uint16_t short_length = (uint16_t)length;

	if (length > room)
		return 0;
	memcpy(record, &inode->number, 8);
	memcpy(record + 8, &next, 8);
	memcpy(record + 16, &short_length, 2);
	record[18] = (uint8_t)(inode_type(inode) >> 12);
	memcpy(record + 19, name, strlen(name));
	return user_write(to, record, length) ? -EFAULT : (long)length;
}

/* Where a reader is: 0 and 1 are . and .., then one behind the cookie of the entry that it had last. */
long call_getdents(const uint64_t a[6])
{
	struct description *file = description_of(a[0]);
	uint64_t done = 0;

	if (!file)
		return -EBADF;
	if (!file->inode || file->inode->kind != INODE_DIRECTORY)
		return -ENOTDIR;
	const struct entry *entry = file->inode->entries;
	for (;;) {
		const struct inode *inode = file->position < POSITION_DOTS ? file->inode : file->inode->parent;
		const char *name = file->position < POSITION_DOTS ? "." : "..";
		uint64_t next = file->position + 1;
		if (file->position >= POSITION_ENTRIES) {
			while (entry && entry->cookie + 1 < file->position)
				entry = entry->next;
			if (!entry)
				return (long)done;
			inode = entry->inode;
			name = entry->name;
			next = entry->cookie + POSITION_ENTRIES;
		}
		long length = record_write(a[1] + done, a[2] - done, inode, name, next);
		if (length <= 0)
			return done ? (long)done : length ? length : -EINVAL;
		done += (uint64_t)length;
		file->position = next;
	}
}

long call_getcwd(const uint64_t a[6])
{
	char path[PATH_SIZE];
	uint64_t at = sizeof path - 1;

	path[at] = 0;
	for (const struct inode *here = filesystem_here; here != here->parent; here = here->parent) {
		const struct entry *entry = here->parent->entries;
		while (entry && entry->inode != here)
			entry = entry->next;
		uint64_t length = entry ? strlen(entry->name) : 0;
		if (!entry || length + 1 > at)
			return -ENOENT;
		at -= length;
		memcpy(path + at, entry->name, length);
		path[--at] = '/';
	}
	if (!path[at])
		path[--at] = '/';
	uint64_t size = sizeof path - at;
	if (size > a[1])
		return -ERANGE;
	return user_write(a[0], path + at, size) ? -EFAULT : (long)size;
}

static long here_set(struct inode *inode)
{
	if (inode->kind != INODE_DIRECTORY)
		return -ENOTDIR;
	inode_hold(inode);
	if (filesystem_here != filesystem_root)
		inode_release(filesystem_here);
	filesystem_here = inode;
	return 0;
}

long call_chdir(const uint64_t a[6])
{
	struct inode *inode;
	long result = path_find(AT_FDCWD, a[0], true, &inode);

	if (result)
		return result;
	result = here_set(inode);
	inode_release(inode);
	return result;
}

long call_fchdir(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);

	return !file ? -EBADF : !file->inode ? -ENOTDIR : here_set(file->inode);
}
