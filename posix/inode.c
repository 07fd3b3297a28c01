/* SPDX-License-Identifier: MIT */
/* The RAM file system, see inode.h. */
#include <framework/heap.h>
#include <framework/memory.h>
#include <kernel/pd.h>

#include "posix/call.h"
#include "posix/errno.h"
#include "posix/inode.h"
#include "posix/memory.h"

#define SIZE_MAX_FILE ((uint64_t)1 << 40)
#define SHARED_LEAST ((uint64_t)1 << 20)

struct inode *inode_make(enum inode_kind kind, uint32_t mode)
{
	static uint64_t last;
	struct inode *inode = heap_alloc(sizeof *inode);

	if (!inode)
		return NULL;
	inode->number = ++last;
	inode->kind = kind;
	inode->mode = mode;
	inode->accessed = inode->modified = inode->changed = clock_real();
	return inode;
}

static void blocks_free(struct inode *inode, uint64_t from)
{
	for (uint64_t i = from; i < inode->block_count; i++) {
		heap_free(inode->blocks[i]);
		inode->blocks[i] = NULL;
	}
}

void inode_hold(struct inode *inode)
{
	inode->holders++;
}

/* With a directory goes its hold on its parent. */
static void inode_free_unused(struct inode *inode)
{
	while (inode && !inode->links && !inode->holders) {
		struct inode *parent = inode->parent;
		blocks_free(inode, 0);
		if (inode->shared)
			chunk_unshare(inode->shared, inode->view);
		heap_free(inode->blocks);
		heap_free(inode->target);
		heap_free(inode);
		if (parent)
			parent->holders--;
		inode = parent;
	}
}

static void parent_set(struct inode *directory, struct inode *parent)
{
	struct inode *before = directory->parent;

	inode_hold(parent);
	directory->parent = parent;
	if (before)
		inode_release(before);
}

void inode_release(struct inode *inode)
{
	inode->holders--;
	inode_free_unused(inode);
}

static long blocks_reserve(struct inode *inode, uint64_t count)
{
	if (count <= inode->block_count)
		return 0;
	uint64_t room = inode->block_count ? inode->block_count : 4;
	while (room < count)
		room *= 2;
	uint8_t **grown = heap_resize(inode->blocks, room * sizeof *grown);
	if (!grown)
		return -ENOSPC;
	inode->blocks = grown;
	inode->block_count = room;
	return 0;
}

static long blocks_put(struct inode *inode, uint64_t offset, const uint8_t *bytes, uint64_t size)
{
	if (blocks_reserve(inode, (offset + size + BLOCK - 1) / BLOCK))
		return -ENOSPC;
	while (size) {
		uint64_t at = offset / BLOCK, start = offset % BLOCK, part = BLOCK - start < size ? BLOCK - start : size;
		if (!inode->blocks[at])
			inode->blocks[at] = heap_alloc(BLOCK);
		if (!inode->blocks[at])
			return -ENOSPC;
		memcpy(inode->blocks[at] + start, bytes, part);
		bytes += part;
		offset += part;
		size -= part;
	}
	return 0;
}

/* Copy what the ROM shows, before the first change. */
static long rom_leave(struct inode *inode)
{
	if (!inode->rom)
		return 0;
	long result = blocks_put(inode, 0, inode->rom, inode->size);
	if (!result)
		inode->rom = NULL;
	return result;
}

long inode_share(struct inode *inode, uint64_t end)
{
	uint64_t size = end > inode->size ? end : inode->size;
	struct chunk *before = inode->shared;
	uint8_t *view, *view_before = inode->view;

	if (before && size <= chunk_size(before))
		return 0;
	if (size > SIZE_MAX_FILE)
		return -ENOSPC;
	if (before && chunk_mapped(before)) {
		call_unsupported("mmap", "a shared file that grows much while it is mapped");
		return -ENOSPC;
	}
	size = (size + size / 2 + SHARED_LEAST - 1) & ~(uint64_t)(SHARED_LEAST - 1);
	struct chunk *made = chunk_share(size, &view);
	if (!made)
		return -ENOSPC;
	inode_read(inode, 0, view, inode->size);
	blocks_free(inode, 0);
	inode->rom = NULL;
	inode->shared = made;
	inode->view = view;
	if (before)
		chunk_unshare(before, view_before);
	return 0;
}

