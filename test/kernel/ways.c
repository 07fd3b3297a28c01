/* SPDX-License-Identifier: MIT */
/*
 * The kernel suite: a kernel may have a short way for messages between threads that wait for ever. A server that waits with
 * a deadline goes the long way; both must see and leave the same, word for word.
 */
#include <framework/memory.h>

#include "test/kernel/suite.h"

#define SHARED_AT ((addr_t)0x6000000)
#define FAR_NS 1000000000000ull

/* What the server is told, and what it saw of the last message. */
struct shared {
	uint64_t wait_ns; /* 0: for ever */
	struct utcb seen;
};

/* All that can be seen of one call from outside. */
struct trace {
	struct utcb at_server, at_client, of_server;
	uint32_t run;
};

enum { CALLS = 12, WAYS = 3 };

static const uint32_t counts[CALLS] = {0, 1, 3, 4, 5, 8, 17, 31, 32, 33, 1000, ~0u};

static struct trace traces[WAYS][CALLS];
static struct partner partner;
static slot_t ep, reply;

/* Answers with one word less, or with all of them for an empty message. */
static void partner_mirror(addr_t address)
{
	struct shared *shared = (struct shared *)address;
	uint64_t until = shared->wait_ns ? clock_now() + shared->wait_ns : DEADLINE_NEVER;
	struct utcb *utcb = utcb_self();

	memset(utcb->extra, 0, sizeof utcb->extra);   /* where the clock was told */
	err_t err = ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){PARTNER_SIGNAL}, until);
	while (err == OK) {
		shared->seen = *utcb;
		for (uint32_t i = 0; i < MESSAGE_WORDS; i++)
			utcb->words[i] = ~utcb->words[i];
		utcb->word_count--;
		err = ipc_reply_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){PARTNER_SIGNAL}, until);
	}
}

static void call_trace(const struct shared *shared, ep_t client, uint32_t words, struct trace *trace)
{
	static struct thread_state state;
	struct utcb *utcb = utcb_self();

	for (uint32_t i = 0; i < MESSAGE_WORDS; i++)
		utcb->words[i] = words * 1000 + i;
	utcb->word_count = words;
	utcb->cap_count = 0;
	utcb->badge = utcb->event = 0;
	CHECK(ipc_call(client) == OK);
	trace->at_client = *utcb;
	trace->at_server = shared->seen;
	do {
		thread_yield();
		CHECK(thread_pause(partner.thread, 1000000000) == OK && thread_read(partner.thread, &state) == OK);
		CHECK(thread_resume(partner.thread) == OK);
	} while (state.run != THREAD_WAITING);
	trace->run = state.run;
	trace->of_server = state.utcb;
}

static void way_trace(uint64_t wait_ns, uint32_t priority, ep_t client, struct trace *list)
{
	const struct thread_schedule schedule = {priority, AFFINITY_ANY, 0, 0};
	addr_t memory = memory_take(PAGE_SIZE);
	struct shared *shared = memory_see(memory, PAGE_SIZE);
	slot_t signal = object_make(KIND_SIGNAL);

	partner_make(&partner, partner_mirror, SHARED_AT, (ep_t){0});
	CHECK(pd_map(partner.pd, SHARED_AT, MEMORY, memory, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	partner_give(&partner, PARTNER_EP, ep, RIGHT_WAIT, 0);
	partner_give(&partner, PARTNER_REPLY, reply, RIGHT_ALL, 0);
	partner_give(&partner, PARTNER_SIGNAL, signal, RIGHT_WAIT, 0);
	err_t err = priority ? thread_schedule_set(partner.thread, &schedule) : OK;
	CHECK(err == OK || err == ERR_UNSUPPORTED);
	shared->wait_ns = wait_ns;
	partner_start(&partner);
	for (uint32_t i = 0; i < CALLS; i++) {
		memset(utcb_self()->extra, 0, sizeof utcb_self()->extra);
		call_trace(shared, client, counts[i], &list[i]);
	}
	partner_end(&partner);
	object_end(signal);
}

TEST(ways, "a message is the same to both sides by every way that it may go, with any number of words")
{
	slot_t client = slot_take();

	ep = object_make(KIND_ENDPOINT);
	reply = object_make(KIND_REPLY);
	CHECK(cap_copy(PD_SELF, ep, PD_SELF, client, RIGHT_SEND, 23) == OK);
	way_trace(0, 0, (ep_t){client}, traces[0]);
	way_trace(FAR_NS, 0, (ep_t){client}, traces[1]);
	way_trace(0, 5, (ep_t){client}, traces[2]);
	for (uint32_t i = 0; i < CALLS; i++) {
		const struct trace *trace = &traces[0][i];
		uint32_t arrived = counts[i] < MESSAGE_WORDS ? counts[i] : MESSAGE_WORDS;
		CHECK(trace->at_server.word_count == arrived && trace->at_server.badge == 23);
		CHECK(trace->at_client.word_count == (arrived ? arrived - 1 : MESSAGE_WORDS));
		CHECK(memcmp(trace, &traces[1][i], sizeof *trace) == 0);
		CHECK(memcmp(trace, &traces[2][i], sizeof *trace) == 0);
	}
	CHECK(cap_delete(PD_SELF, client) == OK);
	object_end(reply);
	object_end(ep);
}
