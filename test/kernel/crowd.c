/* SPDX-License-Identifier: MIT */
/*
 * The kernel suite: a domain of many threads stands and goes as one, though a kernel may stop and start its threads piece by
 * piece while another thread of high priority wakes; and badges go with those who call by them.
 */
#include "test/kernel/suite.h"

enum { THREADS = 60, ROUNDS = 40, STACK = 1024, WHILE_NS = 200000, ENDS = 12, TRIES = 20000, BADGE = 5, OTHER = 6 };
#define SHARED_AT ((addr_t)0x6000000)
#define STACKS_TOP ((addr_t)0x10000000)

struct shared {
	volatile uint32_t steps[THREADS];
	volatile uint32_t gone[THREADS];
};

static struct partner crowd;
static struct shared *shared;
static thread_t threads[THREADS];
static slot_t ep, silent;

/* Some compute, others wait or yield. */
static void thread_step(addr_t index)
{
	struct shared *own = (struct shared *)SHARED_AT;
	uint32_t badges, count;

	for (;; own->steps[index]++) {
		err_t ignored = OK;
		if (index % 3)
			ignored = signal_wait((signal_t){PARTNER_SIGNAL}, clock_now() + 20000, &badges, &count);
		else if (index % 4)
			thread_yield();
		(void)ignored;
	}
}

static void thread_call(addr_t index)
{
	struct shared *own = (struct shared *)SHARED_AT;
	uint32_t badges, count;

	utcb_self()->word_count = utcb_self()->cap_count = 0;
	own->gone[index] = ipc_call((ep_t){PARTNER_EP + index % 2}) == ERR_GONE ? 1 : 2;
	err_t ignored = signal_wait((signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER, &badges, &count);
	(void)ignored;
}

static void crowd_make(void (*main)(addr_t))
{
	addr_t memory = memory_take(PAGE_SIZE);

	ep = object_make(KIND_ENDPOINT);
	silent = object_make(KIND_SIGNAL);
	shared = memory_see(memory, PAGE_SIZE);
	partner_make(&crowd, main, 0, (ep_t){0});
	CHECK(pd_map(crowd.pd, SHARED_AT, MEMORY, memory, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	CHECK(pd_donate(crowd.pd, MEMORY, memory_take(PD_DONATE_MAX), PD_DONATE_MAX) == OK);
	CHECK(pd_donate(crowd.pd, MEMORY, memory_take(2 * PD_DONATE_MAX), PD_DONATE_MAX + PAGE_SIZE) == ERR_RANGE);
	partner_give(&crowd, PARTNER_EP, ep, RIGHT_SEND, BADGE);
	partner_give(&crowd, PARTNER_EP + 1, ep, RIGHT_SEND, OTHER);
	partner_give(&crowd, PARTNER_SIGNAL, silent, RIGHT_WAIT, 0);
	threads[0] = crowd.thread;
	for (uint32_t i = 1; i < THREADS; i++)
		threads[i] = thread_make(crowd.pd, i, STACKS_TOP - i * STACK, main, i, (ep_t){0});
	waker_make();
}

static void crowd_end(void)
{
	partner_end(&crowd);
	for (uint32_t i = 1; i < THREADS; i++)
		object_end(threads[i].slot);
	waker_end();
	object_end(silent);
	object_end(ep);
}

static uint64_t steps_sum(void)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < THREADS; i++)
		sum += shared->steps[i];
	return sum;
}

static void time_pass(void)
{
	uint32_t badges, count;
	err_t ignored = signal_wait((signal_t){silent}, clock_now() + WHILE_NS, &badges, &count);

	(void)ignored;
}

/* All of them go on. */
static bool all_step(void)
{
	uint32_t before[THREADS], tries = 0;

	for (uint32_t i = 0; i < THREADS; i++)
		before[i] = shared->steps[i];
	for (uint32_t i = 0; i < THREADS; i++)
		while (shared->steps[i] == before[i])
			if (tries++ == TRIES)
				return false;
			else
				time_pass();
	return true;
}

TEST(crowd_stands, "a domain of many threads stands while it is paused, every one of them, and goes on whole")
{
	bool stood = true;

	crowd_make(thread_step);
	CHECK(pd_resume(crowd.pd) == ERR_STATE && pd_pause(crowd.pd, 1000000000) == OK);
	CHECK(pd_pause(crowd.pd, 1000000000) == ERR_STATE);
	for (uint32_t i = 0; i < THREADS; i++)
		CHECK(thread_resume(threads[i]) == OK);
	CHECK(!steps_sum() && pd_resume(crowd.pd) == OK);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		time_pass();
		stood = stood && pd_pause(crowd.pd, 1000000000) == OK;
		uint64_t before = steps_sum();
		time_pass();
		stood = stood && steps_sum() == before && pd_resume(crowd.pd) == OK;
	}
	CHECK(stood);
	CHECK(all_step());
	crowd_end();
}

