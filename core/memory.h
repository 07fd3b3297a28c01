/* SPDX-License-Identifier: MIT */
/*
 * The memory of the machine: page-aligned ranges of core's one memory object, and small pieces of it that kernel
 * objects are made from. A range that is given back reads as zero when it is taken again.
 */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include <kernel/err.h>
#include <kernel/types.h>

/* Everything in [first, end) is free. */
void ranges_start(uint64_t first, uint64_t end);

/* Sizes are rounded up to pages. ERR_MEMORY_QUOTA: nothing that large in one piece. */
err_t range_take(uint64_t size, uint64_t *offset) MUST_CHECK;
void range_give(uint64_t offset, uint64_t size);

/* Bytes that are free. */
uint64_t ranges_free(void);

/* OBJECT_SIZE bytes to donate. */
err_t donation_take(uint64_t *offset) MUST_CHECK;
void donation_give(uint64_t offset);

static inline uint64_t page_round(uint64_t size)
{
	return (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

#endif
