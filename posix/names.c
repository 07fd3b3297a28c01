/* SPDX-License-Identifier: MIT */
/* Calls that make, move and remove names: open, rename, link, mkdir and their like. */
#include <framework/heap.h>
#include <framework/memory.h>
#include <kernel/pd.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/process.h"
#include "posix/user.h"

enum { AT_REMOVEDIR = 0x200, AT_SYMLINK_FOLLOW = 0x400 };
enum { RENAME_NOREPLACE = 1 };

uint32_t umask_now = 022;

/* A new file where the path leads, through links. */
static long file_make(long directory, addr_t path, uint64_t flags, uint64_t mode, struct inode **made)
{
	struct place place;
	long result = path_place(directory, path, !(flags & (O_NOFOLLOW | O_EXCL)), &place);

	if (result)
		return result;
	if (place.slash || place.kind != PLACE_NAME)
		return -EISDIR;
	struct inode *inode = inode_make(INODE_FILE, (uint32_t)mode & 07777 & ~umask_now);
	if (!inode)
		return -ENOSPC;
	inode_hold(inode);
	result = directory_add(place.parent, place.name, inode);
	if (result)
		inode_release(inode);
	else
		*made = inode;
	return result;
}

static long open_at(long directory, addr_t path, uint64_t flags, uint64_t mode)
{
	struct inode *inode;
	struct description *file;
	bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
	long result = path_find(directory, path, !(flags & O_NOFOLLOW) && !exclusive, &inode);

	if (result == -ENOENT && flags & O_CREAT) {
		result = file_make(directory, path, flags, mode, &inode);
		if (result)
			return result;
	} else if (result) {
		return result;
	} else if (exclusive) {
		result = -EEXIST;
	} else if (flags & O_CREAT && inode->kind == INODE_DIRECTORY) {
		result = -EISDIR;
	}
	if (!result)
		result = inode_open(inode, (uint32_t)flags, &file);
	inode_release(inode);
	if (result)
		return result;
	file->references++;
	result = descriptor_put(file, 0, flags & O_CLOEXEC);
	description_release(file);
	return result;
}

long call_open(const uint64_t a[6])
{
	return open_at(AT_FDCWD, a[0], a[1], a[2]);
}

long call_openat(const uint64_t a[6])
{
	return open_at((long)a[0], a[1], a[2], a[3]);
}

long call_creat(const uint64_t a[6])
{
	return open_at(AT_FDCWD, a[0], O_CREAT | O_WRONLY | O_TRUNC, a[1]);
}

static long unlink_at(long directory, addr_t path)
{
	struct place place;
	long result = path_place(directory, path, false, &place);

	if (result)
		return result;
	if (place.kind != PLACE_NAME)
		return -EISDIR;
	const struct entry *entry = directory_find(place.parent, place.name);
	if (!entry)
		return -ENOENT;
	if (entry->inode->kind == INODE_DIRECTORY)
		return -EISDIR;
	if (place.slash)
		return -ENOTDIR;
	directory_remove(place.parent, place.name);
	return 0;
}

static long rmdir_at(long directory, addr_t path)
{
	static const long refusals[] = {[PLACE_ROOT] = -EBUSY, [PLACE_DOT] = -EINVAL, [PLACE_DOTS] = -ENOTEMPTY};
	struct place place;
	long result = path_place(directory, path, false, &place);

	if (result)
		return result;
	if (place.kind != PLACE_NAME)
		return refusals[place.kind];
	const struct entry *entry = directory_find(place.parent, place.name);
	if (!entry)
		return -ENOENT;
	if (entry->inode->kind != INODE_DIRECTORY)
		return -ENOTDIR;
	if (entry->inode->entries)
		return -ENOTEMPTY;
	entry->inode->links--;
	directory_remove(place.parent, place.name);
	return 0;
}

long call_unlink(const uint64_t a[6])
{
	return unlink_at(AT_FDCWD, a[0]);
}

long call_rmdir(const uint64_t a[6])
{
	return rmdir_at(AT_FDCWD, a[0]);
}

long call_unlinkat(const uint64_t a[6])
{
	if (a[2] & ~(uint64_t)AT_REMOVEDIR)
		return -EINVAL;
	return a[2] ? rmdir_at((long)a[0], a[1]) : unlink_at((long)a[0], a[1]);
}

/* `inode` under a new name; it goes if that fails. */
static long name_new(long directory, addr_t path, struct inode *inode)
{
	struct place place;
	bool is_directory = inode && inode->kind == INODE_DIRECTORY;
	long result = path_place(directory, path, false, &place);

	if (!inode)
		return -ENOSPC;
	inode_hold(inode);
	if (!result)
		result = place_new(&place, is_directory);
	if (!result)
		result = directory_add(place.parent, place.name, inode);
	if (!result && is_directory)
		inode->links++;
	inode_release(inode);
	return result;
}

static long mkdir_at(long directory, addr_t path, uint64_t mode)
{
	return name_new(directory, path, inode_make(INODE_DIRECTORY, (uint32_t)mode & 01777 & ~umask_now));
}

static long mknod_at(long directory, addr_t path, uint64_t mode)
{
	const uint64_t type = mode & 0170000;

	if (type && type != 0100000) {
		call_unsupported("mknod", "what is not a plain file");
		return -EPERM;
	}
	return name_new(directory, path, inode_make(INODE_FILE, (uint32_t)mode & 07777 & ~umask_now));
}

long call_mknod(const uint64_t a[6])
{
	return mknod_at(AT_FDCWD, a[0], a[1]);
}

long call_mknodat(const uint64_t a[6])
{
	return mknod_at((long)a[0], a[1], a[2]);
}

