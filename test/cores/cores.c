/* SPDX-License-Identifier: MIT */
/*
 * Threads on all cores of a machine: messages, signals, pauses, moves, unmapping and revoking between cores. The kernel of
 * this image records what its schedulers do; check.py reads that. Nothing depends on how long anything takes.
 */
#include <framework/memory.h>

#include "test/kernel/suite.h"

#define SHARED_AT ((addr_t)0x6000000)
#define PAGE_AT ((addr_t)0x6100000)
enum { CORES_MOST = 8, CALLS = 300, PAUSES = 100, UNMAPS = 50, REVOKES = 25, STEPS = 1000, WORKERS = 8 };
enum { BUDGET_US = 1000, PERIOD_US = 5000, REMAPS = 5000 };
#define RETURN 0xe12fff1eu     /* bx lr */
enum { DATA = RIGHT_READ | RIGHT_WRITE };

struct shared {
	volatile uint32_t count, wrong, done, badge;
};

struct worker {
	struct partner partner;
	struct shared *shared;
};

static struct worker workers[WORKERS];

static uint32_t cores(void)
{
	return boot_info()->cores < CORES_MOST ? boot_info()->cores : CORES_MOST;
}

static uint32_t random_below(uint32_t limit)
{
	static uint32_t state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % limit;
}

static void place(thread_t thread, uint32_t priority, uint32_t core, uint32_t budget, uint32_t period)
{
	const struct thread_schedule schedule = {priority, core, budget, period};

	CHECK(thread_schedule_set(thread, &schedule) == OK);
}

static void worker_make(struct worker *worker, void (*main)(addr_t), uint32_t core)
{
	addr_t memory = memory_take(PAGE_SIZE);

	worker->partner = (struct partner){0};
	worker->shared = memory_see(memory, PAGE_SIZE);
	partner_make(&worker->partner, main, SHARED_AT, (ep_t){0});
	worker->shared->badge = (uint32_t)(worker - workers);
	CHECK(pd_map(worker->partner.pd, SHARED_AT, MEMORY, memory, PAGE_SIZE, DATA) == OK);
	place(worker->partner.thread, 0, core, 0, 0);
}

static void workers_end(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		partner_end(&workers[i].partner);
}

/* Emulated cores may share one of the host: whoever would go on for long lets the others have it. */
static void pause_a_little(void)
{
	__asm__ volatile("sev\n\twfe" : : : "memory");
}

/* Until worker `index` has counted further than now. */
static void counting_await(uint32_t index)
{
	uint32_t before = workers[index].shared->count;

	while (workers[index].shared->count == before)
		pause_a_little(), thread_yield();
}

static void stand(addr_t address)
{
	uint32_t badges, count;

	((struct shared *)address)->done = 1;
	for (;;)
		if (signal_wait((signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER, &badges, &count) != OK)
			thread_yield();
}

/* Counts in a vector register, too: the two must never differ. */
static void compute(addr_t address)
{
	struct shared *shared = (struct shared *)address;

	vector_put(0);
	for (uint64_t i = 0;; i++) {
		if (vector_get() != i)
			shared->wrong++;
		vector_put(i + 1);
		shared->count++;
		pause_a_little();
	}
}

static void serve(addr_t address)
{
	err_t err = ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);

	while (err == OK) {
		((struct shared *)address)->count++;
		utcb_self()->words[0] += utcb_self()->badge;
		utcb_self()->word_count = 1;
		err = ipc_reply_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);
	}
	stand(address);
}

static void call(addr_t address)
{
	struct shared *shared = (struct shared *)address;
	struct utcb *utcb = utcb_self();

	for (uint32_t i = 0; i < CALLS; i++) {
		utcb->words[0] = i;
		utcb->word_count = 1;
		utcb->cap_count = 0;
		if (ipc_call((ep_t){PARTNER_EP}) != OK)
			break;
		shared->wrong += utcb->words[0] != i + shared->badge;
		shared->count++;
	}
	stand(address);
}

TEST(calls, "clients on every core call one server: each gets its own answers, none is lost")
{
	slot_t endpoint = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY), silent = object_make(KIND_SIGNAL);
	uint32_t count = cores() + 1;

	for (uint32_t i = 0; i < count; i++) {
		worker_make(&workers[i], i ? call : serve, i % cores());
		partner_give(&workers[i].partner, PARTNER_EP, endpoint, i ? RIGHT_SEND : RIGHT_WAIT, i);
		partner_give(&workers[i].partner, PARTNER_SIGNAL, silent, RIGHT_WAIT, 0);
	}
	partner_give(&workers[0].partner, PARTNER_REPLY, reply, RIGHT_ALL, 0);
	for (uint32_t i = 0; i < count; i++)
		partner_start(&workers[i].partner);
	for (uint32_t i = 1; i < count; i++) {
		while (!workers[i].shared->done)
			thread_yield();
		CHECK(workers[i].shared->count == CALLS && !workers[i].shared->wrong);
	}
	CHECK(workers[0].shared->count == CALLS * (count - 1));
	workers_end(count);
	object_end(endpoint);
	object_end(reply);
	object_end(silent);
}

