/* SPDX-License-Identifier: MIT */
/*
 * Pages of RAM that can be mapped or hold kernel objects, never both: one record each, in the kernel's image.
 *
 * A page is UNKNOWN until it is mapped for the first time, then ZERO, and POPULATED from the first write on: writable
 * mappings of a page that is not populated are made read-only and upgraded by the fault (map.h).
 */
#ifndef KERNEL_ARMV7_PAGE_H
#define KERNEL_ARMV7_PAGE_H

#include <kernel/err.h>
#include <kernel/object.h>

enum page_state { PAGE_UNKNOWN, PAGE_ZERO, PAGE_POPULATED };

struct page {
	uint64_t donated;  /* one bit for each OBJECT_ALIGN bytes that hold an object */
	uint32_t mappings;
	uint32_t state;    /* enum page_state */
};

/* The page at a physical address, which is RAM. */
struct page *page_at(uint32_t address);

/* It reads as zero until somebody writes. */
void page_clear(struct page *page, uint32_t address);

/* Somebody has written to it, or is about to. */
void page_populate(struct page *page);

/* Take bytes for an object: ERR_RANGE if a part of them is mapped or taken. Both aligned to OBJECT_ALIGN. */
err_t page_donate(uint32_t address, uint32_t size) MUST_CHECK;

/* Give them back. Their content is nobody's: it is cleared when they are mapped. */
void page_return(uint32_t address, uint32_t size);

#endif
