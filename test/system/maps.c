/* SPDX-License-Identifier: MIT */
/* Tests of region maps: nested, cut, protected, refused. */
#include <framework/memory.h>

#include "test/system/suite.h"

#define SIZE (8 * PAGE_SIZE)

/* Three maps in each other over one dataspace: a page of it further behind in each. */
struct nest {
	rm_t map[3];              /* outermost first */
	ds_t as_ds[3], ds;
	uint8_t *window, *plain;
};

static void nest_make(struct nest *nest)
{
	void *window = NULL, *plain = NULL;

	CHECK_OK(ds_alloc(SIZE, &nest->ds));
	for (int i = 0; i < 3; i++) {
		nest->map[i] = map_make(SIZE);
		nest->as_ds[i] = map_ds(nest->map[i]);
	}
	CHECK_OK(map_attach(nest->map[2], nest->ds, 0, 0, 0, READ_WRITE));
	CHECK_OK(map_attach(nest->map[1], nest->as_ds[2], PAGE_SIZE, 0, SIZE - PAGE_SIZE, READ_WRITE));
	CHECK_OK(map_attach(nest->map[0], nest->as_ds[1], PAGE_SIZE, 0, SIZE - PAGE_SIZE, READ_WRITE));
	CHECK_OK(ds_attach(nest->as_ds[0], 0, 0, READ_WRITE, 0, &window));
	CHECK_OK(ds_attach(nest->ds, 0, 0, READ_WRITE, 0, &plain));
	nest->window = window;
	nest->plain = plain;
}

static void nest_end(struct nest *nest)
{
	ds_free(nest->ds);
	for (int i = 0; i < 3; i++)
		map_destroy(nest->map[i], nest->as_ds[i]);
	uint64_t word;
	CHECK(!word_read(nest->window + 3 * PAGE_SIZE, &word));
	CHECK(!word_read(nest->plain, &word));
}

/* Page `page` of the dataspace, by way of the maps. */
static uint64_t *deep(const struct nest *nest, uint32_t page)
{
	return (uint64_t *)(nest->window + (page + 2) * PAGE_SIZE);
}

static uint64_t *flat(const struct nest *nest, uint32_t page)
{
	return (uint64_t *)(nest->plain + page * PAGE_SIZE);
}

TEST(nested_three, "what is written through three maps is in the dataspace, each page where it belongs")
{
	struct nest nest;
	uint64_t word;

	nest_make(&nest);
	CHECK(!word_read(nest.window, &word) && !word_read(nest.window + PAGE_SIZE, &word));
	for (uint32_t page = 0; page < 6; page++) {
		CHECK(word_write(deep(&nest, page), 100 + page));
		CHECK(*flat(&nest, page) == 100 + page);
		*flat(&nest, page) = 200 + page;
		CHECK(word_read(deep(&nest, page), &word) && word == 200 + page);
	}
	nest_end(&nest);
}

TEST(nested_wide, "a page that maps in maps show at more places than core maps at once is at each of them, until it is freed")
{
	enum { TIMES = 26, DEEP = 4 };
	uint64_t size = PAGE_SIZE, word;
	void *window = NULL;
	rm_t map[DEEP];
	ds_t as_ds[DEEP], page;

	CHECK_OK(ds_alloc(PAGE_SIZE, &page));
	for (int i = 0; i < DEEP; i++, size *= TIMES) {
		map[i] = map_make(size);
		as_ds[i] = map_ds(map[i]);
		for (uint64_t at = 0; i && at < TIMES; at++)
			CHECK_OK(map_attach(map[i], as_ds[i - 1], at * size / TIMES, 0, 0, READ_WRITE));
	}
	size /= TIMES;
	CHECK_OK(ds_attach(as_ds[DEEP - 1], 0, 0, READ_WRITE, 0, &window));
	CHECK_OK(map_attach(map[0], page, 0, 0, 0, READ_WRITE));
	uint8_t *first = window, *last = first + size - PAGE_SIZE;
	CHECK(word_write(first, 77) && word_read(last, &word) && word == 77);
	CHECK(word_write(last, 78) && word_read(first + size / 2, &word) && word == 78);
	CHECK_OK(map_protect(map[0], 0, PAGE_SIZE, RIGHT_READ));
	CHECK(!word_write(first, 79) && word_read(last, &word) && word == 78);
	ds_free(page);
	CHECK(!word_read(first, &word) && !word_read(last, &word) && !word_read(first + size / 2, &word));
	for (int i = DEEP - 1; i >= 0; i--)
		map_destroy(map[i], as_ds[i]);
}

