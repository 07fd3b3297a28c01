/* SPDX-License-Identifier: MIT */
/* The kernel suite: objects are revoked while many threads are blocked on them, and faults whose handler does not help. */
#include "test/kernel/suite.h"

enum { THREADS = 20, MORE = 768 * 1024, STACK = 2048, SLOT_OBJECT = 4 };
#define SHARED_AT ((addr_t)0x6000000)
#define STACKS_TOP ((addr_t)0x10000000)

struct shared {
	volatile uint32_t gone[THREADS], other[THREADS]; /* how the call of each thread ended */
};

static struct partner partner;
static struct shared *shared;
static thread_t threads[THREADS];

static void end_note(addr_t index, err_t err)
{
	uint32_t badges, count;

	(err == ERR_GONE ? ((struct shared *)SHARED_AT)->gone : ((struct shared *)SHARED_AT)->other)[index]++;
	for (;;)
		if (signal_wait((signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER, &badges, &count) != OK)
			thread_yield();
}

static void thread_call(addr_t index)
{
	utcb_self()->word_count = 0;
	utcb_self()->cap_count = 0;
	end_note(index, ipc_call((ep_t){SLOT_OBJECT}));
}

static void thread_receive(addr_t index)
{
	const reply_t own = {(slot_t)(SLOT_OBJECT + 1 + index)};

	end_note(index, ipc_wait((ep_t){SLOT_OBJECT}, own, (signal_t){0}, DEADLINE_NEVER));
}

static void thread_take(addr_t index)
{
	uint32_t badges, count;

	end_note(index, signal_wait((signal_t){SLOT_OBJECT}, DEADLINE_NEVER, &badges, &count));
}

static void thread_fault(addr_t address)
{
	*(volatile uint32_t *)(address | 0x7000000) = 1;
}

/* A domain with `count` threads of that kind, each with a stack of its own; not started. */
static void threads_make(void (*main)(addr_t), uint32_t count, slot_t object, slot_t silent, ep_t fault_ep)
{
	addr_t memory = memory_take(PAGE_SIZE);

	shared = memory_see(memory, PAGE_SIZE);
	partner_make(&partner, main, 0, fault_ep);
	CHECK(pd_map(partner.pd, SHARED_AT, MEMORY, memory, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	CHECK(pd_donate(partner.pd, MEMORY, memory_take(MORE), MORE) == OK);
	partner_give(&partner, SLOT_OBJECT, object, RIGHT_SEND | RIGHT_WAIT, 0);
	partner_give(&partner, PARTNER_SIGNAL, silent, RIGHT_WAIT, 0);
	threads[0] = partner.thread;
	for (uint32_t i = 1; i < count; i++)
		threads[i] = thread_make(partner.pd, i, STACKS_TOP - i * STACK, main, i, fault_ep);
}

static void threads_start(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		CHECK(thread_resume(threads[i]) == OK);
}

static void threads_end(uint32_t count)
{
	partner_end(&partner);
	for (uint32_t i = 1; i < count; i++)
		object_end(threads[i].slot);
}

/* Until a thread is in that state. */
static bool thread_reaches(thread_t thread, enum thread_run run)
{
	static struct thread_state state;

	for (int tries = 0; tries < 100000; tries++) {
		thread_yield();
		if (thread_pause(thread, 1000000000) != OK || thread_read(thread, &state) != OK)
			return false;
		if (state.run == run)
			return thread_resume(thread) == OK || run == THREAD_STOPPED;
		if (thread_resume(thread) != OK)
			return false;
	}
	return false;
}

static void gone_try(void (*main)(addr_t), enum kind kind, enum thread_run run)
{
	slot_t object = object_make(kind), silent = object_make(KIND_SIGNAL), replies[THREADS];
	bool right = true;

	threads_make(main, THREADS, object, silent, (ep_t){0});
	for (uint32_t i = 0; i < THREADS; i++) {
		replies[i] = object_make(KIND_REPLY);
		partner_give(&partner, SLOT_OBJECT + 1 + i, replies[i], RIGHT_ALL, 0);
	}
	threads_start(THREADS);
	for (uint32_t i = 0; i < THREADS; i++)
		right = right && thread_reaches(threads[i], run);
	object_end(object);
	for (uint32_t i = 0; i < THREADS; i++) {
		while (!shared->gone[i] && !shared->other[i])
			thread_yield();
		right = right && shared->gone[i] == 1 && !shared->other[i];
	}
	CHECK(right);
	threads_end(THREADS);
	for (uint32_t i = 0; i < THREADS; i++)
		object_end(replies[i]);
	object_end(silent);
}

TEST(gone, "an object is revoked: whoever calls, waits at an endpoint or waits for a signal, many at once, is told")
{
	gone_try(thread_call, KIND_ENDPOINT, THREAD_CALLING);
	gone_try(thread_receive, KIND_ENDPOINT, THREAD_WAITING);
	gone_try(thread_take, KIND_SIGNAL, THREAD_WAITING);
}

TEST(gone_reply, "a reply object is revoked: the caller that awaits it is told; one that faulted stays stopped")
{
	slot_t ep = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY), silent = object_make(KIND_SIGNAL);

	threads_make(thread_call, 1, ep, silent, (ep_t){0});
	threads_start(1);
	CHECK(ipc_wait((ep_t){ep}, (reply_t){reply}, (signal_t){0}, DEADLINE_NEVER) == OK);
	object_end(reply);
	while (!shared->gone[0] && !shared->other[0])
		thread_yield();
	CHECK(shared->gone[0] == 1 && ipc_reply((reply_t){reply}) == ERR_CAPABILITY);
	threads_end(1);
	reply = object_make(KIND_REPLY);
	threads_make(thread_fault, 1, ep, silent, (ep_t){ep});
	threads_start(1);
	CHECK(ipc_wait((ep_t){ep}, (reply_t){reply}, (signal_t){0}, DEADLINE_NEVER) == OK);
	CHECK(utcb_self()->words[0] == FAULT_PAGE);
	object_end(reply);
	CHECK(thread_reaches(threads[0], THREAD_STOPPED));
	threads_end(1);
	object_end(silent);
	object_end(ep);
}

/* A thread that faults is answered so, and must stand still then. */
static void fault_answer(uint32_t answer)
{
	slot_t ep = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY), silent = object_make(KIND_SIGNAL);

	threads_make(thread_fault, 1, ep, silent, (ep_t){ep});
	threads_start(1);
	CHECK(ipc_wait((ep_t){ep}, (reply_t){reply}, (signal_t){0}, DEADLINE_NEVER) == OK);
	utcb_self()->words[0] = answer;
	utcb_self()->word_count = 1;
	utcb_self()->cap_count = 0;
	CHECK(ipc_reply((reply_t){reply}) == OK && thread_reaches(threads[0], THREAD_STOPPED));
	threads_end(1);
	object_end(silent);
	object_end(reply);
	object_end(ep);
}

TEST(fault_answers, "a fault that is answered by stop, by nonsense, or by reflection to no handler stops the thread")
{
	fault_answer(FAULT_STOP);
	fault_answer(77);
	fault_answer(FAULT_REFLECT);
}
