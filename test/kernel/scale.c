/* SPDX-License-Identifier: MIT */
/* The kernel suite: many components at once, and what pausing one costs then. Figures are printed, not judged. */
#include "test/kernel/suite.h"

enum { MANY = 300, ROUNDS = 500 };

static void partner_wait(addr_t unused)
{
	uint32_t badges, count;

	(void)unused;
	for (;;)
		if (signal_wait((signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER, &badges, &count) != OK)
			thread_yield();
}

static void partner_spin(addr_t unused)
{
	(void)unused;
	for (volatile uint64_t i = 0;; i++)
		;
}

static void say_figure(const char *what, uint64_t nanoseconds)
{
	say("       ");
	say(what);
	say(": ");
	say_number(nanoseconds);
	say(" ns\n");
}

/* Median of pause and resume of one partner. */
static uint64_t pause_median(pd_t pd)
{
	static uint64_t sample[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = clock_now();
		CHECK(pd_pause(pd, 1000000000) == OK);
		CHECK(pd_resume(pd) == OK);
		uint64_t value = clock_now() - start;
		int at = i;
		for (; at > 0 && sample[at - 1] > value; at--)
			sample[at] = sample[at - 1];
		sample[at] = value;
	}
	return sample[ROUNDS / 2];
}

TEST(many, "300 components wait at once; each is paused and resumed; one that computes is too")
{
	static struct partner partners[MANY], busy;
	slot_t signal = object_make(KIND_SIGNAL);

	uint64_t start = clock_now();
	for (int i = 0; i < MANY; i++) {
		partner_make(&partners[i], partner_wait, 0, (ep_t){0});
		partner_give(&partners[i], PARTNER_SIGNAL, signal, RIGHT_WAIT, 0);
		partner_start(&partners[i]);
	}
	say_figure("making one component", (clock_now() - start) / MANY);
	partner_make(&busy, partner_spin, 0, (ep_t){0});
	partner_start(&busy);
	say_figure("pause and resume, waiting thread, median", pause_median(partners[0].pd));
	say_figure("pause and resume, computing thread, median", pause_median(busy.pd));
	for (int i = 0; i < MANY; i++)
		CHECK(pd_pause(partners[i].pd, 1000000000) == OK);
	for (int i = 0; i < MANY; i++)
		partner_end(&partners[i]);
	partner_end(&busy);
	object_end(signal);
}

TEST(mapping, "a range is mapped, mapped again and unmapped; what a page of it costs is printed")
{
	enum { PAGES = 1024 };
	const addr_t size = PAGES * PAGE_SIZE, offset = memory_take(size), low = window_base + ((addr_t)1 << 29);
	static const char *const what[] = {"map a page, the first time", "map a page over it", "unmap a page"};

	for (int i = 0; i < 3; i++) {
		uint64_t start = clock_now();
		if (i < 2)
			CHECK(pd_map(PD_SELF, low, MEMORY, offset, size, RIGHT_READ | RIGHT_WRITE) == OK);
		else
			CHECK(pd_unmap(PD_SELF, low, size) == OK);
		say_figure(what[i], (clock_now() - start) / PAGES);
	}
}
