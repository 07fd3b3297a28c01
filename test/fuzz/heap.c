/* SPDX-License-Identifier: MIT */
/* The heap of components in fuzz targets: blocks of the process's own allocator, so that a sanitizer sees each. */
#include <stdlib.h>
#include <string.h>

#include <framework/env.h>
#include <framework/heap.h>

#include "test/fuzz/heap.h"

static struct {
	uint32_t blocks;
	uint32_t fail_after;
} heap;

struct header {
	size_t size, reserved;
};

uint32_t heap_blocks(void)
{
	return heap.blocks;
}

void heap_fail_after(uint32_t count)
{
	heap.fail_after = count;
}

struct lock *heap_lock(void)
{
	static struct lock never_taken;

	return &never_taken;
}

void *heap_alloc(size_t size)
{
	if (size > SIZE_MAX / 2 || (heap.fail_after && --heap.fail_after == 0))
		return NULL;
	struct header *header = calloc(1, sizeof *header + size);
	if (!header)
		return NULL;
	header->size = size;
	heap.blocks++;
	return header + 1;
}

void heap_free(void *block)
{
	if (!block)
		return;
	heap.blocks--;
	free((struct header *)block - 1);
}

void *heap_resize(void *block, size_t size)
{
	void *moved = heap_alloc(size);

	if (!moved || !block)
		return moved;
	size_t before = ((struct header *)block - 1)->size;
	memcpy(moved, block, before < size ? before : size);
	heap_free(block);
	return moved;
}
