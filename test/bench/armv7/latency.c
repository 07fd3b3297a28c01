/* SPDX-License-Identifier: MIT */
/*
 * How long the kernel keeps the processor: a thread of the highest priority wakes at deadlines that lie close together and
 * not in step with anything, and notes by how much it was late, while this one asks for the longest work there is. What
 * waking costs when nobody works is part of each figure, and the first one alone.
 */
#include "test/bench/armv7/figure.h"

#define WATCH_AT ((addr_t)0x6000000)
enum { RANGE = 64 << 20, SLOTS_MANY = PD_SLOTS_MAX, DOMAIN_PAGES = 8192, THREADS_MANY = UTCB_COUNT, DONATIONS = 10, BADGE = 3,
       STACK = 1024, TOGETHER_NS = 20000000 };
#define STACKS_AT ((addr_t)0x20000000)

struct watch {
	volatile uint32_t worst_ns; /* since it was set to 0 */
	volatile uint32_t woken;
};

static struct pair pair;
static thread_t crowd_threads[THREADS_MANY];
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
	watch_end("latest wake-up during: a domain made with 65,536 slots");
	for (uint32_t i = 1; i < SLOTS_MANY; i++)
		CHECK(cap_copy(PD_SELF, signal, pd, i, RIGHT_ALL, 0) == OK);
	watch_begin();
	while (next)
		CHECK(cap_list(pd, next, CAP_LIST_MAX, entries, &count, &next) == OK);
	watch_end("latest wake-up during: 65,536 capabilities listed");
	watch_begin();
	CHECK(cap_revoke_badge((cap_t){signal}, 1) == OK);
	watch_end("latest wake-up during: one badge of 65,536 capabilities revoked");
	watch_begin();
	CHECK(object_revoke((cap_t){signal}) == OK);
	watch_end("latest wake-up during: an object with 65,536 capabilities revoked");
	for (uint32_t i = 1; i < SLOTS_MANY; i++)
		CHECK(cap_copy(PD_SELF, BOOT_SLOT_MEMORY, pd, i, RIGHT_ALL, 0) == OK);
	CHECK(pd_map(pd, WATCH_AT, MEMORY, pages, DOMAIN_PAGES * PAGE_SIZE, RIGHT_READ) == OK);
	watch_begin();
	CHECK(object_revoke((cap_t){slot}) == OK);
	watch_end("latest wake-up during: a domain with 65,536 capabilities and 32 MiB of mappings revoked");
}

static void partner_spin(addr_t argument)
{
	(void)argument;
	for (;;)
		;
}

/* Calls, and does it again: it needs no stack. */
static void partner_call(addr_t argument)
{
	(void)argument;
	for (;;) {
		err_t ignored = ipc_call((ep_t){PARTNER_EP});
		(void)ignored;
	}
}

/* Waits for the same times as all others. */
static void partner_together(addr_t argument)
{
	uint32_t badges, count;

	(void)argument;
	for (;;) {
		uint64_t next = (clock_now() / TOGETHER_NS + 1) * TOGETHER_NS;
		err_t ignored = signal_wait((signal_t){PARTNER_SIGNAL}, next, &badges, &count);
		(void)ignored;
	}
}

/* As many threads as a domain can have, all to begin with `main`; the domain is paused. */
static void crowd_make(struct partner *crowd, void (*main)(addr_t), slot_t object)
{
	static addr_t stacks;

	if (!stacks)
		stacks = memory_take(THREADS_MANY * STACK);
	partner_make(crowd, main, 0, (ep_t){0});
	CHECK(pd_map(crowd->pd, STACKS_AT, MEMORY, stacks, THREADS_MANY * STACK, RIGHT_READ | RIGHT_WRITE) == OK);
	CHECK(pd_pause(crowd->pd, 0) == OK);
	if (object)
		partner_give(crowd, PARTNER_EP, object, RIGHT_SEND, BADGE);
	for (uint32_t i = 0; i < DONATIONS; i++)
		CHECK(pd_donate(crowd->pd, MEMORY, memory_take(PD_DONATE_MAX), PD_DONATE_MAX) == OK);
	partner_start(crowd);
	for (uint32_t i = 1; i < THREADS_MANY; i++) {
		crowd_threads[i] = thread_make(crowd->pd, i, STACKS_AT + (i + 1) * STACK, main, 0, (ep_t){0});
		CHECK(thread_resume(crowd_threads[i]) == OK);
	}
}

