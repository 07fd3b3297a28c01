/* SPDX-License-Identifier: MIT */
/* Calls on names: open, stat, rename and their like. */
#include <framework/heap.h>
#include <framework/memory.h>
#include <kernel/pd.h>

#include "posix/call.h"
#include "posix/description.h"
#include "posix/errno.h"
#include "posix/process.h"
#include "posix/user.h"

enum { AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_SYMLINK_FOLLOW = 0x400, AT_EMPTY_PATH = 0x1000 };
enum { RENAME_NOREPLACE = 1, RENAME_EXCHANGE = 2 };

static uint32_t umask_now = 022;

static uint32_t type_of(const struct inode *inode)
{
	static const uint32_t types[] = {[INODE_FILE] = 0100000, [INODE_DIRECTORY] = 0040000, [INODE_LINK] = 0120000,
	                                 [INODE_DEVICE] = 0020000};

	return types[inode->kind];
}

static long open_at(long directory, addr_t path, uint64_t flags, uint64_t mode)
{
	struct inode *inode, *parent;
	struct description *file;
	char name[NAME_MAX + 1];
	bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
	long result = path_find(directory, path, !(flags & O_NOFOLLOW) && !exclusive, &inode);

	if (result == -ENOENT && flags & O_CREAT) {
		result = path_parent(directory, path, &parent, name);
		if (result)
			return result;
		inode = inode_make(INODE_FILE, (uint32_t)mode & 07777 & ~umask_now);
		if (!inode)
			return -ENOSPC;
		inode_hold(inode);
		result = directory_add(parent, name, inode);
	} else if (!result && exclusive) {
		result = -EEXIST;
	} else if (result) {
		return result;
	}
	if (!result)
		result = inode_open(inode, (uint32_t)flags, &file);
	inode_release(inode);
	if (result)
		return result;
	result = descriptor_put(file, 0, flags & O_CLOEXEC);
	if (result < 0) {
		file->references = 1;
		description_release(file);
	}
	return result;
}

static long call_open(const uint64_t a[6])
{
	return open_at(AT_FDCWD, a[0], a[1], a[2]);
}

static long call_openat(const uint64_t a[6])
{
	return open_at((long)a[0], a[1], a[2], a[3]);
}

static long call_creat(const uint64_t a[6])
{
	return open_at(AT_FDCWD, a[0], O_CREAT | O_WRONLY | O_TRUNC, a[1]);
}

/* struct stat of x86-64: device, inode, links, mode+uid, gid, special, size, block, blocks, three times, unused. */
static long stat_write(addr_t to, const struct inode *inode, uint32_t type)
{
	static const struct inode none = {.number = 1, .mode = 0600, .links = 1};
	uint64_t out[18] = {0};

	if (!inode)
		inode = &none;
	out[0] = 1;
	out[1] = inode->number;
	out[2] = inode->links;
	out[3] = type | inode->mode;
	out[5] = inode->device;
	out[6] = inode->kind == INODE_LINK ? strlen(inode->target) : inode->size;
	out[7] = 4096;
	out[8] = (inode->size + 511) / 512;
	const uint64_t times[3] = {inode->accessed, inode->modified, inode->changed};
	for (int i = 0; i < 3; i++) {
		out[9 + 2 * i] = times[i] / 1000000000;
		out[10 + 2 * i] = times[i] % 1000000000;
	}
	return user_write(to, out, sizeof out);
}

static long stat_path(long directory, addr_t path, addr_t to, bool follow)
{
	struct inode *inode;
	long result = path_find(directory, path, follow, &inode);

	if (result)
		return result;
	result = stat_write(to, inode, type_of(inode));
	inode_release(inode);
	return result;
}

static long call_fstat(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);

	if (!file)
		return -EBADF;
	return stat_write(a[1], file->inode, file->kind->type ? file->kind->type : type_of(file->inode));
}

static long call_stat(const uint64_t a[6])
{
	return stat_path(AT_FDCWD, a[0], a[1], true);
}

static long call_lstat(const uint64_t a[6])
{
	return stat_path(AT_FDCWD, a[0], a[1], false);
}

static bool path_empty(addr_t path)
{
	char first;

	return user_read(&first, path, 1) == 0 && !first;
}

static long call_newfstatat(const uint64_t a[6])
{
	const uint64_t by_descriptor[6] = {a[0], a[2]};

	if (a[3] & AT_EMPTY_PATH && path_empty(a[1]))
		return call_fstat(by_descriptor);
	return stat_path((long)a[0], a[1], a[2], !(a[3] & AT_SYMLINK_NOFOLLOW));
}