TEST(nested_protected, "rights are those of the strictest map on the way, and come back")
{
	struct nest nest;
	uint64_t word;

	nest_make(&nest);
	for (int i = 0; i < 3; i++) {
		uint64_t at = (uint64_t)(4 - i) * PAGE_SIZE;   /* page 2 of the dataspace in map[i] */
		CHECK_OK(map_protect(nest.map[i], at, PAGE_SIZE, RIGHT_READ));
		CHECK(word_read(deep(&nest, 2), &word) && !word_write(deep(&nest, 2), 1));
		CHECK(word_write(deep(&nest, 1), 1) && word_write(deep(&nest, 3), 1));
		CHECK_OK(map_protect(nest.map[i], at, PAGE_SIZE, 0));
		CHECK(!word_read(deep(&nest, 2), &word));
		CHECK(word_write(flat(&nest, 2), 7));
		CHECK_OK(map_protect(nest.map[i], at, PAGE_SIZE, READ_WRITE));
		CHECK(word_write(deep(&nest, 2), 9) && *flat(&nest, 2) == 9);
	}
	nest_end(&nest);
}

TEST(nested_cut, "a hole in any map is a hole above it, its neighbours stay")
{
	struct nest nest;
	uint64_t word;

	nest_make(&nest);
	for (int i = 0; i < 3; i++) {
		CHECK_OK(map_detach(nest.map[i], (uint64_t)(4 - i) * PAGE_SIZE, PAGE_SIZE));
		CHECK(!word_read(deep(&nest, 2), &word));
		for (uint32_t page = 0; page < 6; page++) {
			*flat(&nest, page) = 50 + page;
			CHECK(page == 2 || (word_read(deep(&nest, page), &word) && word == 50 + page));
		}
		ds_t source = i == 2 ? nest.ds : nest.as_ds[i + 1];
		CHECK_OK(map_attach(nest.map[i], source, (uint64_t)(4 - i) * PAGE_SIZE,
		                    (uint64_t)(i == 2 ? 2 : 3 - i) * PAGE_SIZE, PAGE_SIZE, READ_WRITE));
		CHECK(word_read(deep(&nest, 2), &word) && word == 52);
	}
	nest_end(&nest);
}

TEST(regions_cut, "attaching over regions cuts them; what is left shows what it showed")
{
	rm_t map = map_make(SIZE);
	ds_t as_ds = map_ds(map), old, new;
	void *window = NULL, *bytes = NULL, *other = NULL;
	uint64_t word;

	CHECK_OK(ds_alloc(SIZE, &old));
	CHECK_OK(ds_alloc(SIZE, &new));
	CHECK_OK(ds_attach(old, 0, 0, READ_WRITE, 0, &bytes));
	CHECK_OK(ds_attach(new, 0, 0, READ_WRITE, 0, &other));
	CHECK_OK(ds_attach(as_ds, 0, 0, READ_WRITE, 0, &window));
	for (uint32_t page = 0; page < 8; page++) {
		*(uint64_t *)((uint8_t *)bytes + page * PAGE_SIZE) = page;
		*(uint64_t *)((uint8_t *)other + page * PAGE_SIZE) = 10 + page;
	}
	CHECK_OK(map_attach(map, old, 0, 0, 0, READ_WRITE));
	CHECK_OK(map_attach(map, new, 2 * PAGE_SIZE, 5 * PAGE_SIZE, 2 * PAGE_SIZE, READ_WRITE));
	CHECK_OK(map_detach(map, 6 * PAGE_SIZE, PAGE_SIZE));
	for (uint32_t page = 0; page < 8; page++) {
		uint64_t wanted = page == 2 || page == 3 ? 13 + page : page;
		bool there = word_read((uint8_t *)window + page * PAGE_SIZE, &word);
		CHECK(page == 6 ? !there : there && word == wanted);
	}
	ds_free(new);
	for (uint32_t page = 0; page < 8; page++) {
		bool there = word_read((uint8_t *)window + page * PAGE_SIZE, &word);
		CHECK(page == 2 || page == 3 || page == 6 ? !there : there && word == page);
	}
	CHECK_OK(map_detach(map, 0, SIZE));
	CHECK_OK(map_detach(map, 0, SIZE));
	CHECK(!word_read(window, &word));
	ds_free(old);
	map_destroy(map, as_ds);
}