static long shared_put(struct inode *inode, uint64_t offset, const void *bytes, uint64_t size)
{
	long result = inode_share(inode, offset + size);

	if (!result)
		memcpy(inode->view + offset, bytes, size);
	return result;
}

long inode_write(struct inode *inode, uint64_t offset, const void *bytes, uint64_t size)
{
	if (offset > SIZE_MAX_FILE || size > SIZE_MAX_FILE - offset)
		return -EFBIG;
	long result = inode->shared ? shared_put(inode, offset, bytes, size) : rom_leave(inode);
	if (!result && !inode->shared)
		result = blocks_put(inode, offset, bytes, size);
	if (result)
		return result;
	if (offset + size > inode->size)
		inode->size = offset + size;
	inode->modified = inode->changed = clock_real();
	return (long)size;
}

uint64_t inode_read(const struct inode *inode, uint64_t offset, void *to, uint64_t size)
{
	uint8_t *bytes = to;

	if (offset >= inode->size)
		return 0;
	if (size > inode->size - offset)
		size = inode->size - offset;
	const uint8_t *whole = inode->shared ? inode->view : inode->rom;
	if (whole) {
		memcpy(to, whole + offset, size);
		return size;
	}
	for (uint64_t left = size; left;) {
		uint64_t at = offset / BLOCK, start = offset % BLOCK, part = BLOCK - start < left ? BLOCK - start : left;
		const uint8_t *block = at < inode->block_count ? inode->blocks[at] : NULL;
		if (block)
			memcpy(bytes, block + start, part);
		else
			memset(bytes, 0, part);
		bytes += part;
		offset += part;
		left -= part;
	}
	return size;
}

long inode_resize(struct inode *inode, uint64_t size)
{
	if (size > SIZE_MAX_FILE)
		return -EFBIG;
	long result = inode->shared ? inode_share(inode, size) : rom_leave(inode);
	if (result)
		return result;
	if (inode->shared && size < inode->size) {
		memset(inode->view + size, 0, inode->size - size);
	} else if (size < inode->size) {
		uint64_t last = size / BLOCK;
		if (last < inode->block_count && inode->blocks[last])
			memset(inode->blocks[last] + size % BLOCK, 0, BLOCK - size % BLOCK);
		blocks_free(inode, size % BLOCK ? last + 1 : last);
	}
	inode->size = size;
	inode->modified = inode->changed = clock_real();
	return 0;
}

struct entry *directory_find(const struct inode *directory, const char *name)
{
	struct entry *entry = directory->entries;

	while (entry && strcmp(entry->name, name) != 0)
		entry = entry->next;
	return entry;
}

/* At the end, so that a reader meets each entry once. */
long directory_add(struct inode *directory, const char *name, struct inode *inode)
{
	uint64_t length = strlen(name);
	struct entry *entry, **link;

	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	if (!directory->links)                 /* removed, but open */
		return -ENOENT;
	entry = heap_alloc(sizeof *entry + length + 1);
	if (!entry)
		return -ENOSPC;
	memcpy(entry->name, name, length + 1);
	entry->inode = inode;
	entry->cookie = ++directory->last_cookie;
	inode->links++;
	if (inode->kind == INODE_DIRECTORY)
		parent_set(inode, directory);
	for (link = &directory->entries; *link; link = &(*link)->next)
		;
	*link = entry;
	directory->modified = directory->changed = clock_real();
	return 0;
}

void directory_remove(struct inode *directory, const char *name)
{
	struct entry **link = &directory->entries, *entry;

	while (strcmp((*link)->name, name) != 0)
		link = &(*link)->next;
	entry = *link;
	*link = entry->next;
	entry->inode->links--;
	entry->inode->changed = clock_real();
	inode_free_unused(entry->inode);
	heap_free(entry);
	directory->modified = directory->changed = clock_real();
}