static long call_statx(const uint64_t a[6])
{
	(void)a;
	return -ENOSYS;      /* callers fall back to newfstatat */
}

static long access_path(long directory, addr_t path, uint64_t mode)
{
	struct inode *inode;
	long result = path_find(directory, path, true, &inode);

	if (result)
		return result;
	/* The program is root in its component: it may all but execute what nobody may. */
	result = mode & 1 && inode->kind == INODE_FILE && !(inode->mode & 0111) ? -EACCES : 0;
	inode_release(inode);
	return result;
}

static long call_access(const uint64_t a[6])
{
	return access_path(AT_FDCWD, a[0], a[1]);
}

static long call_faccessat(const uint64_t a[6])
{
	return access_path((long)a[0], a[1], a[2]);
}

static long unlink_at(long directory, addr_t path, bool remove_directory)
{
	struct inode *parent;
	char name[NAME_MAX + 1];
	long result = path_parent(directory, path, &parent, name);

	if (result)
		return result == -EEXIST ? -EBUSY : result;
	struct entry *entry = directory_find(parent, name);
	if (!entry)
		return -ENOENT;
	struct inode *inode = entry->inode;
	if (!remove_directory && inode->kind == INODE_DIRECTORY)
		return -EISDIR;
	if (remove_directory && inode->kind != INODE_DIRECTORY)
		return -ENOTDIR;
	if (remove_directory && inode->entries)
		return -ENOTEMPTY;
	if (remove_directory && (inode == filesystem_here || inode == filesystem_root))
		return -EBUSY;
	if (remove_directory)
		inode->links--;
	directory_remove(parent, name);
	return 0;
}

static long call_unlink(const uint64_t a[6])
{
	return unlink_at(AT_FDCWD, a[0], false);
}

static long call_rmdir(const uint64_t a[6])
{
	return unlink_at(AT_FDCWD, a[0], true);
}

static long call_unlinkat(const uint64_t a[6])
{
	return unlink_at((long)a[0], a[1], a[2] & AT_REMOVEDIR);
}

static long mkdir_at(long directory, addr_t path, uint64_t mode)
{
	struct inode *parent, *made;
	char name[NAME_MAX + 1];
	long result = path_parent(directory, path, &parent, name);

	if (result)
		return result;
	if (directory_find(parent, name))
		return -EEXIST;
	made = inode_make(INODE_DIRECTORY, (uint32_t)mode & 07777 & ~umask_now);
	if (!made)
		return -ENOSPC;
	result = directory_add(parent, name, made);
	made->links += !result;
	return result;
}

static long call_mkdir(const uint64_t a[6])
{
	return mkdir_at(AT_FDCWD, a[0], a[1]);
}

static long call_mkdirat(const uint64_t a[6])
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

static long rename_replace(struct inode *to_parent, const char *to, const struct inode *moved)
{
	struct entry *there = directory_find(to_parent, to);

	if (!there)
		return 0;
	if (there->inode->kind == INODE_DIRECTORY && moved->kind != INODE_DIRECTORY)
		return -EISDIR;
	if (there->inode->kind != INODE_DIRECTORY && moved->kind == INODE_DIRECTORY)
		return -ENOTDIR;
	if (there->inode->kind == INODE_DIRECTORY && there->inode->entries)
		return -ENOTEMPTY;
	if (there->inode->kind == INODE_DIRECTORY)
		there->inode->links--;
	directory_remove(to_parent, to);
	return 0;
}

static long rename_at(long from_directory, addr_t from_path, long to_directory, addr_t to_path, uint64_t flags)
{
	struct inode *from_parent, *to_parent;
	char from[NAME_MAX + 1], to[NAME_MAX + 1];
	long result = path_parent(from_directory, from_path, &from_parent, from);

	if (!result)
		result = path_parent(to_directory, to_path, &to_parent, to);
	if (result)
		return result == -EEXIST ? -EBUSY : result;
	const struct entry *entry = directory_find(from_parent, from), *there = directory_find(to_parent, to);
	if (!entry)
		return -ENOENT;
	struct inode *inode = entry->inode;
	if (flags & RENAME_NOREPLACE && there)
		return -EEXIST;
	if (flags & ~(uint64_t)RENAME_NOREPLACE)
		return -EINVAL;
	if (there && there->inode == inode)
		return 0;
	if (inode->kind == INODE_DIRECTORY && inside(to_parent, inode))
		return -EINVAL;
	result = rename_replace(to_parent, to, inode);
	if (!result)
		result = directory_add(to_parent, to, inode);
	if (!result)
		directory_remove(from_parent, from);
	return result;
}

