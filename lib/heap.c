/* SPDX-License-Identifier: MIT */
/*
 * The heap, see framework/heap.h. Blocks of a power of two or one and a half times it come from lists by size; each
 * list is filled from a piece of backing. Large blocks are pages of their own and are kept by size when freed. A header of
 * 16 bytes before each block tells its class, so nothing is searched.
 */
#include <framework/env.h>
#include <framework/heap.h>
#include <framework/memory.h>

enum {
	CLASSES = 24,            /* 32, 48, 64, 96 ... 96 KiB, header included */
	CLASS_LARGE = 24,
	PIECE = 256 * 1024,      /* at least; a heap that is large grows by an eighth at once */
	PIECE_MOST = 4 * 1024 * 1024
};

struct block {
	uint64_t size;           /* with header */
	uint32_t class;
	uint32_t used;
	struct block *next;      /* while free */
};

static struct {
	struct lock lock;
	struct block *free[CLASSES + 1];
	char *piece, *piece_end;
	uint64_t backed;         /* by pieces */
} heap;

enum { HEADER = 16 };

static uint64_t class_size(uint32_t class)
{
	return (class % 2 ? 48u : 32u) << class / 2;
}

static uint32_t class_of(uint64_t size)
{
	uint32_t class = 0;

	while (class < CLASSES && class_size(class) < size)
		class++;
	return class;
}

/* Where memory is short a small piece is taken. */
static bool piece_take(void)
{
	uint64_t size = heap.backed / 8 & ~(uint64_t)(PIECE - 1);
	void *address;

	size = size < PIECE ? PIECE : size < PIECE_MOST ? size : PIECE_MOST;
	while (heap_backing(size, &address) != OK) {
		if (size == PIECE)
			return false;
		size = PIECE;
	}
	heap.piece = address;
	heap.piece_end = heap.piece + size;
	heap.backed += size;
	return true;
}

static struct block *piece_cut(uint32_t class)
{
	uint64_t size = class_size(class);

	if ((uint64_t)(heap.piece_end - heap.piece) < size && !piece_take())
		return NULL;
	struct block *block = (struct block *)heap.piece;
	heap.piece += size;
	block->size = size;
	return block;
}

static struct block *large_take(uint64_t size)
{
	struct block **best = NULL;

	for (struct block **at = &heap.free[CLASS_LARGE]; *at; at = &(*at)->next)
		if ((*at)->size >= size && (*at)->size / 2 <= size && (!best || (*at)->size < (*best)->size))
			best = at;
	if (best) {
		struct block *block = *best;
		*best = block->next;
		memset((char *)block + HEADER, 0, block->size - HEADER);
		return block;
	}
	void *address;
	if (heap_backing(size, &address) != OK)
		return NULL;
	struct block *block = address;
	block->size = size;
	return block;
}

struct lock *heap_lock(void)
{
	return &heap.lock;
}

void *heap_alloc(size_t size)
{
	if (size > SIZE_MAX / 2)
		return NULL;
	uint32_t class = class_of(size + HEADER);

	lock_take(&heap.lock);
	struct block *block = class < CLASSES ? heap.free[class] : NULL;
	if (block) {
		heap.free[class] = block->next;
		memset((char *)block + HEADER, 0, block->size - HEADER);
	} else {
		block = class < CLASSES ? piece_cut(class)
		                        : large_take((size + HEADER + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1));
	}
	lock_give(&heap.lock);
	if (!block)
		return NULL;
	block->class = class;
	block->used = 1;
	return (char *)block + HEADER;
}

void heap_free(void *address)
{
	if (!address)
		return;
	struct block *block = (struct block *)((char *)address - HEADER);

	if (!block->used || block->class > CLASS_LARGE)
		__builtin_trap();
	lock_take(&heap.lock);
	block->used = 0;
	block->next = heap.free[block->class];
	heap.free[block->class] = block;
	lock_give(&heap.lock);
}

void *heap_resize(void *address, size_t size)
{
	if (!address)
		return heap_alloc(size);
	const struct block *block = (const struct block *)((char *)address - HEADER);
	uint64_t room = block->size - HEADER;

	if (size <= room && size >= room / 2)
		return address;
	void *moved = heap_alloc(size);
	if (!moved)
		return NULL;
	memcpy(moved, address, size < room ? size : room);
	heap_free(address);
	return moved;
}
