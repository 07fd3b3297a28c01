/* SPDX-License-Identifier: MIT */
/* From paths to inodes; what is opened of them; the file system at the start. See description.h. */
#include <bundle/format.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/file.h"
#include "posix/process.h"
#include "posix/rom.h"
#include "posix/thread.h"
#include "posix/user.h"

enum { LINKS_MAX = 40, DIRECTORY_MODE = 0755 };

struct inode *filesystem_root, *filesystem_here;

/* A walk: the path left to go, and where it is. */
struct walk {
	struct inode *at;
	uint32_t links;
	char path[PATH_SIZE];
};

/* The first name of walk->path into `name`, the rest stays. False: no name is left. */
static long name_take(struct walk *walk, char *name)
{
	char *from = walk->path;

	while (*from == '/')
		from++;
	char *end = from;
	while (*end && *end != '/')
		end++;
	if (end - from > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, from, (uint64_t)(end - from));
	name[end - from] = 0;
	memmove(walk->path, end, strlen(end) + 1);
	return end > from;
}

static bool path_left(const struct walk *walk)
{
	const char *at = walk->path;

	while (*at == '/')
		at++;
	return *at;
}

static long link_follow(struct walk *walk, const struct inode *link)
{
	uint64_t length = strlen(link->target), rest = strlen(walk->path);

	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	if (length + rest + 2 > PATH_SIZE)
		return -ENAMETOOLONG;
	memmove(walk->path + length + 1, walk->path, rest + 1);
	memcpy(walk->path, link->target, length);
	walk->path[length] = '/';
	if (link->target[0] == '/')
		walk->at = filesystem_root;
	return 0;
}

/* One step; the last name may be a link that is not followed. */
static long step(struct walk *walk, const char *name, bool follow_last)
{
	if (walk->at->kind != INODE_DIRECTORY)
		return -ENOTDIR;
	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0) {
		walk->at = walk->at->parent;
		return 0;
	}
	const struct entry *entry = directory_find(walk->at, name);
	if (!entry)
		return -ENOENT;
	if (entry->inode->kind == INODE_LINK && (follow_last || path_left(walk)))
		return link_follow(walk, entry->inode);
	walk->at = entry->inode;
	return 0;
}

static long walk_begin(struct walk *walk, long directory, addr_t path)
{
	long length = user_string(walk->path, path, PATH_SIZE);

	walk->links = 0;
	if (length < 0)
		return length;
	if (!length)
		return -ENOENT;
	if (walk->path[0] == '/') {
		walk->at = filesystem_root;
	} else if ((int32_t)directory == AT_FDCWD) {
		walk->at = filesystem_here;
	} else {
		const struct description *file = description_of((uint64_t)directory);
		if (!file)
			return -EBADF;
		if (!file->inode)
			return -ENOTDIR;
		walk->at = file->inode;
	}
	return 0;
}

long path_find(long directory, addr_t path, bool follow, struct inode **found)
{
	static struct walk walk;
	char name[NAME_MAX + 1];
	long result = walk_begin(&walk, directory, path);

	if (result)
		return result;
	while ((result = name_take(&walk, name)) > 0) {
		bool slash = walk.path[0] == '/';
		result = step(&walk, name, follow || slash);
		if (result)
			return result;
		if (slash && !path_left(&walk) && walk.at->kind != INODE_DIRECTORY)
			return -ENOTDIR;
	}
	if (result)
		return result;
	inode_hold(walk.at);
	*found = walk.at;
	return 0;
}

long path_parent(long directory, addr_t path, struct inode **parent, char *name)
{
	static struct walk walk;
	long result = walk_begin(&walk, directory, path);

	if (result)
		return result;
	for (;;) {
		result = name_take(&walk, name);
		if (result < 0)
			return result;
		if (!result)
			return -EEXIST;      /* the root, or nothing but dots */
		if (!path_left(&walk))
			break;
		result = step(&walk, name, true);
		if (result)
			return result;
	}
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EINVAL;
	if (walk.at->kind != INODE_DIRECTORY)
		return -ENOTDIR;
	*parent = walk.at;
	return 0;
}

static long ram_read(struct description *file, uint64_t offset, void *buffer, uint64_t size)
{
	return (long)inode_read(file->inode, offset, buffer, size);
}

static long ram_write(struct description *file, uint64_t offset, const void *buffer, uint64_t size)
{
	return inode_write(file->inode, offset, buffer, size);
}

const struct file_kind file_ram = {.read = ram_read, .write = ram_write, .seekable = true, .type = 0100000};
const struct file_kind file_directory = {.type = 0040000};