/* Pauses and resumes the domain in its slot without end. */
static void changer_change(addr_t unused)
{
	const pd_t pd = {PARTNER_EP};

	(void)unused;
	for (;;) {
		err_t ignored = pd_pause(pd, 1000000000);
		(void)ignored;
		ignored = pd_resume(pd);
		(void)ignored;
	}
}

/* Whatever the call was that it was ended in. */
TEST(crowd_left, "whoever pauses or resumes a domain is ended amid that, and the next one's pause and resume are whole")
{
	static struct partner changer;
	bool stood = true, went = true, own = true;

	crowd_make(thread_step);
	for (uint32_t i = 0; i < THREADS; i++)
		CHECK(thread_resume(threads[i]) == OK);
	for (uint32_t round = 0; round < ENDS; round++) {
		partner_make(&changer, changer_change, 0, (ep_t){0});
		partner_give(&changer, PARTNER_EP, crowd.pd.slot, RIGHT_CONTROL, 0);
		partner_start(&changer);
		for (uint32_t i = 0; i <= round % 5; i++)
			time_pass();
		partner_end(&changer);
		err_t err = round % 2 ? pd_resume(crowd.pd) : OK;   /* what is half-way can be ended either way */
		own = own && (err == OK || err == ERR_STATE);
		err = pd_pause(crowd.pd, 1000000000);
		own = own && (err == OK || err == ERR_STATE);
		uint64_t before = steps_sum();
		time_pass();
		stood = stood && steps_sum() == before;
		own = own && pd_resume(crowd.pd) == OK;
		went = went && all_step();
	}
	CHECK(stood && went && own);
	crowd_end();
}

static void calling_await(thread_t thread)
{
	static struct thread_state state;

	do {
		time_pass();
		CHECK(thread_pause(thread, 1000000000) == OK && thread_read(thread, &state) == OK);
		CHECK(thread_resume(thread) == OK);
	} while (state.run != THREAD_CALLING);
}

TEST(crowd_badge, "a badge is revoked for all who call by it and nobody else, but not by a capability that has one")
{
	slot_t own = slot_take();
	bool right = true;

	crowd_make(thread_call);
	CHECK(cap_copy(PD_SELF, ep, PD_SELF, own, RIGHT_ALL, BADGE) == OK);
	for (uint32_t i = 0; i < THREADS; i++)
		CHECK(thread_resume(threads[i]) == OK);
	for (uint32_t i = 0; i < THREADS; i++)
		calling_await(threads[i]);
	CHECK(cap_revoke_badge((cap_t){own}, BADGE) == ERR_RIGHTS && cap_revoke_badge((cap_t){ep}, BADGE) == OK);
	CHECK(cap_delete(PD_SELF, own) == ERR_CAPABILITY);
	CHECK(cap_delete(crowd.pd, PARTNER_EP) == ERR_CAPABILITY);
	for (uint32_t i = 0; i < THREADS; i += 2)
		while (!shared->gone[i])
			time_pass();
	for (uint32_t i = 0; i < THREADS; i++)
		right = right && shared->gone[i] == (i % 2 ? 0 : 1);
	CHECK(right && cap_delete(crowd.pd, PARTNER_EP + 1) == OK);
	crowd_end();
}