TEST(discarded, "a part that is discarded reads as zero wherever it is seen, the rest stays, and it can be written again")
{
	struct nest nest;
	uint64_t word;

	nest_make(&nest);
	for (uint32_t page = 0; page < 5; page++)
		*flat(&nest, page) = page + 1;
	CHECK_OK(ds_discard(nest.ds, PAGE_SIZE, 2 * PAGE_SIZE));
	for (uint32_t page = 0; page < 5; page++)
		CHECK(*deep(&nest, page) == *flat(&nest, page) && *flat(&nest, page) == (page == 1 || page == 2 ? 0 : page + 1));
	*deep(&nest, 2) = 7;
	CHECK(*flat(&nest, 2) == 7 && !*flat(&nest, 1));
	CHECK_OK(ds_discard(nest.ds, 0, SIZE));
	CHECK(!*deep(&nest, 0) && !*deep(&nest, 2) && !*flat(&nest, 4));
	CHECK_ERR(ds_discard(nest.ds, 0, SIZE + PAGE_SIZE), ERR_RANGE);
	CHECK_ERR(ds_discard(nest.ds, SIZE, PAGE_SIZE), ERR_RANGE);
	CHECK_ERR(ds_discard(nest.ds, PAGE_SIZE, UINT64_MAX & ~(PAGE_SIZE - 1)), ERR_RANGE);
	CHECK_ERR(ds_discard(nest.ds, 0, 0), ERR_RANGE);
	CHECK_ERR(ds_discard(nest.ds, 8, PAGE_SIZE), ERR_RANGE);
	CHECK_ERR(ds_discard(nest.ds, 0, 8), ERR_RANGE);
	CHECK(ds_discard(nest.as_ds[0], 0, PAGE_SIZE) != OK);
	CHECK(suite_tiny.size && ds_discard(suite_tiny.ds, 0, PAGE_SIZE) == ERR_RIGHTS && word_read(suite_tiny.bytes, &word) && word);
	nest_end(&nest);
}

TEST(freed_while_attached, "a dataspace that is freed is seen nowhere any more")
{
	rm_t map = map_make(SIZE);
	ds_t as_ds = map_ds(map), ds, again;
	void *place[3] = {NULL, NULL, NULL}, *window = NULL, *bytes = NULL;
	uint64_t word;

	CHECK_OK(ds_alloc(SIZE, &ds));
	for (int i = 0; i < 3; i++)
		CHECK_OK(ds_attach(ds, 0, 0, READ_WRITE, 0, &place[i]));
	CHECK_OK(map_attach(map, ds, 0, 0, 0, READ_WRITE));
	CHECK_OK(ds_attach(as_ds, 0, 0, READ_WRITE, 0, &window));
	CHECK(word_write(window, 77) && word_read(place[2], &word) && word == 77);
	ds_free(ds);
	CHECK_OK(ds_alloc(SIZE, &again));
	CHECK_OK(ds_attach(again, 0, 0, READ_WRITE, 0, &bytes));
	*(uint64_t *)bytes = 88;
	CHECK(!word_read(window, &word));
	for (int i = 0; i < 3; i++)
		CHECK(place[i] == bytes || !word_read(place[i], &word));
	ds_free(again);
	map_destroy(map, as_ds);
}