TEST(pauses, "what is paused on another core stands at once, is read complete, and goes on on any core")
{
	static struct thread_state state;

	worker_make(&workers[0], compute, cores() - 1);
	partner_start(&workers[0].partner);
	for (uint32_t i = 0; i < PAUSES; i++) {
		struct partner *partner = &workers[0].partner;
		counting_await(0);
		CHECK(pd_pause(partner->pd, DEADLINE_NEVER) == OK);
		uint32_t before = workers[0].shared->count;
		CHECK(thread_read(partner->thread, &state) == OK && state.run == THREAD_RUNNING);
		thread_yield();
		CHECK(workers[0].shared->count == before);
		place(partner->thread, 0, i % cores(), 0, 0);
		if (i % 3 == 0)
			CHECK(thread_write(partner->thread, &state, (reply_t){0}) == OK && thread_resume(partner->thread) == OK);
		CHECK(pd_resume(partner->pd) == OK);
	}
	counting_await(0);
	CHECK(!workers[0].shared->wrong);
	workers_end(1);
}

TEST(moves, "a thread that computes is moved from core to core without losing a register")
{
	for (uint32_t i = 0; i < cores(); i++) {
		worker_make(&workers[i], compute, i);
		partner_start(&workers[i].partner);
	}
	for (uint32_t i = 0; i < STEPS; i++) {
		place(workers[random_below(cores())].partner.thread, 0, random_below(cores()), 0, 0);
	}
	for (uint32_t i = 0; i < cores(); i++) {
		counting_await(i);
		CHECK(!workers[i].shared->wrong);
	}
	workers_end(cores());
}

static void write_page(addr_t address)
{
	(void)address;
	for (;;)
		(*(volatile uint32_t *)PAGE_AT)++, pause_a_little();
}

TEST(unmapping, "a page that is unmapped or made read-only is written no more by another core")
{
	addr_t memory = memory_take(PAGE_SIZE);
	volatile uint32_t *page = memory_see(memory, PAGE_SIZE);
	slot_t endpoint = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY);

	worker_make(&workers[0], write_page, cores() - 1);
	CHECK(object_revoke(cap_any(workers[0].partner.thread)) == OK);
	workers[0].partner.thread = thread_make(workers[0].partner.pd, 1, 0x10000000, write_page, 0, (ep_t){endpoint});
	place(workers[0].partner.thread, 0, cores() - 1, 0, 0);
	CHECK(pd_map(workers[0].partner.pd, PAGE_AT, MEMORY, memory, PAGE_SIZE, DATA) == OK);
	partner_start(&workers[0].partner);
	for (uint32_t i = 0; i < UNMAPS; i++) {
		uint32_t before = *page;
		while (*page == before)
			thread_yield();
		if (i % 2)
			CHECK(pd_unmap(workers[0].partner.pd, PAGE_AT, PAGE_SIZE) == OK);
		else
			CHECK(pd_protect(workers[0].partner.pd, PAGE_AT, PAGE_SIZE, RIGHT_READ) == OK);
		before = *page;
		CHECK(ipc_wait((ep_t){endpoint}, (reply_t){reply}, (signal_t){0}, DEADLINE_NEVER) == OK);
		CHECK(*page == before);
		CHECK(pd_map(workers[0].partner.pd, PAGE_AT, MEMORY, memory, PAGE_SIZE, DATA) == OK);
		utcb_self()->words[0] = FAULT_RETRY;
		utcb_self()->word_count = 1;
		CHECK(ipc_reply((reply_t){reply}) == OK);
	}
	workers_end(1);
	object_end(endpoint);
	object_end(reply);
}

/* Reads and executes what others map. */
static void read_page(addr_t address)
{
	struct shared *shared = (struct shared *)address;

	for (;;) {
		shared->wrong += *(volatile uint32_t *)PAGE_AT != RETURN;
		((void (*)(void))PAGE_AT)();
		shared->count++;
		pause_a_little();
	}
}

