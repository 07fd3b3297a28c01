/* SPDX-License-Identifier: MIT */
/* The kernel suite: the clocks of domains, and deadlines. */
#include "test/kernel/suite.h"

#define SLEEP ((struct sleep *)0x6000000)

struct sleep {
	uint64_t deadline;
	volatile uint32_t result;   /* err_t; OK: it did not end */
};

static void partner_sleep(addr_t unused)
{
	uint32_t badges, count;

	(void)unused;
	SLEEP->result = signal_wait((signal_t){PARTNER_SIGNAL}, SLEEP->deadline, &badges, &count);
	partner_rest();
}

/* The partner sleeps till `deadline`, with its clock at `start` and later at `end`. What its sleep had come to before that. */
static err_t sleep_try(uint64_t start, uint64_t deadline, uint64_t end)
{
	static struct partner partner;
	addr_t page = memory_take(PAGE_SIZE);
	struct sleep *sleep = memory_see(page, PAGE_SIZE);
	slot_t signal = object_make(KIND_SIGNAL);
	uint32_t badges, count;

	sleep->deadline = deadline;
	partner_make(&partner, partner_sleep, 0, (ep_t){0});
	partner_give(&partner, PARTNER_SIGNAL, signal, RIGHT_WAIT, 0);
	CHECK(pd_map(partner.pd, (addr_t)SLEEP, MEMORY, page, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	CHECK(pd_clock_set(partner.pd, start) == OK);
	partner_start(&partner);
	CHECK(signal_wait((signal_t){signal}, clock_now() + 5000000, &badges, &count) == ERR_TIMEOUT);
	err_t before = (err_t)sleep->result;
	CHECK(pd_clock_set(partner.pd, end) == OK);
	for (uint32_t i = 0; i < 1000 && !sleep->result; i++)
		CHECK(signal_wait((signal_t){signal}, clock_now() + 1000000, &badges, &count) == ERR_TIMEOUT);
	CHECK(sleep->result == ERR_TIMEOUT);
	partner_end(&partner);
	object_end(signal);
	return before;
}

TEST(clock, "a domain's clock goes on from where it is set")
{
	static struct partner partner;
	uint64_t now;

	partner_make(&partner, partner_sleep, 0, (ep_t){0});
	CHECK(pd_clock_set(partner.pd, 5) == OK);
	CHECK(pd_clock_get(partner.pd, &now) == OK && now >= 5 && now < 10000000000);
	partner_end(&partner);
}

TEST(deadlines, "a deadline is as far away as the domain's own clock says, however large the numbers are")
{
	const uint64_t half = 1ull << 63, quarter = 1ull << 62, hour = 3600000000000;

	CHECK(sleep_try(5, hour, hour - 1000000) == OK);
	CHECK(sleep_try(5, half, half + 5) == OK);
	CHECK(sleep_try(quarter, quarter + half, quarter + half - 1000000) == OK);
	CHECK(sleep_try(half + quarter, half + quarter + hour, half + quarter + hour) == OK);
	CHECK(sleep_try(half + quarter, half + quarter + 1, 0) == ERR_TIMEOUT);
	CHECK(sleep_try(5, UINT64_MAX - hour, UINT64_MAX - hour) == OK);
}

/* A timer that is set to the very moment that it is must not be lost: nobody else would wake this thread again. */
TEST(deadlines_near, "a wait ends also if its deadline comes while the kernel sets the timer")
{
	enum { NEAREST = 0, FARTHEST = 12000, STEP = 3 };
	slot_t signal = object_make(KIND_SIGNAL);
	uint32_t badges, count;

	for (uint64_t ns = NEAREST; ns < FARTHEST; ns += STEP)
		CHECK(signal_wait((signal_t){signal}, clock_now() + ns, &badges, &count) == ERR_TIMEOUT);
	object_end(signal);
}
