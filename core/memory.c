/* SPDX-License-Identifier: MIT */
/*
 * Ranges, see memory.h. Free ranges lie in an array by offset, merged with their neighbours; the first that fits is
 * cut. The array is static and bounded: when it is full, a range that has no neighbour is lost until one of
 * them is freed, which is counted and cannot happen before 65,536 holes.
 */
#include <framework/heap.h>
#include <framework/layout.h>
#include <framework/memory.h>
#include <kernel/boot.h>
#include <kernel/machine.h>
#include <kernel/object.h>
#include <kernel/pd.h>
#include <pd/session.h>

#include "core/memory.h"
#include "core/object.h"

enum { HOLES = 65536, DONATIONS = 65536 };

struct range {
	uint64_t offset, size;
};

static struct {
	struct range hole[HOLES];
	uint32_t count;
	uint64_t free;
	uint64_t donation[DONATIONS];  /* free pieces */
	uint32_t donation_count;
	addr_t heap_end;
} memory;

void ranges_start(uint64_t first, uint64_t end)
{
	memory.hole[0] = (struct range){page_round(first), (end & ~(PAGE_SIZE - 1)) - page_round(first)};
	memory.count = 1;
	memory.free = memory.hole[0].size;
	memory.heap_end = CORE_HEAP;
}

uint64_t ranges_free(void)
{
	return memory.free;
}

static void hole_remove(uint32_t at)
{
	memory.count--;
	memmove(&memory.hole[at], &memory.hole[at + 1], (memory.count - at) * sizeof *memory.hole);
}

err_t range_take(uint64_t size, uint64_t *offset)
{
	size = page_round(size);
	if (!size || size > memory.free)
		return ERR_MEMORY_QUOTA;
	for (uint32_t i = 0; i < memory.count; i++) {
		struct range *hole = &memory.hole[i];
		if (hole->size < size)
			continue;
		*offset = hole->offset;
		hole->offset += size;
		hole->size -= size;
		memory.free -= size;
		if (!hole->size)
			hole_remove(i);
		return OK;
	}
	return ERR_MEMORY_QUOTA;
}

static uint32_t hole_after(uint64_t offset)
{
	uint32_t low = 0, high = memory.count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (memory.hole[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* In pieces: between them the kernel serves others. */
static err_t range_discard(uint64_t offset, uint64_t size)
{
	err_t err = OK;

	for (uint64_t part; size && err == OK; offset += part, size -= part) {
		part = size < DATASPACE_DISCARD_MAX ? size : DATASPACE_DISCARD_MAX;
		err = memory_discard(CORE_MEMORY, offset, part);
	}
	return err;
}

void range_give(uint64_t offset, uint64_t size)
{
	size = page_round(size);
	err_t ignored = range_discard(offset, size);
	(void)ignored;
	uint32_t at = hole_after(offset);
	struct range *before = at ? &memory.hole[at - 1] : NULL, *after = &memory.hole[at];
	bool joins_before = before && before->offset + before->size == offset;
	bool joins_after = at < memory.count && offset + size == after->offset;

	memory.free += size;
	if (joins_before && joins_after) {
		before->size += size + after->size;
		hole_remove(at);
	} else if (joins_before) {
		before->size += size;
	} else if (joins_after) {
		after->offset = offset;
		after->size += size;
	} else if (memory.count < HOLES) {
		memmove(after + 1, after, (memory.count - at) * sizeof *after);
		*after = (struct range){offset, size};
		memory.count++;
	} else {
		memory.free -= size;
	}
}

err_t donation_take(uint64_t *offset)
{
	if (!memory.donation_count) {
		uint64_t page;
		err_t err = range_take(PAGE_SIZE, &page);
		if (err != OK)
			return err;
		for (uint64_t at = 0; at < PAGE_SIZE; at += OBJECT_SIZE)
			memory.donation[memory.donation_count++] = page + at;
	}
	*offset = memory.donation[--memory.donation_count];
	return OK;
}

void donation_give(uint64_t offset)
{
	if (memory.donation_count < DONATIONS)
		memory.donation[memory.donation_count++] = offset;
}

err_t heap_backing(size_t size, void **address)
{
	uint64_t offset;
	err_t err = range_take(size, &offset);

	if (err != OK)
		return err;
	err = pd_map(PD_SELF, memory.heap_end, CORE_MEMORY, offset, page_round(size), RIGHT_READ | RIGHT_WRITE);
	if (err != OK) {
		range_give(offset, size);
		return err;
	}
	*address = (void *)memory.heap_end;
	memory.heap_end += page_round(size);
	return OK;
}
