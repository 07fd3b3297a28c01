/* SPDX-License-Identifier: MIT */
/*
 * Region maps in region maps, filled on demand. Two workers write and read pages of the inner map by way of two
 * maps; where a page is a hole or write-protected, the fault handler attaches it or gives the right back. The same
 * dataspace lies elsewhere too, where each page is compared with what was written, and with a model.
 *
 *    address space       outer map               inner map            dataspaces
 *    outer window ─────► 0 [ inner      ] ─────► 0 [ page ][ hole ] ► pages
 *    plain window ──────────────────────────────────────────────────► pages
 *                        INNER [ fresh  ] ──────────────────────────► made and freed again and again
 */
#include <framework/memory.h>
#include <rm/session.h>

#include <inttypes.h>

#include "component/subject.h"

enum { PAGES = 32, WORKERS = 2, EACH = PAGES / WORKERS, WORDS = 4096 / 8, STACK = 64 * 1024, HANDLER_BADGE = 4 };
#define INNER_SIZE ((uint64_t)PAGES * PAGE_SIZE)
#define OUTER_SIZE (INNER_SIZE + WORKERS * PAGE_SIZE)

static struct {
	uint64_t steps;
	rm_t outer, inner;
	ds_t pages;
	uint8_t *window, *plain;       /* the same pages, in the outer map and directly */
	uint64_t model[PAGES];         /* what was written last; 0: nothing */
	uint64_t result[WORKERS];
	uint64_t attached;             /* by the fault handler */
	signal_t faults, done;
} all;

static err_t attach_at(rm_t map, slot_t ds, uint64_t address, uint64_t offset, uint64_t size, uint32_t rights)
{
	const struct rm_attach_request request = {address, offset, size, rights, 0};
	struct rm_attach_reply reply;

	return rm_attach(cap_ep(map), &request, &ds, &reply, NULL);
}

/* Each fault is of a page of the inner map; attaching a page that is there by now changes nothing. */
static void handle_faults(addr_t argument)
{
	const struct rm_state_request request = {};
	struct rm_state_reply fault;
	uint32_t badges, count;

	(void)argument;
	for (;;) {
		subject_ok(signal_wait(all.faults, DEADLINE_NEVER, &badges, &count));
		subject_check(badges == HANDLER_BADGE, "badges %x", badges);
		for (;;) {
			subject_ok(rm_state(cap_ep(all.inner), &request, NULL, &fault, NULL));
			if (!fault.access)
				break;
			subject_check(fault.address < INNER_SIZE && fault.waiting <= WORKERS,
			              "fault at %" PRIx64 ", %u wait", fault.address, fault.waiting);
			subject_ok(attach_at(all.inner, all.pages.slot, fault.address, fault.address, PAGE_SIZE,
			                     RIGHT_READ | RIGHT_WRITE));
			__atomic_add_fetch(&all.attached, 1, __ATOMIC_RELAXED);
		}
	}
}

static void page_check(uint32_t page, const uint8_t *window, const char *where)
{
	const volatile uint64_t *words = (const volatile uint64_t *)(window + page * PAGE_SIZE);
	uint64_t value = all.model[page];

	for (uint32_t i = 0; i < WORDS; i += 73) {
		uint64_t wanted = value ? subject_mix(value + i) : 0, found = words[i];
		subject_check(found == wanted, "page %u %s, word %u: %" PRIx64 ", not %" PRIx64, page, where, i, found,
		              wanted);
	}
}

static void page_write(uint32_t page, uint64_t value)
{
	volatile uint64_t *words = (volatile uint64_t *)(all.window + page * PAGE_SIZE);

	for (uint32_t i = 0; i < WORDS; i += 73)
		words[i] = subject_mix(value + i);
	all.model[page] = value;
}

static void page_detach(uint32_t page)
{
	const struct rm_detach_request request = {page * PAGE_SIZE, PAGE_SIZE};
	struct rm_detach_reply reply;

	subject_ok(rm_detach(cap_ep(all.inner), &request, NULL, &reply, NULL));
}

static void page_protect(uint32_t page)
{
	const struct rm_protect_request request = {page * PAGE_SIZE, PAGE_SIZE, RIGHT_READ, 0};
	struct rm_protect_reply reply;

	subject_ok(rm_protect(cap_ep(all.inner), &request, NULL, &reply, NULL));
}

