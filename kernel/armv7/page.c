/* SPDX-License-Identifier: MIT */
/* Pages of RAM: see page.h. */
#include <board.h>
#include <framework/memory.h>

#include "kernel/armv7/cpu.h"
#include "kernel/armv7/page.h"
#include "kernel/object/machine.h"

static struct page pages[BOARD_RAM_SIZE / PAGE_SIZE];

static uint64_t epoch;

struct page *page_at(uint32_t address)
{
	return &pages[address / PAGE_SIZE];
}

void page_clear(struct page *page, uint32_t address)
{
	memset(virtual_of(address), 0, PAGE_SIZE);
	page->state = PAGE_ZERO;
}

void page_populate(struct page *page)
{
	epoch += page->state != PAGE_POPULATED;
	page->state = PAGE_POPULATED;
}

uint64_t machine_epoch(void)
{
	return epoch;
}

/* The bits of the bytes from `address` to `end` that lie in the page of `address`. */
static uint64_t donation_bits(uint32_t address, uint32_t end)
{
	uint32_t first = address % PAGE_SIZE / OBJECT_ALIGN, start = address & ~(PAGE_SIZE - 1);
	uint32_t last = end - start < PAGE_SIZE ? (end - start) / OBJECT_ALIGN : 64;
	uint64_t below = last == 64 ? ~0ull : (1ull << last) - 1;

	return below & ~((1ull << first) - 1);
}

static uint32_t page_next(uint32_t address)
{
	return (address & ~(PAGE_SIZE - 1)) + PAGE_SIZE;
}

err_t page_donate(uint32_t address, uint32_t size)
{
	uint32_t end = address + size;

	for (uint32_t at = address; at < end; at = page_next(at))
		if (page_at(at)->mappings || page_at(at)->donated & donation_bits(at, end))
			return ERR_RANGE;
	for (uint32_t at = address; at < end; at = page_next(at)) {
		page_at(at)->donated |= donation_bits(at, end);
		page_at(at)->state = PAGE_UNKNOWN;
		epoch++;
	}
	return OK;
}

void page_return(uint32_t address, uint32_t size)
{
	uint32_t end = address + size;

	memset(virtual_of(address), 0, size);
	for (uint32_t at = address; at < end; at = page_next(at))
		page_at(at)->donated &= ~donation_bits(at, end);
}

void machine_extent_find(uint64_t at, uint64_t end, struct extent *known)
{
	uint32_t next = (uint32_t)at, limit = (uint32_t)end;

	while (next < limit && page_at(next)->state != PAGE_POPULATED)
		next += PAGE_SIZE;
	known->data = next < limit ? next : UINT64_MAX;
	while (next < limit && page_at(next)->state == PAGE_POPULATED)
		next += PAGE_SIZE;
	known->hole = next;
}

/* What is still mapped may be written unseen, so it stays populated. */
err_t machine_discard(uint64_t at, uint64_t size)
{
	uint32_t end = (uint32_t)(at + size);

	for (uint32_t next = (uint32_t)at; next < end; next += PAGE_SIZE)
		if (page_at(next)->donated)
			return ERR_RANGE;
	for (uint32_t next = (uint32_t)at; next < end; next += PAGE_SIZE) {
		struct page *page = page_at(next);
		if (page->state != PAGE_POPULATED)
			continue;
		page_clear(page, next);
		epoch++;
		if (page->mappings)
			page_populate(page);
	}
	return OK;
}
