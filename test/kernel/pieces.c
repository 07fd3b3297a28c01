/* SPDX-License-Identifier: MIT */
/*
 * The kernel suite: long work while a thread of high priority wakes again and again. A kernel that does such work in pieces
 * is stopped many times and has to end with the same result as one that is not.
 */
#include "test/kernel/suite.h"

enum { PAGES = 1024, SLOTS = 4096 };
#define SIZE ((addr_t)PAGES * PAGE_SIZE)

static struct partner partner;

/* Every page holds `first` plus its number (0: zero). */
static bool pages_hold(const volatile uint32_t *words, uint32_t first)
{
	for (uint32_t i = 0; i < PAGES; i++)
		if (words[i * (PAGE_SIZE / sizeof *words)] != (first ? first + i : 0))
			return false;
	return true;
}

static void pages_fill(volatile uint32_t *words, uint32_t first)
{
	for (uint32_t i = 0; i < PAGES; i++)
		words[i * (PAGE_SIZE / sizeof *words)] = first + i;
}

TEST(pieces_map, "ranges are mapped, protected, mapped over and discarded page by page right while another thread wakes")
{
	const addr_t one = memory_take(SIZE), two = memory_take(SIZE), at = window_base + ((addr_t)1 << 29);
	volatile uint32_t *words = (volatile uint32_t *)at;
	const uint32_t write = RIGHT_READ | RIGHT_WRITE;

	waker_make();
	CHECK(pd_map(PD_SELF, at, MEMORY, one, SIZE, write) == OK);
	pages_fill(words, 1000);
	CHECK(pd_map(PD_SELF, at, MEMORY, two, SIZE, write | MAP_POPULATE_NOW) == OK && pages_hold(words, 0));
	pages_fill(words, 500000);
	CHECK(pd_protect(PD_SELF, at, SIZE, RIGHT_READ) == OK && pages_hold(words, 500000));
	CHECK(pd_map(PD_SELF, at, MEMORY, one, SIZE, RIGHT_READ) == OK && pages_hold(words, 1000));
	CHECK(pd_protect(PD_SELF, at, SIZE, write) == ERR_RIGHTS);
	CHECK(pd_unmap(PD_SELF, at, SIZE) == OK && memory_discard(MEMORY, one, SIZE) == OK);
	CHECK(pd_map(PD_SELF, at, MEMORY, one, SIZE, write) == OK && pages_hold(words, 0));
	CHECK(pd_map(PD_SELF, at, MEMORY, two, SIZE, RIGHT_READ) == OK && pages_hold(words, 500000));
	CHECK(pd_unmap(PD_SELF, at, SIZE) == OK);
	waker_end();
}

TEST(pieces_fail, "a range that cannot be mapped to its end is not mapped at all")
{
	const addr_t from = memory_take(SIZE), at = window_base + ((addr_t)1 << 29);
	slot_t last = slot_take(), first = slot_take();

	waker_make();
	CHECK(object_create(KIND_SIGNAL, MEMORY, from + SIZE - PAGE_SIZE, OBJECT_SIZE, (host_t){0}, last) == OK);
	err_t err = pd_map(PD_SELF, at, MEMORY, from, SIZE, RIGHT_READ);
	CHECK(err == ERR_RANGE || err == OK);
	if (err == OK)   /* this kernel keeps no objects there */
		CHECK(pd_unmap(PD_SELF, at, SIZE) == OK);
	CHECK(object_create(KIND_SIGNAL, MEMORY, from, OBJECT_SIZE, (host_t){0}, first) == OK);
	object_end(first);
	object_end(last);
	waker_end();
}