TEST(remapping, "a page that another core maps over itself is always there for who reads and executes it")
{
	addr_t memory = memory_take(PAGE_SIZE);
	volatile uint32_t *page = memory_see(memory, PAGE_SIZE);
	slot_t endpoint = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY);

	*page = RETURN;
	worker_make(&workers[0], read_page, cores() - 1);
	CHECK(object_revoke(cap_any(workers[0].partner.thread)) == OK);
	workers[0].partner.thread = thread_make(workers[0].partner.pd, 1, 0x10000000, read_page, SHARED_AT, (ep_t){endpoint});
	place(workers[0].partner.thread, 0, cores() - 1, 0, 0);
	CHECK(pd_map(workers[0].partner.pd, PAGE_AT, MEMORY, memory, PAGE_SIZE, RIGHT_READ | RIGHT_EXECUTE) == OK);
	partner_start(&workers[0].partner);
	counting_await(0);
	for (uint32_t i = 0; i < REMAPS; i++) {
		err_t err = pd_map(workers[0].partner.pd, PAGE_AT, MEMORY, memory, PAGE_SIZE, RIGHT_READ | RIGHT_EXECUTE);
		if (err == OK && i % 16)
			continue;
		CHECK(err == OK);
		pause_a_little();
	}
	CHECK(ipc_wait((ep_t){endpoint}, (reply_t){reply}, (signal_t){0}, clock_now() + 1000000) == ERR_TIMEOUT);
	CHECK(!workers[0].shared->wrong);
	workers_end(1);
	object_end(endpoint);
	object_end(reply);
}

/* Threads of one domain on every core. */
static void domain_make(struct worker *worker, thread_t *threads)
{
	worker_make(worker, compute, 0);
	CHECK(pd_donate(worker->partner.pd, MEMORY, memory_take(256 * 1024), 256 * 1024) == OK);
	threads[0] = worker->partner.thread;
	for (uint32_t i = 1; i < cores(); i++) {
		threads[i] = thread_make(worker->partner.pd, i, 0x10000000 - i * 8192, i % 2 ? compute : stand, SHARED_AT, (ep_t){0});
		place(threads[i], 0, i, 0, 0);
	}
}

TEST(revoking, "domains end while their threads run on every core")
{
	thread_t threads[CORES_MOST];

	for (uint32_t round = 0; round < REVOKES; round++) {
		domain_make(&workers[0], threads);
		for (uint32_t i = 0; i < cores(); i++)
			CHECK(thread_resume(threads[i]) == OK);
		counting_await(0);
		uint32_t first = round % 2;
		for (uint32_t i = first; i < cores() && first; i++)
			object_end(threads[i].slot);
		workers_end(1);
		for (uint32_t i = 1; i < cores() && !first; i++)
			object_end(threads[i].slot);
	}
}

TEST(budgets, "on every core a thread of the highest priority that never stops leaves the others their time")
{
	for (uint32_t i = 0; i < 2 * cores(); i++) {
		worker_make(&workers[i], compute, i % cores());
		if (i >= cores())
			place(workers[i].partner.thread, PRIORITY_MAX, i % cores(), BUDGET_US, PERIOD_US);
	}
	for (uint32_t i = 0; i < 2 * cores(); i++)
		partner_start(&workers[i].partner);
	for (uint32_t round = 0; round < 10; round++)
		for (uint32_t i = 0; i < 2 * cores(); i++)
			counting_await(i);
	workers_end(2 * cores());
}

/* The server is above its callers, and they above those that compute, which would keep them for a turn at each message. */
static uint32_t storm_priority(uint32_t worker)
{
	return worker == 0 ? 2 + random_below(2) : worker < 5 ? 1 : 0;
}

TEST(storm, "messages go on while callers and servers are paused, moved and given other priorities at any moment")
{
	slot_t endpoint = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY), silent = object_make(KIND_SIGNAL);

	for (uint32_t i = 0; i < WORKERS; i++) {
		worker_make(&workers[i], i == 0 ? serve : i < 5 ? call : compute, i % cores());
		partner_give(&workers[i].partner, PARTNER_EP, endpoint, i ? RIGHT_SEND : RIGHT_WAIT, i);
		partner_give(&workers[i].partner, PARTNER_SIGNAL, silent, RIGHT_WAIT, 0);
	}
	partner_give(&workers[0].partner, PARTNER_REPLY, reply, RIGHT_ALL, 0);
	for (uint32_t i = 0; i < WORKERS; i++) {
		place(workers[i].partner.thread, storm_priority(i), i % cores(), 0, 0);
		partner_start(&workers[i].partner);
	}
	for (uint32_t i = 0; i < STEPS; i++) {
		uint32_t which = random_below(WORKERS);
		struct partner *partner = &workers[which].partner;
		if (random_below(2)) {
			CHECK(pd_pause(partner->pd, DEADLINE_NEVER) == OK);
			CHECK(pd_resume(partner->pd) == OK);
		} else {
			place(partner->thread, storm_priority(which), random_below(cores()), random_below(4) ? 0 : BUDGET_US, PERIOD_US);
		}
	}
	for (uint32_t i = 1; i < 5; i++) {
		while (!workers[i].shared->done)
			thread_yield();
		CHECK(workers[i].shared->count == CALLS && !workers[i].shared->wrong);
	}
	for (uint32_t i = 5; i < WORKERS; i++)
		CHECK(!workers[i].shared->wrong);
	workers_end(WORKERS);
	object_end(endpoint);
	object_end(reply);
	object_end(silent);
}
