/* SPDX-License-Identifier: MIT */
/* The file system at the start: devices, /tmp, and the files of the bundle, each showing its ROM. See description.h. */
#include <bundle/format.h>
#include <framework/memory.h>
#include <framework/rom.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/file.h"
#include "posix/process.h"
#include "posix/thread.h"

enum { DIRECTORY_MODE = 0755 };

static struct inode *directory_make(struct inode *parent, const char *name)
{
	struct inode *made = inode_make(INODE_DIRECTORY, DIRECTORY_MODE);

	if (!made || directory_add(parent, name, made))
		return NULL;
	made->links++;
	return made;
}

/* The next name of a path, into `name`; where it ends, or NULL if it is too long. */
static const char *name_next(const char *path, char *name)
{
	while (*path == '/')
		path++;
	uint64_t length = 0;
	while (path[length] && path[length] != '/')
		length++;
	if (length > NAME_MAX)
		return NULL;
	memcpy(name, path, length);
	name[length] = 0;
	return path + length;
}

/* Directories on the way are made. */
static long filesystem_put(const char *path, struct inode *inode)
{
	struct inode *at = filesystem_root;
	char name[NAME_MAX + 1];

	for (;;) {
		path = name_next(path, name);
		if (!path)
			return -ENAMETOOLONG;
		if (!name[0] || !strcmp(name, ".") || !strcmp(name, ".."))
			return -EINVAL;
		const struct entry *entry = directory_find(at, name);
		if (!*path)
			return entry ? -EEXIST : directory_add(at, name, inode);
		at = entry ? entry->inode : directory_make(at, name);
		if (!at)
			return -ENOSPC;
		if (at->kind != INODE_DIRECTORY)
			return -ENOTDIR;
	}
}

static void device_put(const char *path, uint32_t device)
{
	struct inode *inode = inode_make(INODE_DEVICE, 0666);

	if (!inode)
		return;
	inode->device = device;
	(void)filesystem_put(path, inode);
}

static void filesystem_start(void)
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
	struct rom rom;

	if (!inode)
		return -ENOMEM;
	if (rom_attach(entry->name, &rom) != OK)
		return -EIO;
	inode->rom = rom.bytes;
	inode->size = rom.size;
	inode->modified = (uint64_t)entry->modified_ns;
	return filesystem_put(entry->name, inode);
}

long file_start(void)
{
	const struct bundle_entry *index;
	struct rom rom;

	filesystem_start();
	if (rom_attach("index", &rom) == OK) {
		index = rom.bytes;
		for (uint64_t i = 0; i < rom.size / sizeof *index; i++) {
			if (index[i].name[0] != '/' || !string_ends(index[i].name, sizeof index[i].name))
				continue;
			long result = file_hand_in(&index[i]);
			if (result)
				log_line("%s: cannot be put into the file system: error %ld", index[i].name, -result);
		}
	}
	return streams_start();
}
