/* SPDX-License-Identifier: MIT */
/*
 * Files of server/host.h that live in the component's own memory and end with it: for machines without a host, and for
 * tests. A descriptor is a place in a table; what was unlinked lives on while it is open, as on Linux. Nothing here can
 * fail half-way, so a sync has nothing to do.
 */
#include <framework/env.h>
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include "server/content.h"
#include "server/host.h"

enum { NODE_NAME = 128, DESCRIPTORS = 4096 };
enum { ERROR_DESCRIPTOR = 9, ERROR_NOT_DIRECTORY = 20, ERROR_DIRECTORY = 21, ERROR_OPEN_FILES = 24, ERROR_NAME = 36,
       ERROR_NOT_EMPTY = 39 };

struct node {
	struct node *next;            /* in order of creation */
	struct node *parent;          /* NULL: unlinked */
	uint64_t serial;              /* grows in that order */
	bool directory;
	uint32_t open;                /* descriptors */
	uint64_t modified_ns;
	struct content content;
	char name[NODE_NAME];
};

static struct node root = {.directory = true, .parent = &root};
static struct node *nodes;
static struct node *opened[DESCRIPTORS];

static struct node *node_of(int descriptor)
{
	if (descriptor == HOST_GRANT)
		return &root;
	return descriptor > HOST_GRANT && descriptor < DESCRIPTORS ? opened[descriptor] : NULL;
}

static struct node *node_find(const struct node *directory, const char *name)
{
	struct node *node = nodes;

	while (node && (node->parent != directory || strcmp(node->name, name) != 0))
		node = node->next;
	return node;
}

static bool has_entries(const struct node *directory)
{
	const struct node *node = nodes;

	while (node && node->parent != directory)
		node = node->next;
	return node;
}

/* Gone when it has neither name nor descriptor. */
static void node_look(struct node *node)
{
	struct node **link = &nodes;

	if (node->parent || node->open)
		return;
	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	err_t ignored = content_cut(&node->content, 0);   /* shorter never fails */
	(void)ignored;
	heap_free(node);
}

static struct node *node_make(struct node *directory, const char *name, bool is_directory)
{
	static uint64_t serial;
	struct node *node = heap_alloc(sizeof *node), **link = &nodes;

	if (!node)
		return NULL;
	text_copy(node->name, sizeof node->name, name);
	node->parent = directory;
	node->directory = is_directory;
	node->serial = ++serial;
	node->modified_ns = clock_real();
	while (*link)
		link = &(*link)->next;
	*link = node;
	return node;
}

/* The directory behind a descriptor, for an entry `name` of it. */
static long directory_of(int descriptor, const char *name, struct node **directory)
{
	*directory = node_of(descriptor);
	if (!*directory)
		return -ERROR_DESCRIPTOR;
	if (!(*directory)->directory)
		return -ERROR_NOT_DIRECTORY;
	return strlen(name) < NODE_NAME ? 0 : -ERROR_NAME;
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
	struct node *in, *node;
	long result = directory_of(directory, name, &in);

	(void)mode;
	if (result < 0)
		return result;
	node = node_find(in, name);
	if (node && flags & HOST_CREATE && flags & HOST_EXCLUSIVE)
		return -HOST_EEXIST;
	if (!node && !(flags & HOST_CREATE))
		return -HOST_ENOENT;
	if (node && flags & HOST_DIRECTORY && !node->directory)
		return -ERROR_NOT_DIRECTORY;
	if (node && node->directory && flags & (HOST_WRITE | HOST_READ_WRITE | HOST_TRUNCATE))
		return -ERROR_DIRECTORY;
	if (!node)
		node = node_make(in, name, false);
	if (!node)
		return -HOST_ENOSPC;
	if (flags & HOST_TRUNCATE && content_cut(&node->content, 0) != OK)
		return -HOST_ENOSPC;
	return descriptor_make(node);
}

long host_close(int descriptor)
{
	struct node *node = node_of(descriptor);

	if (!node || node == &root)
		return -ERROR_DESCRIPTOR;
	opened[descriptor] = NULL;
	node->open--;
	node_look(node);
	return 0;
}

long host_status(int descriptor, struct host_status *status)
{
	const struct node *node = node_of(descriptor);

	if (!node)
		return -ERROR_DESCRIPTOR;
	*status = (struct host_status){node->content.size, node->modified_ns, node->directory};
	return 0;
}

long host_sync(int descriptor)
{
	return node_of(descriptor) ? 0 : -ERROR_DESCRIPTOR;
}

long host_truncate(int descriptor, uint64_t size)
{
	struct node *node = node_of(descriptor);

	if (!node)
		return -ERROR_DESCRIPTOR;
	if (node->directory)
		return -ERROR_DIRECTORY;
	node->modified_ns = clock_real();
	return content_cut(&node->content, size) == OK ? 0 : -HOST_ENOSPC;
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
	if (node->directory || (replaced && replaced->directory))
		return -ERROR_DIRECTORY;
	if (replaced) {
		replaced->parent = NULL;
		node_look(replaced);
	}
	node->parent = out;
	text_copy(node->name, sizeof node->name, to);
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
	if (node->directory != is_directory)
		return is_directory ? -ERROR_NOT_DIRECTORY : -ERROR_DIRECTORY;
	if (is_directory && has_entries(node))
		return -ERROR_NOT_EMPTY;
	node->parent = NULL;
	node_look(node);
	return 0;
}

long host_make_directory(int directory, const char *name, int mode)
{
	struct node *in;
	long result = directory_of(directory, name, &in);

	(void)mode;
	if (result < 0)
		return result;
	if (node_find(in, name))
		return -HOST_EEXIST;
	return node_make(in, name, true) ? 0 : -HOST_ENOSPC;
}

long host_read_at(int descriptor, void *to, uint64_t size, uint64_t offset)
{
	struct node *node = node_of(descriptor);

	if (!node)
		return -ERROR_DESCRIPTOR;
	if (offset > node->content.size || size > node->content.size - offset)
		return -HOST_ENOSPC;
	return content_read(&node->content, to, size, offset) == OK ? 0 : -HOST_ENOSPC;
}

long host_write_at(int descriptor, const void *from, uint64_t size, uint64_t offset)
{
	struct node *node = node_of(descriptor);

	if (!node)
		return -ERROR_DESCRIPTOR;
	if (node->directory)
		return -ERROR_DIRECTORY;
	node->modified_ns = clock_real();
	return content_write(&node->content, from, size, offset) == OK ? 0 : -HOST_ENOSPC;
}

/* `each` may unlink what it is shown: the next one is looked for anew. */
long host_list(int directory, bool (*each)(void *context, const char *name), void *context)
{
	const struct node *in = node_of(directory);
	char name[NODE_NAME];
	uint64_t last = 0;

	if (!in)
		return -ERROR_DESCRIPTOR;
	for (;;) {
		const struct node *node = nodes;
		while (node && (node->parent != in || node->serial <= last))
			node = node->next;
		if (!node)
			return 0;
		last = node->serial;
		text_copy(name, sizeof name, node->name);
		if (!each(context, name))
			return 0;
	}
}