long inode_open(struct inode *inode, uint32_t flags, struct description **made)
{
	struct description *file;

	if (inode->kind == INODE_LINK)
		return -ELOOP;
	if (inode->kind == INODE_DIRECTORY && flags & O_ACCMODE)
		return -EISDIR;
	if (flags & O_DIRECTORY && inode->kind != INODE_DIRECTORY)
		return -ENOTDIR;
	if (inode->kind == INODE_DEVICE)
		file = device_open(inode->device, flags);
	else
		file = description_make(inode->kind == INODE_FILE ? &file_ram : &file_directory, flags);
	if (!file)
		return -ENOMEM;
	if (!file->inode) {
		file->inode = inode;
		inode_hold(inode);
	}
	if (flags & O_TRUNC && inode->kind == INODE_FILE && flags & O_ACCMODE) {
		long result = inode_resize(inode, 0);
		if (result) {
			file->references = 1;
			description_release(file);
			return result;
		}
	}
	*made = file;
	return 0;
}

/* Directories on the way are made. */
long filesystem_put(const char *path, struct inode *inode)
{
	static struct walk walk;
	char name[NAME_MAX + 1];
	uint64_t length = strlen(path);

	if (length >= PATH_SIZE)
		return -ENAMETOOLONG;
	memcpy(walk.path, path, length + 1);
	walk.at = filesystem_root;
	while (name_take(&walk, name) > 0) {
		struct entry *entry = directory_find(walk.at, name);
		if (!path_left(&walk)) {
			if (entry || !strcmp(name, ".") || !strcmp(name, ".."))
				return -EEXIST;
			return directory_add(walk.at, name, inode);
		}
		if (!entry) {
			struct inode *directory = inode_make(INODE_DIRECTORY, DIRECTORY_MODE);
			if (!directory || directory_add(walk.at, name, directory))
				return -ENOSPC;
			directory->links++;
			walk.at = directory;
		} else if (entry->inode->kind == INODE_DIRECTORY) {
			walk.at = entry->inode;
		} else {
			return -ENOTDIR;
		}
	}
	return -EINVAL;
}

static void device_put(const char *path, uint32_t device)
{
	struct inode *inode = inode_make(INODE_DEVICE, 0666);

	if (!inode)
		return;
	inode->device = device;
	(void)filesystem_put(path, inode);
}

void filesystem_start(void)
{
	static const struct {
		const char *path;
		uint32_t device;
	} devices[] = {{"/dev/null", DEVICE_NULL}, {"/dev/zero", DEVICE_ZERO}, {"/dev/full", DEVICE_FULL},
	               {"/dev/random", DEVICE_RANDOM}, {"/dev/urandom", DEVICE_URANDOM}, {"/dev/tty", DEVICE_TTY},
	               {"/dev/stdin", DEVICE_STREAM}, {"/dev/stdout", DEVICE_STREAM + 1},
	               {"/dev/stderr", DEVICE_STREAM + 2}};
	struct inode *temporary = inode_make(INODE_DIRECTORY, 01777);

	filesystem_root = inode_make(INODE_DIRECTORY, DIRECTORY_MODE);
	filesystem_root->parent = filesystem_here = filesystem_root;
	filesystem_root->links = 2;
	for (uint32_t i = 0; i < sizeof devices / sizeof *devices; i++)
		device_put(devices[i].path, devices[i].device);
	if (temporary && !filesystem_put("/tmp", temporary))
		temporary->links++;
}

static long file_hand_in(const struct bundle_entry *entry)
{
	struct inode *inode = inode_make(INODE_FILE, entry->mode & 07777);
	const void *bytes;
	uint64_t size;

	if (!inode)
		return -ENOMEM;
	if (rom_attach(entry->name, &bytes, &size) != OK)
		return -EIO;
	inode->rom = bytes;
	inode->size = size;
	inode->modified = (uint64_t)entry->modified_ns;
	return filesystem_put(entry->name, inode);
}

long file_start(void)
{
	const struct bundle_entry *index;
	const void *bytes;
	uint64_t size;

	filesystem_start();
	if (rom_attach("index", &bytes, &size) == OK) {
		index = bytes;
		for (uint64_t i = 0; i < size / sizeof *index; i++) {
			if (index[i].name[0] != '/' || !string_ends(index[i].name, sizeof index[i].name))
				continue;
			long result = file_hand_in(&index[i]);
			if (result)
				log_line("%s: cannot be put into the file system: error %ld", index[i].name, -result);
		}
	}
	return streams_start();
}