TEST(freed_while_lent, "what was attached as lent stays when it is freed: one page all over, zero at first, kept from others")
{
	ds_t lent, own;
	void *window = NULL, *bytes = NULL;
	uint64_t word;

	CHECK_OK(ds_alloc(SIZE, &lent));
	CHECK_OK(ds_attach(lent, 0, 0, READ_WRITE, RM_LENT | RM_POPULATE, &window));
	uint8_t *page[8];
	for (int i = 0; i < 8; i++) {
		page[i] = (uint8_t *)window + i * PAGE_SIZE;
		*(uint64_t *)page[i] = 10 + (uint64_t)i;
	}
	CHECK_OK(ds_alloc(PAGE_SIZE, &own));
	CHECK_OK(map_attach(OWN_MAP, own, (addr_t)page[2], 0, 0, READ_WRITE));
	CHECK_OK(map_detach(OWN_MAP, (addr_t)page[6], PAGE_SIZE));
	const struct pd_quota_reply before = QUOTA();
	ds_free(lent);
	CHECK(before.ram_used - QUOTA().ram_used == SIZE);
	for (int i = 0; i < 8; i++)
		CHECK(i == 6 ? !word_read(page[i], &word) : word_read(page[i], &word) && word == 0);
	CHECK(word_write(page[7] + 8, 77));
	for (int i = 0; i < 8; i++)
		CHECK(i == 6 || (word_read(page[i] + 8, &word) && word == (i == 2 ? 0 : 77)));
	/* An access over the border of two of them. */
	CHECK(word_write(page[4] - 4, 0x1122334455667788) && word_read(page[4] - 4, &word) && word == 0x1122334455667788);
	CHECK_OK(map_protect(OWN_MAP, (addr_t)page[3], 2 * PAGE_SIZE, RIGHT_READ));
	CHECK(!word_write(page[3], 1) && !word_write(page[4], 1) && word_write(page[5], 1));
	CHECK(word_read(page[3] + 8, &word) && word == 77);
	/* Memory that is taken now is other memory. */
	CHECK_OK(ds_alloc(SIZE, &lent));
	CHECK_OK(ds_attach(lent, 0, 0, READ_WRITE, 0, &bytes));
	for (int i = 0; i < 8; i++)
		*(uint64_t *)((uint8_t *)bytes + i * PAGE_SIZE + 8) = 88;
	CHECK(word_read(page[0] + 8, &word) && word == 77);
	ds_free(lent);
	CHECK_OK(map_detach(OWN_MAP, (addr_t)page[0], 2 * PAGE_SIZE));
	CHECK(!word_read(page[0], &word) && word_read(page[7] + 8, &word) && word == 77);
	CHECK_OK(map_detach(OWN_MAP, (addr_t)page[0], SIZE));
	CHECK(!word_read(page[7], &word));
	ds_free(own);
}

TEST(lent_refused, "only memory is taken as lent, and only in an address space")
{
	rm_t map = map_make(SIZE);
	ds_t as_ds = map_ds(map), ds;
	void *window = NULL;
	uint64_t size;

	CHECK_OK(ds_alloc(SIZE, &ds));
	const struct rm_attach_request request = {0, 0, 0, READ_WRITE, RM_LENT};
	struct rm_attach_reply reply;
	CHECK_ERR(rm_attach(cap_ep(map), &request, &ds.slot, &reply, NULL), ERR_UNSUPPORTED);
	CHECK_ERR(ds_attach(as_ds, 0, 0, READ_WRITE, RM_LENT, &window), ERR_UNSUPPORTED);
	CHECK_ERR(ds_attach_sent(as_ds, READ_WRITE, 0, &window, &size), ERR_UNSUPPORTED);
	CHECK_ERR(ds_attach_sent((ds_t){SLOT_PD}, READ_WRITE, 0, &window, &size), ERR_CAPABILITY);
	CHECK_OK(ds_attach_sent(ds, READ_WRITE, SIZE, &window, &size));
	CHECK(size == SIZE);
	ds_detach(window, size);
	ds_free(ds);
	map_destroy(map, as_ds);
}

TEST(nested_refused, "maps in themselves, and deeper than core follows, are refused")
{
	enum { DEEP = 6 };
	rm_t map[DEEP];
	ds_t as_ds[DEEP];
	int nested = 0;

	for (int i = 0; i < DEEP; i++) {
		map[i] = map_make(SIZE);
		as_ds[i] = map_ds(map[i]);
	}
	CHECK_ERR(map_attach(map[0], as_ds[0], 0, 0, 0, RIGHT_READ), ERR_UNSUPPORTED);
	CHECK_OK(map_attach(map[0], as_ds[1], 0, 0, 0, RIGHT_READ));
	CHECK_ERR(map_attach(map[1], as_ds[0], 0, 0, 0, RIGHT_READ), ERR_UNSUPPORTED);
	for (nested = 1; nested + 1 < DEEP; nested++)
		if (map_attach(map[nested], as_ds[nested + 1], 0, 0, 0, RIGHT_READ) != OK)
			break;
	CHECK(nested >= 3 && nested + 1 < DEEP);
	CHECK_ERR(map_attach(map[nested], as_ds[0], 0, 0, 0, RIGHT_READ), ERR_UNSUPPORTED);
	for (int i = 0; i < DEEP; i++)
		map_destroy(map[i], as_ds[i]);
}

