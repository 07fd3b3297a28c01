/* SPDX-License-Identifier: MIT */
/*
 * Mixed criticality on one core: a periodic thread that must not be late, and other partitions that do all they can: one
 * computes for ever at a higher priority, with a budget; one floods a server with calls, that server with signals; one
 * faults again and again; one has the kernel map and clear large ranges. The machine's clock counts instructions, so the
 * result is the same in every run.
 *
 *      critical   priority 40, every 5 ms, 1.5 ms of work: 94,000 instructions
 *      overrun    priority 50, budget 1 ms in 4 ms: at most 2 ms of any 5 (and none: the critical thread must be late)
 *      others     priority 0, in turns, and this thread with them
 */
#include <framework/memory.h>

#include "test/kernel/suite.h"

enum { PERIOD_NS = 5000000, WORK_LOOPS = 15600, PERIODS = 200, BUDGET_US = 1000, BUDGET_PERIOD_US = 4000, RANGE = 16 << 20 };
enum { PRIORITY_OVERRUN = 50, PRIORITY_CRITICAL = 40, PRIORITY_OTHER = 0, SLOT_MEMORY = 4 };
#define SHARED_AT ((addr_t)0x6000000)
#define RANGE_AT ((addr_t)0x20000000)

/* What the critical thread tells. */
struct record {
	volatile uint32_t periods, missed, worst_start_ns, worst_end_ns;
};

/* Each counts what it did, so that one that stands still is noticed. */
struct counts {
	volatile uint32_t overrun, flood, served, mapped;
};

struct shared {
	struct record record;
	struct counts counts;
};

static struct partner critical, overrun, flood, server, faulty, mapper;
static addr_t memory;
static struct shared *shared;
static slot_t done, calls, reply_server, reply_faults, floods;

static void work(void)
{
	for (volatile uint32_t i = 0; i < WORK_LOOPS; i++)
		;
}

static void worst_keep(volatile uint32_t *worst, uint64_t value)
{
	if (value > *worst)
		*worst = (uint32_t)value;
}

static void critical_main(addr_t address)
{
	struct record *record = &((struct shared *)address)->record;
	uint32_t badges, count;

	for (uint64_t start = clock_now() + PERIOD_NS; record->periods < PERIODS; start += PERIOD_NS) {
		err_t err = signal_wait((signal_t){PARTNER_SIGNAL}, start, &badges, &count);
		(void)err;   /* it is never submitted: the deadline passes */
		worst_keep(&record->worst_start_ns, clock_now() - start);
		work();
		uint64_t end = clock_now() - start;
		worst_keep(&record->worst_end_ns, end);
		record->missed += end > PERIOD_NS;
		record->periods++;
	}
	for (;;)
		if (ipc_call((ep_t){PARTNER_EP}) != OK)
			thread_yield();
}

static void overrun_main(addr_t address)
{
	for (;;)
		((struct shared *)address)->counts.overrun++;
}

/* Without a budget, but it lets others live: 12 ms of every 20 or so. */
static void burst_main(addr_t address)
{
	uint32_t badges, count;

	for (;;) {
		uint64_t until = clock_now() + 12000000;
		while (clock_now() < until)
			((struct shared *)address)->counts.overrun++;
		err_t err = signal_wait((signal_t){PARTNER_SIGNAL}, until + 8000000, &badges, &count);
		(void)err;
	}
}

static void flood_main(addr_t address)
{
	for (uint32_t i = 0;; i++) {
		utcb_self()->word_count = MESSAGE_WORDS;
		err_t err = ipc_call((ep_t){PARTNER_EP});
		if (err == OK && i % 64 == 0)
			err = signal_submit((signal_t){PARTNER_SIGNAL});
		((struct shared *)address)->counts.flood += err == OK;
	}
}

static void server_main(addr_t address)
{
	err_t err = ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER);

	while (err == OK) {
		((struct shared *)address)->counts.served++;
		if (utcb_self()->event == EVENT_SIGNAL)
			err = ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER);
		else
			err = ipc_reply_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER);
	}
}

static void faulty_main(addr_t unused)
{
	(void)unused;
	*(volatile uint32_t *)0x7000000 = 1;
}

static void mapper_main(addr_t address)
{
	const uint32_t rights = RIGHT_READ | RIGHT_WRITE | MAP_POPULATE_NOW;
	const memory_t own = {SLOT_MEMORY};

	while (pd_map(PD_SELF, RANGE_AT, own, 0, RANGE, rights) == OK && pd_unmap(PD_SELF, RANGE_AT, RANGE) == OK &&
	       memory_discard(own, 0, RANGE) == OK)
		((struct shared *)address)->counts.mapped++;
}

