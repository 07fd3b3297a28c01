/* SPDX-License-Identifier: MIT */
/*
 * Files of server/host.h on a card (format.h). As on Linux: a sync makes everything durable that was done before it, and
 * what was unlinked lives on while it is open. A card that cannot be used makes every call fail.
 */
#include <framework/env.h>
#include <framework/format.h>
#include <framework/memory.h>

#include "server/card/units.h"
#include "server/card/volume.h"
#include "server/host.h"

enum { DESCRIPTORS = 2048 };
enum { ERROR_IO = 5, ERROR_DESCRIPTOR = 9, ERROR_NOT_DIRECTORY = 20, ERROR_DIRECTORY = 21, ERROR_OPEN_FILES = 24,
       ERROR_READ_ONLY = 30, ERROR_NAME = 36, ERROR_NOT_EMPTY = 39 };

static struct node root = {.entry.kind = CARD_DIRECTORY};
static struct node *opened[DESCRIPTORS];

/* Mounted when it is first needed, once. */
static long ready(void)
{
	static bool tried, mounted;

	if (!tried) {
		err_t err = volume_mount();
		tried = true;
		mounted = err == OK;
		if (err == ERR_EXISTS)
			log_line("the card cannot be used: it holds something else; write zeros over its first %u KiB to have it made new",
			         CARD_FRESH * CARD_BLOCK / 1024);
		else if (err != OK)
			log_line("the card cannot be used: %s", err_sentence(err));
	}
	return mounted ? 0 : -ERROR_IO;
}

static long result_of(err_t err)
{
	return err == OK ? 0 : err == ERR_MEMORY_QUOTA ? -HOST_ENOSPC : -ERROR_IO;
}

static long node_of(int descriptor, struct node **node)
{
	long result = ready();

	if (result < 0)
		return result;
	*node = descriptor == HOST_GRANT ? &root : descriptor > HOST_GRANT && descriptor < DESCRIPTORS ? opened[descriptor] : NULL;
	return *node ? 0 : -ERROR_DESCRIPTOR;
}

static long file_of(int descriptor, struct node **node)
{
	long result = node_of(descriptor, node);

	return result == 0 && (*node)->entry.kind == CARD_DIRECTORY ? -ERROR_DIRECTORY : result;
}

/* What entries of a directory have as their parent. */
static uint32_t place_of(const struct node *directory)
{
	return directory == &root ? 0 : (uint32_t)(directory - volume.node) + 1;
}

/* The directory behind a descriptor, for an entry `name` of it. */
static long directory_of(int descriptor, const char *name, struct node **directory)
{
	long result = node_of(descriptor, directory);

	if (result < 0)
		return result;
	if ((*directory)->entry.kind != CARD_DIRECTORY)
		return -ERROR_NOT_DIRECTORY;
	if ((*directory)->removed)
		return -HOST_ENOENT;
	return *name && strlen(name) < CARD_NAME ? 0 : -ERROR_NAME;
}

static bool lies_in(const struct node *node, const struct node *directory)
{
	return node->entry.kind != CARD_FREE && !node->removed && node->entry.parent == place_of(directory);
}

static struct node *node_find(const struct node *directory, const char *name)
{
	for (uint32_t i = 0; i < CARD_ENTRIES; i++)
		if (lies_in(&volume.node[i], directory) && strcmp(volume.node[i].entry.name, name) == 0)
			return &volume.node[i];
	return NULL;
}

/* Gone when it has neither name nor descriptor. */
static void node_look(struct node *node)
{
	if (!node->removed || node->open)
		return;
	err_t ignored = units_cut(&node->entry, 0);   /* shorter never fails */
	(void)ignored;
	memset(node, 0, sizeof *node);
}

static struct node *node_make(const struct node *directory, const char *name, uint32_t kind)
{
	for (uint32_t i = 0; i < CARD_ENTRIES; i++) {
		struct node *node = &volume.node[i];
		if (node->entry.kind != CARD_FREE)
			continue;
		node->entry.kind = kind;
		node->entry.parent = place_of(directory);
		node->entry.modified_ns = clock_real();
		text_copy(node->entry.name, sizeof node->entry.name, name);
		return node;
	}
	return NULL;
}

static long descriptor_make(struct node *node)
{
	int descriptor = HOST_GRANT + 1;

	while (descriptor < DESCRIPTORS && opened[descriptor])
		descriptor++;
	if (descriptor == DESCRIPTORS)
		return -ERROR_OPEN_FILES;
	opened[descriptor] = node;
	node->open++;
	return descriptor;
}