static long call_rename(const uint64_t a[6])
{
	return rename_at(AT_FDCWD, a[0], AT_FDCWD, a[1], 0);
}

static long call_renameat(const uint64_t a[6])
{
	return rename_at((long)a[0], a[1], (long)a[2], a[3], 0);
}

static long call_renameat2(const uint64_t a[6])
{
	return rename_at((long)a[0], a[1], (long)a[2], a[3], a[4]);
}

static long link_at(long from_directory, addr_t from, long to_directory, addr_t to, bool follow)
{
	struct inode *inode, *parent;
	char name[NAME_MAX + 1];
	long result = path_find(from_directory, from, follow, &inode);

	if (result)
		return result;
	result = inode->kind == INODE_DIRECTORY ? -EPERM : path_parent(to_directory, to, &parent, name);
	if (!result && directory_find(parent, name))
		result = -EEXIST;
	if (!result)
		result = directory_add(parent, name, inode);
	inode_release(inode);
	return result;
}

static long call_link(const uint64_t a[6])
{
	return link_at(AT_FDCWD, a[0], AT_FDCWD, a[1], false);
}

static long call_linkat(const uint64_t a[6])
{
	return link_at((long)a[0], a[1], (long)a[2], a[3], a[4] & AT_SYMLINK_FOLLOW);
}

static long symlink_at(addr_t target, long directory, addr_t path)
{
	struct inode *parent, *made;
	char name[NAME_MAX + 1], *copy = heap_alloc(PATH_SIZE);
	long result = copy ? user_string(copy, target, PATH_SIZE) : -ENOMEM;

	if (result >= 0)
		result = result ? path_parent(directory, path, &parent, name) : -ENOENT;
	if (!result && directory_find(parent, name))
		result = -EEXIST;
	made = result ? NULL : inode_make(INODE_LINK, 0777);
	if (!made) {
		heap_free(copy);
		return result ? result : -ENOSPC;
	}
	made->target = copy;
	return directory_add(parent, name, made);
}

static long call_symlink(const uint64_t a[6])
{
	return symlink_at(a[0], AT_FDCWD, a[1]);
}

static long call_symlinkat(const uint64_t a[6])
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
	if (target) {
		uint64_t length = strlen(target);
		length = length < size ? length : size;
		result = user_write(to, target, length) ? -EFAULT : (long)length;
	}
	if (inode)
		inode_release(inode);
	return result;
}

static long call_readlink(const uint64_t a[6])
{
	return readlink_at(AT_FDCWD, a[0], a[1], a[2]);
}

static long call_readlinkat(const uint64_t a[6])
{
	return readlink_at((long)a[0], a[1], a[2], a[3]);
}

/* struct linux_dirent64: inode, offset, length, type, name. The position counts entries, after . and .. */
static long call_getdents(const uint64_t a[6])
{
	struct description *file = description_of(a[0]);
	uint64_t done = 0;

	if (!file)
		return -EBADF;
	if (!file->inode || file->inode->kind != INODE_DIRECTORY)
		return -ENOTDIR;
	for (;;) {
		const struct inode *inode = file->position == 0 ? file->inode : file->inode->parent;
		const char *name = file->position == 0 ? "." : "..";
		if (file->position >= 2) {
			const struct entry *entry = file->inode->entries;
			for (uint64_t i = 2; entry && i < file->position; i++)
				entry = entry->next;
			if (!entry)
				return (long)done;
			inode = entry->inode;
			name = entry->name;
		}
		uint8_t record[24 + NAME_MAX + 8] = {0};
		uint64_t length = (19 + strlen(name) + 1 + 7) & ~7ul, next = file->position + 1;
		uint16_t short_length = (uint16_t)length;
		if (done + length > a[2])
			return done ? (long)done : -EINVAL;
		memcpy(record, &inode->number, 8);
		memcpy(record + 8, &next, 8);
		memcpy(record + 16, &short_length, 2);
		record[18] = (uint8_t)(type_of(inode) >> 12);
		memcpy(record + 19, name, strlen(name));
		if (user_write(a[1] + done, record, length))
			return -EFAULT;
		done += length;
		file->position = next;
	}
}

static long call_getcwd(const uint64_t a[6])
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

static long call_chdir(const uint64_t a[6])
{
	struct inode *inode;
	long result = path_find(AT_FDCWD, a[0], true, &inode);

	if (result)
		return result;
	result = here_set(inode);
	inode_release(inode);
	return result;
}

static long call_fchdir(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);

	return !file ? -EBADF : !file->inode ? -ENOTDIR : here_set(file->inode);
}

