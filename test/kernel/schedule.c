/* SPDX-License-Identifier: MIT */
/*
 * The kernel suite: priorities and budgets, where the kernel gives them. Without them this thread, which has the lowest
 * priority, would not run while a partner computes; nothing depends on how long anything takes.
 */
#include "test/kernel/suite.h"

struct seen {
	volatile uint32_t count;
};

#define SEEN_AT ((addr_t)0x6000000)
enum { BUDGET_US = 1000, PERIOD_US = 4000, TRIES = 20 };

static struct partner partner;
static struct seen *seen;

static void partner_compute(addr_t address)
{
	for (;;)
		((struct seen *)address)->count++;
}

/* Counts every signal as soon as it comes. */
static void partner_answer(addr_t address)
{
	uint32_t badges, count;

	while (signal_wait((signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER, &badges, &count) == OK)
		((struct seen *)address)->count += count;
}

/* A partner that is not started yet; false if this kernel gives no budgets. */
static bool partner_prepare(void (*main)(addr_t), const struct thread_schedule *schedule)
{
	addr_t memory = memory_take(PAGE_SIZE);

	seen = memory_see(memory, PAGE_SIZE);
	partner_make(&partner, main, SEEN_AT, (ep_t){0});
	CHECK(pd_map(partner.pd, SEEN_AT, MEMORY, memory, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	const struct thread_schedule probe = {0, AFFINITY_ANY, BUDGET_US, PERIOD_US};
	if (thread_schedule_set(partner.thread, &probe) == ERR_UNSUPPORTED) {
		partner_end(&partner);
		return false;
	}
	CHECK(thread_schedule_set(partner.thread, schedule) == OK);
	return true;
}

TEST(budgets, "a thread of high priority that never stops leaves the processor when its budget is used, and comes back")
{
	const struct thread_schedule high = {PRIORITY_MAX, AFFINITY_ANY, BUDGET_US, PERIOD_US};
	const struct thread_schedule more = {1, 0, PERIOD_US + 1, PERIOD_US}, tiny = {1, 0, 1, 2}, far = {1, 77, 0, 0};
	struct thread_schedule now;

	if (!partner_prepare(partner_compute, &high))
		return;
	CHECK(thread_schedule_get(partner.thread, &now) == OK && now.budget == BUDGET_US && now.priority == PRIORITY_MAX);
	CHECK(thread_schedule_set(partner.thread, &more) == ERR_ARGUMENT);
	CHECK(thread_schedule_set(partner.thread, &tiny) == ERR_UNSUPPORTED);
	CHECK(thread_schedule_set(partner.thread, &far) == ERR_UNSUPPORTED);
	partner_start(&partner);
	for (int period = 0; period < 5; period++) {
		uint32_t before = seen->count;
		while (seen->count == before)
			;
	}
	partner_end(&partner);
}

TEST(priorities, "a thread of higher priority runs before the call that wakes it returns; of a lower one it does not")
{
	const struct thread_schedule high = {5, AFFINITY_ANY, 0, 0}, low = {0, AFFINITY_ANY, 0, 0};
	slot_t signal = object_make(KIND_SIGNAL);
	bool later = false;

	if (partner_prepare(partner_answer, &high)) {
		partner_give(&partner, PARTNER_SIGNAL, signal, RIGHT_WAIT, 0);
		partner_start(&partner);
		for (uint32_t i = 1; i <= 100; i++)
			CHECK(signal_submit((signal_t){signal}) == OK && seen->count == i);
		CHECK(thread_schedule_set(partner.thread, &low) == OK);
		/* This thread's turn may end just then, on a machine that is busy otherwise; not each time. */
		for (uint32_t i = 100; i < 100 + TRIES && !later; i++) {
			CHECK(signal_submit((signal_t){signal}) == OK);
			later = seen->count == i;
			while (seen->count == i)
				thread_yield();
		}
		CHECK(later);
		partner_end(&partner);
	}
	object_end(signal);
}