TEST(pieces_end, "domains with many capabilities and mappings come and go, and leave their memory free")
{
	const addr_t size = OBJECT_SIZE_PD + SLOTS * OBJECT_SIZE_SLOT, donated = memory_take(size), from = memory_take(SIZE);
	slot_t pd = slot_take(), many = slot_take(), probe = slot_take();

	waker_make();
	for (int round = 0; round < 3; round++) {
		bool right = object_create(KIND_PD, MEMORY, donated, size, (host_t){0}, pd) == OK &&
		             object_create(KIND_SIGNAL, MEMORY, from, OBJECT_SIZE, (host_t){0}, many) == OK;
		for (uint32_t i = 1; i < SLOTS; i++)
			right = right && cap_copy(PD_SELF, i % 4 ? many : BOOT_SLOT_MEMORY, (pd_t){pd}, i, RIGHT_ALL, i % 4) == OK;
		CHECK(right && cap_revoke_badge((cap_t){many}, 2) == OK);
		for (uint32_t i = 1; i < SLOTS / 2; i++)
			right = right && cap_delete((pd_t){pd}, i) == (i % 4 == 2 ? ERR_CAPABILITY : OK);
		CHECK(right && object_revoke((cap_t){many}) == OK && cap_delete((pd_t){pd}, SLOTS - 1) == ERR_CAPABILITY);
		CHECK(cap_delete((pd_t){pd}, SLOTS - 4) == OK);
		CHECK(pd_map((pd_t){pd}, unused_page, MEMORY, from, SIZE, RIGHT_READ) == OK);
		CHECK(object_revoke((cap_t){pd}) == OK && cap_delete(PD_SELF, pd) == ERR_CAPABILITY);
		CHECK(object_create(KIND_SIGNAL, MEMORY, from + SIZE / 2, OBJECT_SIZE, (host_t){0}, probe) == OK);
		object_end(probe);
	}
	waker_end();
}

enum { MAPPER_MEMORY = 4 };
#define MAPPED_AT ((addr_t)0x20000000)
#define PROGRESS ((struct progress *)0x6000000)

struct progress {
	volatile uint32_t rounds, wrong;
};

/* Two ranges in turn at one address; each page says which it is. */
static void partner_map(addr_t unused)
{
	const memory_t own = {MAPPER_MEMORY};

	(void)unused;
	for (;; PROGRESS->rounds++) {
		addr_t offset = PROGRESS->rounds % 2 ? SIZE : 0;
		uint32_t first = PROGRESS->rounds % 2 ? 500000 : 1000;
		if (pd_map(PD_SELF, MAPPED_AT, own, offset, SIZE, RIGHT_READ) != OK || !pages_hold((uint32_t *)MAPPED_AT, first))
			PROGRESS->wrong++;
	}
}

TEST(pieces_state, "a thread is paused amid long work, its state is read and written, and the work is done right")
{
	const addr_t both = memory_take(2 * SIZE), at = window_base + ((addr_t)1 << 29), page = memory_take(PAGE_SIZE);
	struct progress *progress = memory_see(page, PAGE_SIZE);
	static struct thread_state state;
	slot_t memory = slot_take(), timer = object_make(KIND_SIGNAL);
	uint32_t badges, count, rounds = 0;
	bool right = true;

	CHECK(pd_map(PD_SELF, at, MEMORY, both, 2 * SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	pages_fill((uint32_t *)at, 1000);
	pages_fill((uint32_t *)(at + SIZE), 500000);
	CHECK(pd_unmap(PD_SELF, at, 2 * SIZE) == OK && memory_derive(MEMORY, both, 2 * SIZE, memory) == OK);
	partner_make(&partner, partner_map, 0, (ep_t){0});
	CHECK(pd_map(partner.pd, (addr_t)PROGRESS, MEMORY, page, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	partner_give(&partner, MAPPER_MEMORY, memory, RIGHT_READ, 0);
	partner_start(&partner);
	for (; rounds < 60 || progress->rounds < 4; rounds++) {
		err_t err = signal_wait((signal_t){timer}, clock_now() + 300000 + rounds * 7919, &badges, &count);
		right = right && err == ERR_TIMEOUT && pd_pause(partner.pd, 1000000000) == OK &&
		        thread_read(partner.thread, &state) == OK;
		err = thread_write(partner.thread, &state, (reply_t){0});
		/* A kernel that has begun such work may insist on ending it. */
		right = right && (err == OK ? thread_resume(partner.thread) == OK : err == ERR_STATE);
		right = right && pd_resume(partner.pd) == OK;
	}
	CHECK(right && !progress->wrong);
	partner_end(&partner);
	object_end(memory);
	object_end(timer);
}