TEST(attach_refused, "attach, detach and protect refuse what does not lie on pages or inside")
{
	rm_t map = map_make(SIZE);
	ds_t as_ds = map_ds(map), ds;
	const struct {
		uint64_t address, offset, size;
		uint32_t rights;
		err_t err;
	} cases[] = {
		{1, 0, 0, READ_WRITE, ERR_RANGE},          {0, 1, 0, READ_WRITE, ERR_RANGE},
		{0, 0, 1, READ_WRITE, ERR_RANGE},          {0, SIZE, 0, READ_WRITE, ERR_RANGE},
		{0, UINT64_MAX, 0, READ_WRITE, ERR_RANGE}, {0, 0, UINT64_MAX, READ_WRITE, ERR_RANGE},
		{0, PAGE_SIZE, SIZE, READ_WRITE, ERR_RANGE}, {PAGE_SIZE, 0, 0, READ_WRITE, ERR_RANGE},
		{SIZE, 0, PAGE_SIZE, READ_WRITE, ERR_RANGE}, {-PAGE_SIZE, 0, PAGE_SIZE, READ_WRITE, ERR_RANGE},
		{0, 0, -PAGE_SIZE, READ_WRITE, ERR_RANGE}, {0, -PAGE_SIZE, PAGE_SIZE, READ_WRITE, ERR_RANGE},
		{0, 0, 0, 8, ERR_ARGUMENT},                {0, 0, 0, UINT32_MAX, ERR_ARGUMENT},
	};

	CHECK_OK(ds_alloc(SIZE, &ds));
	for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_ERR(map_attach(map, ds, cases[i].address, cases[i].offset, cases[i].size, cases[i].rights),
		          cases[i].err);
	CHECK_ERR(map_attach(OWN_MAP, ds, 0, 0, 0, READ_WRITE), ERR_RANGE);
	CHECK_ERR(map_attach(OWN_MAP, ds, PD_HIGH - PAGE_SIZE, 0, 0, READ_WRITE), ERR_RANGE);
	CHECK_ERR(map_attach(OWN_MAP, ds, UTCB_AREA, 0, 0, READ_WRITE), ERR_RANGE);
	CHECK_ERR(map_detach(OWN_MAP, UTCB_AREA, PAGE_SIZE), ERR_RANGE);
	CHECK_ERR(map_detach(map, 0, 0), ERR_RANGE);
	CHECK_ERR(map_detach(map, 0, SIZE + PAGE_SIZE), ERR_RANGE);
	CHECK_ERR(map_detach(map, -PAGE_SIZE, 2 * PAGE_SIZE), ERR_RANGE);
	CHECK_ERR(map_detach(map, 1, PAGE_SIZE), ERR_RANGE);
	CHECK_ERR(map_protect(map, 0, -PAGE_SIZE, RIGHT_READ), ERR_RANGE);
	CHECK_ERR(map_protect(map, 0, PAGE_SIZE, 16), ERR_ARGUMENT);
	ds_free(ds);
	map_destroy(map, as_ds);
}

TEST(rom_stays, "a ROM cannot be attached, or made, writable")
{
	const addr_t at = (addr_t)suite_tiny.bytes;
	rm_t map = map_make(SIZE);
	ds_t as_ds = map_ds(map);
	uint64_t word;

	CHECK(suite_tiny.size > 4 && !word_write((void *)at, 0) && word_read((const void *)at, &word));
	CHECK_ERR(map_protect(OWN_MAP, at, PAGE_SIZE, READ_WRITE), ERR_RIGHTS);
	CHECK(!word_write((void *)at, 0));
	map_destroy(map, as_ds);
}