/* This thread's turn is long enough for both. */
static void crowd_watch(const char *resume, const char *pause, const char *end, struct partner *crowd)
{
	err_t ignored = pd_pause(crowd->pd, 0);

	(void)ignored;
	watch_begin();
	CHECK(pd_resume(crowd->pd) == OK);
	watch_end(resume);
	watch_begin();
	CHECK(pd_pause(crowd->pd, 0) == OK);
	watch_end(pause);
	watch_begin();
	CHECK(object_revoke(cap_any(crowd->pd)) == OK);
	watch_end(end);
	object_end(crowd->thread.slot);
	for (uint32_t i = 1; i < THREADS_MANY; i++)
		object_end(crowd_threads[i].slot);
}

static void threads_watch(void)
{
	static struct partner spinners, callers, waiters;
	slot_t ep = object_make(KIND_ENDPOINT), silent = object_make(KIND_SIGNAL);
	uint32_t badges, count;

	watch_begin();
	crowd_make(&spinners, partner_spin, 0);
	watch_end("latest wake-up during: a domain given 10 MiB, and 512 threads made in it");
	crowd_watch("latest wake-up during: a domain of 512 ready threads resumed",
	            "latest wake-up during: a domain of 512 ready threads paused",
	            "latest wake-up during: a domain of 512 ready threads revoked", &spinners);
	crowd_make(&callers, partner_call, ep);
	/* All of them come to call while this thread waits. */
	CHECK(pd_resume(callers.pd) == OK);
	CHECK(signal_wait((signal_t){silent}, clock_now() + 20000000, &badges, &count) == ERR_TIMEOUT);
	watch_begin();
	CHECK(cap_revoke_badge((cap_t){ep}, BADGE + 1) == OK);
	watch_end("latest wake-up during: a badge revoked that none of 512 callers has");
	CHECK(pd_pause(callers.pd, 0) == OK);
	watch_begin();
	CHECK(cap_revoke_badge((cap_t){ep}, BADGE) == OK);
	watch_end("latest wake-up during: the badge of 512 callers revoked");
	crowd_watch("latest wake-up during: the domain of 512 callers resumed",
	            "latest wake-up during: the domain of 512 callers paused",
	            "latest wake-up during: the domain of 512 callers revoked", &callers);
	crowd_make(&waiters, partner_together, 0);
	partner_give(&waiters, PARTNER_SIGNAL, silent, RIGHT_WAIT, 0);
	CHECK(pd_resume(waiters.pd) == OK);
	/* They run first, then all wait; the times that come then are watched. */
	CHECK(signal_wait((signal_t){silent}, clock_now() + 2 * (uint64_t)TOGETHER_NS, &badges, &count) == ERR_TIMEOUT);
	watch_begin();
	CHECK(signal_wait((signal_t){silent}, clock_now() + 3 * (uint64_t)TOGETHER_NS, &badges, &count) == ERR_TIMEOUT);
	watch_end("latest wake-up during: 512 deadlines of lower priority at one time");
	watch_begin();
	for (uint64_t i = 0; i < 20; i++)
		CHECK(pd_clock_set(waiters.pd, i) == OK);
	watch_end("latest wake-up during: the clock of 512 waiting threads set");
	crowd_watch("latest wake-up during: the domain of 512 waiting threads resumed",
	            "latest wake-up during: the domain of 512 waiting threads paused",
	            "latest wake-up during: the domain of 512 waiting threads revoked", &waiters);
	object_end(silent);
	object_end(ep);
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
	threads_watch();
	pair_end(&pair);
}