long call_mkdir(const uint64_t a[6])
{
	return mkdir_at(AT_FDCWD, a[0], a[1]);
}

long call_mkdirat(const uint64_t a[6])
{
	return mkdir_at((long)a[0], a[1], a[2]);
}

static bool inside(const struct inode *directory, const struct inode *of)
{
	for (;; directory = directory->parent) {
		if (directory == of)
			return true;
		if (directory == directory->parent)
			return false;
	}
}

/* Whether `moved` may take the place of what is there. */
static long replace_check(const struct inode *there, const struct inode *moved)
{
	if (there->kind == INODE_DIRECTORY && moved->kind != INODE_DIRECTORY)
		return -EISDIR;
	if (there->kind != INODE_DIRECTORY && moved->kind == INODE_DIRECTORY)
		return -ENOTDIR;
	return there->kind == INODE_DIRECTORY && there->entries ? -ENOTEMPTY : 0;
}

static long rename_check(const struct place *from, const struct place *to, uint64_t flags)
{
	if (from->kind != PLACE_NAME || to->kind != PLACE_NAME)
		return -EBUSY;
	const struct entry *entry = directory_find(from->parent, from->name), *there = directory_find(to->parent, to->name);
	if (!entry)
		return -ENOENT;
	if (there && flags & RENAME_NOREPLACE)
		return -EEXIST;
	if ((from->slash || to->slash) && entry->inode->kind != INODE_DIRECTORY)
		return -ENOTDIR;
	if (entry->inode->kind == INODE_DIRECTORY && inside(to->parent, entry->inode))
		return -EINVAL;
	if (there && there->inode != entry->inode && inside(from->parent, there->inode))
		return -ENOTEMPTY;
	return there && there->inode != entry->inode ? replace_check(there->inode, entry->inode) : 0;
}

/* The new name is there before the old one goes, and memory is taken before anything changes. */
static long rename_at(long from_directory, addr_t from_path, long to_directory, addr_t to_path, uint64_t flags)
{
	struct place from, to;
	long result = flags & ~(uint64_t)RENAME_NOREPLACE ? -EINVAL : path_place(from_directory, from_path, false, &from);

	if (!result)
		result = path_place(to_directory, to_path, false, &to);
	if (!result)
		result = rename_check(&from, &to, flags);
	if (result)
		return result;
	struct inode *inode = directory_find(from.parent, from.name)->inode;
	const struct entry *there = directory_find(to.parent, to.name);
	if (there && there->inode == inode)
		return 0;
	result = directory_add(to.parent, to.name, inode);
	if (result)
		return result;
	if (there && there->inode->kind == INODE_DIRECTORY)
		there->inode->links--;
	if (there)
		directory_remove(to.parent, to.name);     /* the older one of the two */
	directory_remove(from.parent, from.name);
	return 0;
}

long call_rename(const uint64_t a[6])
{
	return rename_at(AT_FDCWD, a[0], AT_FDCWD, a[1], 0);
}

long call_renameat(const uint64_t a[6])
{
	return rename_at((long)a[0], a[1], (long)a[2], a[3], 0);
}

long call_renameat2(const uint64_t a[6])
{
	return rename_at((long)a[0], a[1], (long)a[2], a[3], a[4]);
}

static long link_at(long from_directory, addr_t from, long to_directory, addr_t to, bool follow)
{
	struct inode *inode;
	long result = path_find(from_directory, from, follow, &inode);

	if (result)
		return result;
	result = inode->kind == INODE_DIRECTORY ? -EPERM : name_new(to_directory, to, inode);
	inode_release(inode);
	return result;
}

long call_link(const uint64_t a[6])
{
	return link_at(AT_FDCWD, a[0], AT_FDCWD, a[1], false);
}

long call_linkat(const uint64_t a[6])
{
	return link_at((long)a[0], a[1], (long)a[2], a[3], a[4] & AT_SYMLINK_FOLLOW);
}

static long symlink_at(addr_t target, long directory, addr_t path)
{
	char *copy = heap_alloc(PATH_SIZE);
	long length = copy ? user_string(copy, target, PATH_SIZE) : -ENOMEM;
	struct inode *made = length > 0 ? inode_make(INODE_LINK, 0777) : NULL;

	if (!made) {
		heap_free(copy);
		return length < 0 ? length : length ? -ENOSPC : -ENOENT;
	}
	made->target = copy;
	return name_new(directory, path, made);
}

long call_symlink(const uint64_t a[6])
{
	return symlink_at(a[0], AT_FDCWD, a[1]);
}

long call_symlinkat(const uint64_t a[6])
{
	return symlink_at(a[0], (long)a[1], a[2]);
}

static long readlink_at(long directory, addr_t path, addr_t to, uint64_t size)
{
	static const char self[] = "/proc/self/exe";
	char name[sizeof self + 1];
	const char *target;
	struct inode *inode = NULL;

	if (user_string(name, path, sizeof name) == sizeof self - 1 && strcmp(name, self) == 0) {
		target = process_path;
	} else {
		long result = path_find(directory, path, false, &inode);
		if (result)
			return result;
		target = inode->target;
	}
	long result = -EINVAL;
	if (target && (int32_t)size > 0) {
		uint64_t length = strlen(target);
		length = length < size ? length : size;
		result = user_write(to, target, length) ? -EFAULT : (long)length;
	}
	if (inode)
		inode_release(inode);
	return result;
}

long call_readlink(const uint64_t a[6])
{
	return readlink_at(AT_FDCWD, a[0], a[1], a[2]);
}

long call_readlinkat(const uint64_t a[6])
{
	return readlink_at((long)a[0], a[1], a[2], a[3]);
}