static void one_make(struct partner *partner, void (*main)(addr_t), uint32_t priority, uint32_t budget_us, slot_t fault_ep)
{
	const struct thread_schedule schedule = {priority, AFFINITY_ANY, budget_us, budget_us ? BUDGET_PERIOD_US : 0};

	partner_make(partner, main, SHARED_AT, (ep_t){fault_ep});
	CHECK(pd_map(partner->pd, SHARED_AT, MEMORY, memory, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	CHECK(thread_schedule_set(partner->thread, &schedule) == OK);
}

static void objects_make(void)
{
	memory = memory_take(PAGE_SIZE);
	shared = memory_see(memory, PAGE_SIZE);
	memset(shared, 0, sizeof *shared);
	done = object_make(KIND_ENDPOINT);
	calls = object_make(KIND_ENDPOINT);
	reply_server = object_make(KIND_REPLY);
	reply_faults = object_make(KIND_REPLY);
	floods = object_make(KIND_SIGNAL);
}

static void partners_make(void (*noise)(addr_t), uint32_t budget_us)
{
	slot_t range = slot_take(), waits = slot_take();

	one_make(&critical, critical_main, PRIORITY_CRITICAL, 0, 0);
	CHECK(cap_copy(PD_SELF, done, PD_SELF, waits, RIGHT_SEND, 1) == OK);
	partner_give(&critical, PARTNER_EP, waits, RIGHT_SEND, 0);
	CHECK(cap_delete(PD_SELF, waits) == OK);
	slot_t silent = object_make(KIND_SIGNAL);
	partner_give(&critical, PARTNER_SIGNAL, silent, RIGHT_WAIT, 0);
	one_make(&overrun, noise, PRIORITY_OVERRUN, budget_us, 0);
	partner_give(&overrun, PARTNER_SIGNAL, silent, RIGHT_WAIT, 0);
	one_make(&flood, flood_main, PRIORITY_OTHER, 0, 0);
	partner_give(&flood, PARTNER_EP, calls, RIGHT_SEND, 0);
	partner_give(&flood, PARTNER_SIGNAL, floods, RIGHT_SEND, 2);
	one_make(&server, server_main, PRIORITY_OTHER, 0, 0);
	partner_give(&server, PARTNER_EP, calls, RIGHT_WAIT, 0);
	partner_give(&server, PARTNER_REPLY, reply_server, RIGHT_ALL, 0);
	partner_give(&server, PARTNER_SIGNAL, floods, RIGHT_WAIT, 0);
	one_make(&faulty, faulty_main, PRIORITY_OTHER, 0, done);
	CHECK(memory_derive(MEMORY, memory_take(RANGE), RANGE, range) == OK);
	one_make(&mapper, mapper_main, PRIORITY_OTHER, 0, 0);
	partner_give(&mapper, SLOT_MEMORY, range, RIGHT_ALL, 0);
	CHECK(cap_delete(PD_SELF, range) == OK);
	CHECK(cap_delete(PD_SELF, silent) == OK);
}

/* This thread handles the faults, by having the instruction done again, until the critical thread calls. */
static uint32_t faults_handle(void)
{
	struct utcb *utcb = utcb_self();
	uint32_t handled = 0;

	err_t err = ipc_wait((ep_t){done}, (reply_t){reply_faults}, (signal_t){0}, DEADLINE_NEVER);
	for (; err == OK && utcb->badge != 1; handled++) {
		utcb->words[0] = FAULT_RETRY;
		utcb->word_count = 1;
		utcb->cap_count = 0;
		err = ipc_reply_wait((ep_t){done}, (reply_t){reply_faults}, (signal_t){0}, DEADLINE_NEVER);
	}
	CHECK(err == OK);
	return handled;
}

static void say_value(const char *what, uint32_t value)
{
	say("       ");
	say(what);
	say(": ");
	say_number(value);
	say("\n");
}

static void partitions_run(void (*noise)(addr_t), uint32_t budget_us)
{
	struct partner *const list[] = {&overrun, &flood, &server, &faulty, &mapper, &critical};

	objects_make();
	partners_make(noise, budget_us);
	for (uint32_t i = 0; i < sizeof list / sizeof *list; i++)
		partner_start(list[i]);
	uint32_t handled = faults_handle();
	CHECK(handled > 10 && shared->counts.flood > 10 && shared->counts.served > 10);
	CHECK(shared->counts.overrun > 1000);
	say_value("periods", shared->record.periods);
	say_value("deadlines missed", shared->record.missed);
	say_value("latest start, ns", shared->record.worst_start_ns);
	say_value("latest end, ns", shared->record.worst_end_ns);
	say_value("faults handled", handled);
	say_value("calls made", shared->counts.flood);
	say_value("ranges of 16 MiB mapped, cleared and unmapped", shared->counts.mapped);
	for (uint32_t i = 0; i < sizeof list / sizeof *list; i++)
		partner_end(list[i]);
}

static void objects_end(void)
{
	object_end(floods);
	object_end(reply_faults);
	object_end(reply_server);
	object_end(calls);
	object_end(done);
}

TEST(mixed, "a critical thread meets every deadline while others overrun, flood, fault and keep the kernel busy")
{
	partitions_run(overrun_main, BUDGET_US);
	CHECK(shared->record.periods == PERIODS && shared->record.missed == 0);
	CHECK(shared->record.worst_end_ns <= PERIOD_NS && shared->counts.mapped > 0);
	objects_end();
}

TEST(without, "it does miss deadlines where a thread of higher priority has no budget: the test would notice")
{
	partitions_run(burst_main, 0);
	CHECK(shared->record.periods == PERIODS && shared->record.missed > 0);
	objects_end();
}
