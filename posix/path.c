/* SPDX-License-Identifier: MIT */
/* From paths to inodes, and what is opened of them. See description.h. */
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/process.h"
#include "posix/seal.h"
#include "posix/user.h"

enum { LINKS_MAX = 40 };

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
	memmove(walk->path + length, walk->path, rest + 1);     /* the rest is empty or begins with a slash */
	memcpy(walk->path, link->target, length);
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

static enum place_kind place_kind_of(const char *name)
{
	return strcmp(name, ".") == 0 ? PLACE_DOT : strcmp(name, "..") == 0 ? PLACE_DOTS : PLACE_NAME;
}

long path_place(long directory, addr_t path, bool follow, struct place *place)
{
	static struct walk walk;
	long result = walk_begin(&walk, directory, path);

	if (result)
		return result;
	for (;;) {
		result = name_take(&walk, place->name);
		if (result < 0)
			return result;
		place->parent = walk.at;
		place->kind = result ? place_kind_of(place->name) : PLACE_ROOT;
		place->slash = walk.path[0] == '/';
		if (!result)
			return 0;
		bool last = !path_left(&walk);
		if (last && walk.at->kind != INODE_DIRECTORY)
			return -ENOTDIR;
		const struct entry *entry = last ? directory_find(walk.at, place->name) : NULL;
		if (last && !(follow && entry && entry->inode->kind == INODE_LINK))
			return 0;
		result = step(&walk, place->name, true);
		if (result)
			return result;
	}
}

long place_new(const struct place *place, bool directory)
{
	if (place->kind != PLACE_NAME || directory_find(place->parent, place->name))
		return -EEXIST;
	return place->slash && !directory ? -ENOENT : 0;
}

static long ram_read(struct description *file, uint64_t offset, void *buffer, uint64_t size)
{
	return (long)inode_read(file->inode, offset, buffer, size);
}

static long ram_write(struct description *file, uint64_t offset, const void *buffer, uint64_t size)
{
	return sealed_write(file->inode, offset + size) ? -EPERM : inode_write(file->inode, offset, buffer, size);
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