static long mode_set(struct inode *inode, uint64_t mode)
{
	inode->mode = (uint32_t)mode & 07777;
	inode->changed = clock_real();
	return 0;
}

static long chmod_at(long directory, addr_t path, uint64_t mode)
{
	struct inode *inode;
	long result = path_find(directory, path, true, &inode);

	if (result)
		return result;
	result = mode_set(inode, mode);
	inode_release(inode);
	return result;
}

static long call_chmod(const uint64_t a[6])
{
	return chmod_at(AT_FDCWD, a[0], a[1]);
}

static long call_fchmodat(const uint64_t a[6])
{
	return chmod_at((long)a[0], a[1], a[2]);
}

static long call_fchmod(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);

	return !file ? -EBADF : file->inode ? mode_set(file->inode, a[1]) : 0;
}

/* Owners are not kept: everything belongs to root. */
static long call_chown(const uint64_t a[6])
{
	struct inode *inode;
	long result = path_find(AT_FDCWD, a[0], true, &inode);

	if (!result)
		inode_release(inode);
	return result;
}

static long call_fchown(const uint64_t a[6])
{
	return description_of(a[0]) ? 0 : -EBADF;
}

static long call_umask(const uint64_t a[6])
{
	uint32_t before = umask_now;

	umask_now = (uint32_t)a[0] & 0777;
	return before;
}

static uint64_t time_chosen(const int64_t given[2], uint64_t now, uint64_t before)
{
	const int64_t utime_now = 0x3fffffff, utime_omit = 0x3ffffffe;

	return given[1] == utime_now ? now : given[1] == utime_omit ? before
	                                                             : (uint64_t)(given[0] * 1000000000 + given[1]);
}

static long call_utimensat(const uint64_t a[6])
{
	int64_t times[2][2] = {{0, 0x3fffffff}, {0, 0x3fffffff}};
	struct inode *inode;
	const struct description *file;

	if (a[2] && user_read(times, a[2], sizeof times))
		return -EFAULT;
	if (!a[1]) {
		file = description_of(a[0]);
		if (!file || !file->inode)
			return -EBADF;
		inode = file->inode;
		inode_hold(inode);
	} else {
		long result = path_find((long)a[0], a[1], !(a[3] & AT_SYMLINK_NOFOLLOW), &inode);
		if (result)
			return result;
	}
	uint64_t now = clock_real();
	inode->accessed = time_chosen(times[0], now, inode->accessed);
	inode->modified = time_chosen(times[1], now, inode->modified);
	inode->changed = now;
	inode_release(inode);
	return 0;
}

static long call_statfs(const uint64_t a[6])
{
	uint64_t out[15] = {0x01021994, 4096, 1 << 20, 1 << 19, 1 << 19, 1 << 20, 1 << 19, 0, NAME_MAX, 4096};

	return user_write(a[1], out, sizeof out);
}

static const struct call_entry entries[] = {
	{2, "open", call_open}, {4, "stat", call_stat}, {5, "fstat", call_fstat}, {6, "lstat", call_lstat},
	{21, "access", call_access}, {79, "getcwd", call_getcwd}, {80, "chdir", call_chdir}, {81, "fchdir", call_fchdir},
	{82, "rename", call_rename}, {83, "mkdir", call_mkdir}, {84, "rmdir", call_rmdir}, {85, "creat", call_creat},
	{86, "link", call_link}, {87, "unlink", call_unlink}, {88, "symlink", call_symlink}, {89, "readlink", call_readlink},
	{90, "chmod", call_chmod}, {91, "fchmod", call_fchmod}, {92, "chown", call_chown}, {93, "fchown", call_fchown},
	{94, "lchown", call_chown}, {95, "umask", call_umask}, {137, "statfs", call_statfs}, {138, "fstatfs", call_statfs},
	{217, "getdents64", call_getdents}, {257, "openat", call_openat}, {258, "mkdirat", call_mkdirat},
	{262, "newfstatat", call_newfstatat}, {263, "unlinkat", call_unlinkat}, {264, "renameat", call_renameat},
	{265, "linkat", call_linkat}, {266, "symlinkat", call_symlinkat}, {267, "readlinkat", call_readlinkat},
	{268, "fchmodat", call_fchmodat}, {269, "faccessat", call_faccessat}, {280, "utimensat", call_utimensat},
	{316, "renameat2", call_renameat2}, {332, "statx", call_statx}, {439, "faccessat2", call_faccessat},
};
const struct call_table directory_calls = {entries, sizeof entries / sizeof *entries};