long host_open(int directory, const char *name, int flags, int mode)
{
	struct node *in;
	long result = directory_of(directory, name, &in);

	(void)mode;
	if (result < 0)
		return result;
	struct node *node = node_find(in, name);
	if (node && flags & HOST_CREATE && flags & HOST_EXCLUSIVE)
		return -HOST_EEXIST;
	if (!node && !(flags & HOST_CREATE))
		return -HOST_ENOENT;
	if (node && flags & HOST_DIRECTORY && node->entry.kind != CARD_DIRECTORY)
		return -ERROR_NOT_DIRECTORY;
	if (node && node->entry.kind == CARD_DIRECTORY && flags & (HOST_WRITE | HOST_READ_WRITE | HOST_TRUNCATE))
		return -ERROR_DIRECTORY;
	if (!node)
		node = node_make(in, name, CARD_FILE);
	if (!node)
		return -HOST_ENOSPC;
	if (flags & HOST_TRUNCATE)
		result = result_of(units_cut(&node->entry, 0));
	return result < 0 ? result : descriptor_make(node);
}

long host_close(int descriptor)
{
	struct node *node;
	long result = node_of(descriptor, &node);

	if (result < 0 || node == &root)
		return -ERROR_DESCRIPTOR;
	opened[descriptor] = NULL;
	node->open--;
	node_look(node);
	return 0;
}

long host_status(int descriptor, struct host_status *status)
{
	struct node *node;
	long result = node_of(descriptor, &node);

	if (result == 0)
		*status = (struct host_status){node->entry.size, node->entry.modified_ns, node->entry.kind == CARD_DIRECTORY};
	return result;
}

long host_sync(int descriptor)
{
	struct node *node;
	long result = node_of(descriptor, &node);

	return result == 0 ? result_of(volume_commit()) : result;
}

long host_truncate(int descriptor, uint64_t size)
{
	struct node *node;
	long result = file_of(descriptor, &node);

	if (result < 0)
		return result;
	node->entry.modified_ns = clock_real();
	return result_of(units_cut(&node->entry, size));
}

long host_rename(int directory, const char *from, int to_directory, const char *to)
{
	struct node *in, *out;
	long result = directory_of(directory, from, &in);

	if (result == 0)
		result = directory_of(to_directory, to, &out);
	if (result < 0)
		return result;
	struct node *node = node_find(in, from), *replaced = node_find(out, to);
	if (!node)
		return -HOST_ENOENT;
	if (node == replaced)
		return 0;
	if (node->entry.kind == CARD_DIRECTORY || (replaced && replaced->entry.kind == CARD_DIRECTORY))
		return -ERROR_DIRECTORY;
	if (replaced) {
		replaced->removed = true;
		node_look(replaced);
	}
	node->entry.parent = place_of(out);
	text_copy(node->entry.name, sizeof node->entry.name, to);
	return 0;
}

long host_unlink(int directory, const char *name, bool is_directory)
{
	struct node *in;
	long result = directory_of(directory, name, &in);

	if (result < 0)
		return result;
	struct node *node = node_find(in, name);
	if (!node)
		return -HOST_ENOENT;
	if ((node->entry.kind == CARD_DIRECTORY) != is_directory)
		return is_directory ? -ERROR_NOT_DIRECTORY : -ERROR_DIRECTORY;
	for (uint32_t i = 0; is_directory && i < CARD_ENTRIES; i++)
		if (lies_in(&volume.node[i], node))
			return -ERROR_NOT_EMPTY;
	node->removed = true;
	node_look(node);
	return 0;
}

/* Directories lie in the root alone. */
long host_make_directory(int directory, const char *name, int mode)
{
	struct node *in;
	long result = directory_of(directory, name, &in);

	(void)mode;
	if (result < 0)
		return result;
	if (in != &root)
		return -ERROR_READ_ONLY;
	if (node_find(in, name))
		return -HOST_EEXIST;
	return node_make(in, name, CARD_DIRECTORY) ? 0 : -HOST_ENOSPC;
}

long host_read_at(int descriptor, void *to, uint64_t size, uint64_t offset)
{
	struct node *node;
	long result = file_of(descriptor, &node);

	if (result < 0)
		return result;
	if (offset > node->entry.size || size > node->entry.size - offset)
		return -ERROR_IO;
	return result_of(units_read(&node->entry, to, size, offset));
}

long host_write_at(int descriptor, const void *from, uint64_t size, uint64_t offset)
{
	struct node *node;
	long result = file_of(descriptor, &node);

	if (result < 0)
		return result;
	node->entry.modified_ns = clock_real();
	return result_of(units_write(&node->entry, from, size, offset));
}

/* `each` may unlink what it is shown. */
long host_list(int directory, bool (*each)(void *context, const char *name), void *context)
{
	struct node *in;
	long result = node_of(directory, &in);
	char name[CARD_NAME];

	for (uint32_t i = 0; result == 0 && i < CARD_ENTRIES; i++) {
		if (!lies_in(&volume.node[i], in))
			continue;
		text_copy(name, sizeof name, volume.node[i].entry.name);
		if (!each(context, name))
			break;
	}
	return result;
}
