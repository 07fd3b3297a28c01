/* SPDX-License-Identifier: MIT */
/* Pages of RAM: see page.h. */
#include <board.h>
#include <framework/memory.h>

#include "kernel/armv7/cpu.h"
#include "kernel/armv7/page.h"
#include "kernel/object/machine.h"

/* Pages that are worked on in one piece; bytes that are searched. */
enum { PIECE_PAGES = 4, SEARCH = 256 * 4096 };

static struct page pages[BOARD_RAM_SIZE / PAGE_SIZE];

static uint64_t epoch;

struct page *page_at(uint32_t address)
{
	return &pages[(address - BOARD_RAM) / PAGE_SIZE];
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
static uint64_t part_bits(uint32_t address, uint32_t end)
{
	uint32_t first = address % PAGE_SIZE / OBJECT_ALIGN, start = address & ~(PAGE_SIZE - 1);
	uint32_t last = end - start < PAGE_SIZE ? (end - start) / OBJECT_ALIGN : 64;
	uint64_t below = last == 64 ? ~0ull : (1ull << last) - 1;

	return below & ~((1ull << first) - 1);
}

static inline uint32_t page_next(uint32_t address)
{
	return (address & ~(PAGE_SIZE - 1)) + PAGE_SIZE;
}

/* Bytes are parts of pages and whole ones: those can be many, and go quickly. */
static inline uint32_t whole_pages(uint32_t address, uint32_t end)
{
	return address % PAGE_SIZE ? 0 : (end - address) / PAGE_SIZE;
}

static bool bytes_are_free(uint32_t at, uint32_t end)
{
	for (const struct page *page = page_at(at); at < end; at = page_next(at), page++) {
		uint32_t whole = whole_pages(at, end);
		at += whole * PAGE_SIZE;
		for (; whole; whole--, page++)
			if (page->mappings || page->donated)
				return false;
		if (at < end && (page->mappings || page->donated & part_bits(at, end)))
			return false;
	}
	return true;
}

err_t page_donate(uint32_t address, uint32_t size)
{
	uint32_t at = address, end = address + size;

	if (!bytes_are_free(address, end))
		return ERR_RANGE;
	for (struct page *page = page_at(at); at < end; at = page_next(at), page++) {
		uint32_t whole = whole_pages(at, end);
		at += whole * PAGE_SIZE;
		for (; whole; whole--, page++)
			*page = (struct page){.donated = ~0ull, .state = PAGE_UNKNOWN};
		if (at == end)
			break;
		page->donated |= part_bits(at, end);
		page->state = PAGE_UNKNOWN;
	}
	epoch++;
	return OK;
}

void page_return(uint32_t address, uint32_t size)
{
	uint32_t at = address, end = address + size;

	for (struct page *page = page_at(at); at < end; at = page_next(at), page++) {
		uint32_t whole = whole_pages(at, end);
		at += whole * PAGE_SIZE;
		for (; whole; whole--, page++)
			page->donated = 0;
		if (at < end)
			page->donated &= ~part_bits(at, end);
	}
}

/* Of a long way only the first part: an empty run where nothing was found so far, a run that goes on behind its end. */
void machine_extent_find(uint64_t at, uint64_t end, struct extent *known)
{
	uint32_t next = (uint32_t)at, last = (uint32_t)end, limit = last - next < SEARCH ? last : next + SEARCH;

	while (next < limit && page_at(next)->state != PAGE_POPULATED)
		next += PAGE_SIZE;
	known->data = next < last ? next : UINT64_MAX;
	while (next < limit && page_at(next)->state == PAGE_POPULATED)
		next += PAGE_SIZE;
	known->hole = next;
}

/* What is still mapped may be written unseen, so it stays populated. */
static void page_discard(uint32_t address)
{
	struct page *page = page_at(address);

	if (page->state != PAGE_POPULATED)
		return;
	page_clear(page, address);
	epoch++;
	if (page->mappings)
		page_populate(page);
}

/* First all is looked at, then all is discarded; looked at again, because others may have run between two pieces. */
err_t machine_discard(uint64_t at, uint64_t size)
{
	uint64_t done = machine_work_done();

	while (done < 2 * size) {
		uint32_t page = (uint32_t)(at + (done < size ? done : done - size));
		if (page_at(page)->donated)
			return ERR_RANGE;
		if (done >= size)
			page_discard(page);
		done += PAGE_SIZE;
		if (done / PAGE_SIZE % PIECE_PAGES == 0 && done < 2 * size && machine_work_stop(done))
			break;
	}
	return OK;
}
