/* SPDX-License-Identifier: MIT */
/*
 * More memory than a small machine has addresses for twice: OPTION MiB in several dataspaces (0: a page in each). Words of each page follow from
 * its number and how often it was written, so that every page can be looked at any time.
 */
#include <framework/memory.h>

#include <inttypes.h>

#include "component/subject.h"

enum { PARTS = 5, PAGES_MOST = 65536, EACH_STEP = 64, WORDS = 4096 / 8, STRIDE = 127 };
#define MIB_DEFAULT 200

static struct {
	uint8_t *part[PARTS];
	uint32_t pages, part_pages;
	uint16_t written[PAGES_MOST];  /* how often */
} all;

static volatile uint64_t *page_words(uint32_t page)
{
	return (volatile uint64_t *)(all.part[page / all.part_pages] + page % all.part_pages * PAGE_SIZE);
}

static uint64_t word_of(uint32_t page, uint32_t word)
{
	return subject_mix((uint64_t)page << 32 | (uint64_t)all.written[page] << 16 | word);
}

static void page_write(uint32_t page)
{
	volatile uint64_t *words = page_words(page);

	all.written[page]++;
	for (uint32_t i = 0; i < WORDS; i += STRIDE)
		words[i] = word_of(page, i);
}

static void page_check(uint32_t page)
{
	const volatile uint64_t *words = page_words(page);

	for (uint32_t i = 0; i < WORDS; i += STRIDE) {
		uint64_t wanted = word_of(page, i), found = words[i];
		subject_check(found == wanted, "page %u, word %u: %" PRIx64 ", not %" PRIx64, page, i, found, wanted);
	}
}

static void parts_make(void)
{
	for (uint32_t i = 0; i < PARTS; i++) {
		void *bytes;
		ds_t ds;
		subject_ok(ds_alloc(all.part_pages * PAGE_SIZE, &ds));
		subject_ok(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &bytes));
		all.part[i] = bytes;
	}
	for (uint32_t page = 0; page < all.pages; page++)
		page_write(page);
}

int component_main(addr_t argument)
{
	uint64_t steps = subject_begin("wide", "more memory than fits twice"), choice = 7, result = 0;
	uint64_t mib = subject_option(2, MIB_DEFAULT);

	(void)argument;
	subject_check(mib <= PAGES_MOST / 256, "%" PRIu64 " MiB", mib);
	all.part_pages = mib ? ((uint32_t)mib * 256 + PARTS - 1) / PARTS : 1;
	all.pages = all.part_pages * PARTS > PAGES_MOST ? PAGES_MOST : all.part_pages * PARTS;
	parts_make();
	subject_print("%u pages", all.pages);
	for (uint64_t step = 0; step < steps; step++) {
		for (uint32_t i = 0; i < EACH_STEP; i++) {
			choice = subject_mix(choice);
			uint32_t page = (uint32_t)(choice % all.pages);
			page_check(page);
			page_write(page);
			result = subject_mix(result ^ *page_words((uint32_t)(choice >> 32) % all.pages));
		}
		subject_sleep(clock_now() + choice % MILLISECOND);
	}
	for (uint32_t page = 0; page < all.pages; page++)
		page_check(page);
	return subject_finish(steps, result);
}