/* A dataspace that lives for one step, seen at two places of which one is in the outer map. */
static void fresh_step(uint32_t n, uint64_t value)
{
	uint64_t place = INNER_SIZE + n * PAGE_SIZE;
	volatile uint64_t *there = (volatile uint64_t *)(all.window + place);
	void *here;
	ds_t fresh;

	subject_ok(ds_alloc(PAGE_SIZE, &fresh));
	subject_ok(ds_attach(fresh, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &here));
	subject_ok(attach_at(all.outer, fresh.slot, place, 0, 0, RIGHT_READ | RIGHT_WRITE));
	subject_check(*there == 0, "fresh memory reads %" PRIx64, *there);
	*there = value;
	uint64_t found = *(volatile uint64_t *)here;
	subject_check(found == value, "%" PRIx64 ", not %" PRIx64, found, value);
	ds_free(fresh);
}

static void work(addr_t n)
{
	uint64_t choice = n + 1;

	for (uint64_t step = 0; step < all.steps; step++) {
		choice = subject_mix(choice);
		uint32_t page = (uint32_t)(n * EACH + choice % EACH);
		if (choice >> 8 & 1)
			page_detach(page);
		if (choice >> 9 & 1)
			page_protect(page);
		if (choice >> 10 & 1)
			page_check(page, all.window, "in the outer map");
		page_write(page, choice | 1);
		page_check(page, all.plain, "directly");
		uint32_t other = (uint32_t)(n * EACH + (choice >> 16) % EACH);
		page_check(other, all.window, "in the outer map");
		if (!(choice >> 24 & 7))
			fresh_step((uint32_t)n, choice);
		all.result[n] = subject_mix(all.result[n] ^ all.model[other]);
	}
	subject_ok(signal_submit(all.done));
	for (;;)
		subject_sleep(clock_now() + (uint64_t)1000 * MILLISECOND);
}

static rm_t map_make(ep_t service, uint64_t size)
{
	const struct rm_service_create_request request = {size};
	struct rm_service_create_reply reply;
	rm_t map;

	subject_ok(slot_take(&map.slot));
	subject_ok(rm_service_create(service, &request, NULL, &reply, &map.slot));
	return map;
}

static slot_t map_dataspace(rm_t map, uint64_t size)
{
	const struct rm_dataspace_request request = {};
	struct rm_dataspace_reply reply;
	slot_t slot;

	subject_ok(slot_take(&slot));
	subject_ok(rm_dataspace(cap_ep(map), &request, NULL, &reply, &slot));
	subject_check(reply.size == size, "the map has %" PRIu64 " bytes", reply.size);
	return slot;
}

static void maps_prepare(void)
{
	const struct rm_fault_handler_request request = {};
	struct rm_fault_handler_reply reply;
	struct session rm;
	void *window, *plain;
	slot_t handler;

	subject_ok(session_open("RM", "maps", 0, &rm));
	all.outer = map_make(rm.ep, OUTER_SIZE);
	all.inner = map_make(rm.ep, INNER_SIZE);
	subject_ok(ds_alloc(INNER_SIZE, &all.pages));
	slot_t inner = map_dataspace(all.inner, INNER_SIZE), outer = map_dataspace(all.outer, OUTER_SIZE);
	subject_ok(attach_at(all.outer, inner, 0, 0, 0, RIGHT_READ | RIGHT_WRITE));
	subject_ok(ds_attach((ds_t){outer}, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &window));
	subject_ok(ds_attach(all.pages, 0, 0, RIGHT_READ, 0, &plain));
	subject_ok(signal_alloc(&all.faults));
	subject_ok(signal_alloc(&all.done));
	subject_ok(cap_mint(cap_any(all.faults), HANDLER_BADGE, RIGHT_SEND, &handler));
	subject_ok(rm_fault_handler(cap_ep(all.inner), &request, &handler, &reply, NULL));
	all.window = window;
	all.plain = plain;
}

int component_main(addr_t argument)
{
	uint64_t result = 0;

	(void)argument;
	all.steps = subject_begin("maps", "region maps in region maps, filled on demand");
	maps_prepare();
	subject_ok(thread_spawn(1, "handler", STACK, handle_faults, 0));
	for (uint32_t n = 0; n < WORKERS; n++)
		subject_ok(thread_spawn(n + 2, "worker", STACK, work, n));
	for (uint32_t ready = 0; ready < WORKERS;) {
		uint32_t badges, count;
		subject_ok(signal_wait(all.done, DEADLINE_NEVER, &badges, &count));
		ready += count;
	}
	subject_check(all.attached, "no fault came");
	for (uint32_t page = 0; page < PAGES; page++) {
		page_check(page, all.window, "in the outer map at last");
		page_check(page, all.plain, "directly at last");
	}
	for (uint32_t n = 0; n < WORKERS; n++)
		result = subject_mix(result ^ all.result[n]);
	return subject_finish(all.steps, result);
}
