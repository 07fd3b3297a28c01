/* SPDX-License-Identifier: MIT */
/*
 * How long the kernel keeps the processor: a thread of the highest priority wakes at deadlines that lie close together and
 * not in step with anything, and notes by how much it was late, while this one asks for the longest work there is. What
 * waking costs when nobody works is part of each figure, and the first one alone.
 */
#include "test/bench/armv7/figure.h"

#define WATCH_AT ((addr_t)0x6000000)
enum { RANGE = 64 << 20, SLOTS_MANY = 16384, DOMAIN_PAGES = 8192 };

struct watch {
	volatile uint32_t worst_ns; /* since it was set to 0 */
	volatile uint32_t woken;
};

static struct pair pair;
static struct watch *watch;

static void partner_watch(addr_t address)
{
	struct watch *own = (struct watch *)address;
	uint32_t badges, count;

	for (uint32_t i = 0;; i++) {
		uint64_t next = clock_now() + 20000 + i * 7919 % 30011;
		err_t err = signal_wait((signal_t){PARTNER_SIGNAL}, next, &badges, &count);
		uint64_t late = clock_now() - next;
		if (err == ERR_TIMEOUT && late > own->worst_ns)
			own->worst_ns = (uint32_t)late;
		own->woken++;
	}
}

static void watch_begin(void)
{
	watch->worst_ns = 0;
	watch->woken = 0;
}

static void watch_end(const char *what)
{
	CHECK(watch->woken);
	figure_say(what, watch->worst_ns, 1);
}

static void watch_make(void)
{
	addr_t memory = memory_take(PAGE_SIZE);

	watch = memory_see(memory, PAGE_SIZE);
	pair_make(&pair, partner_watch, WATCH_AT, 0, false);
	CHECK(thread_pause(pair.partner.thread, 0) == OK);
	CHECK(pd_map(pair.partner.pd, WATCH_AT, MEMORY, memory, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	const struct thread_schedule highest = {PRIORITY_MAX, AFFINITY_ANY, 0, 0};
	CHECK(thread_schedule_set(pair.partner.thread, &highest) == OK && thread_resume(pair.partner.thread) == OK);
}

static void ranges_watch(void)
{
	const addr_t offset = memory_take(RANGE), at = window_base + ((addr_t)1 << 29);
	const uint32_t write = RIGHT_READ | RIGHT_WRITE;
	static struct populated ranges[POPULATED_MAX];
	const memory_t list[] = {MEMORY};
	struct range_place place = {0};
	uint32_t count;

	watch_begin();
	CHECK(pd_map(PD_SELF, at, MEMORY, offset, RANGE, write | MAP_POPULATE_NOW) == OK);
	watch_end("latest wake-up during: 64 MiB mapped for the first time and populated");
	watch_begin();
	CHECK(pd_map(PD_SELF, at, MEMORY, offset, RANGE, write | RIGHT_EXECUTE) == OK);
	watch_end("latest wake-up during: 64 MiB mapped over themselves, executable");
	watch_begin();
	CHECK(pd_protect(PD_SELF, at, RANGE, RIGHT_READ) == OK);
	watch_end("latest wake-up during: 64 MiB protected");
	watch_begin();
	while (place.memory < 1)
		CHECK(memory_populated(list, 1, &place, ranges, &count) == OK);
	watch_end("latest wake-up during: all memory searched for populated pages");
	watch_begin();
	CHECK(pd_unmap(PD_SELF, at, RANGE) == OK);
	watch_end("latest wake-up during: 64 MiB unmapped");
	watch_begin();
	CHECK(memory_discard(MEMORY, offset, RANGE) == OK);
	watch_end("latest wake-up during: 64 MiB discarded");
}

static void objects_watch(void)
{
	const addr_t size = OBJECT_SIZE_PD + SLOTS_MANY * OBJECT_SIZE_SLOT, offset = memory_take(size);
	const addr_t pages = memory_take(DOMAIN_PAGES * PAGE_SIZE);
	static struct cap_entry entries[CAP_LIST_MAX];
	slot_t slot = slot_take(), signal = object_make(KIND_SIGNAL), next = 1;
	pd_t pd = {slot};
	uint32_t count;

	watch_begin();
	CHECK(object_create(KIND_PD, MEMORY, offset, size, (host_t){0}, slot) == OK);
	watch_end("latest wake-up during: a domain made with 16,384 slots");
	for (uint32_t i = 1; i < SLOTS_MANY; i++)
		CHECK(cap_copy(PD_SELF, signal, pd, i, RIGHT_ALL, 0) == OK);
	watch_begin();
	while (next)
		CHECK(cap_list(pd, next, CAP_LIST_MAX, entries, &count, &next) == OK);
	watch_end("latest wake-up during: 16,384 capabilities listed");
	watch_begin();
	CHECK(cap_revoke_badge((cap_t){signal}, 1) == OK);
	watch_end("latest wake-up during: one badge of 16,384 capabilities revoked");
	watch_begin();
	CHECK(object_revoke((cap_t){signal}) == OK);
	watch_end("latest wake-up during: an object with 16,384 capabilities revoked");
	for (uint32_t i = 1; i < SLOTS_MANY; i++)
		CHECK(cap_copy(PD_SELF, BOOT_SLOT_MEMORY, pd, i, RIGHT_ALL, 0) == OK);
	CHECK(pd_map(pd, WATCH_AT, MEMORY, pages, DOMAIN_PAGES * PAGE_SIZE, RIGHT_READ) == OK);
	watch_begin();
	CHECK(object_revoke((cap_t){slot}) == OK);
	watch_end("latest wake-up during: a domain with 16,384 capabilities and 32 MiB of mappings revoked");
}

TEST(latency, "a thread of the highest priority wakes in time, whatever another one asks for")
{
	watch_make();
	watch_begin();
	for (volatile uint32_t i = 0; i < 1000000; i++)
		;
	watch_end("latest wake-up during: no work in the kernel");
	ranges_watch();
	objects_watch();
	pair_end(&pair);
}
