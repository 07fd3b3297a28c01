/* SPDX-License-Identifier: MIT */
/* What messages and signals between two protection domains cost. */
#include "test/bench/armv7/figure.h"

enum { RECEIVE = 10, FAR = 1u << 30, SECOND_US = 1000000 };

static struct pair pair;

/* Answers every message with as many words; `wait_ns` from the start on no more (0: for ever). */
static void partner_answer(addr_t wait_ns)
{
	uint64_t until = wait_ns ? clock_now() + wait_ns : DEADLINE_NEVER;
	struct utcb *utcb = utcb_self();

	utcb->receive[0] = RECEIVE;
	err_t err = ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, until);
	while (err == OK) {
		utcb->cap_count = 0;
		err = ipc_reply_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, until);
	}
}

static void calls_measure(const char *what, uint32_t words, uint32_t caps, addr_t wait_ns, uint32_t priority,
                          uint32_t budget_us)
{
	const struct thread_schedule bounded = {priority, AFFINITY_ANY, budget_us, SECOND_US};
	bool right = true;

	pair_make(&pair, partner_answer, wait_ns, priority, false);
	CHECK(!budget_us || thread_schedule_set(pair.partner.thread, &bounded) == OK);
	utcb_self()->caps[0] = pair.signal;
	message_set(words, caps);
	right = ipc_call((ep_t){pair.ep}) == OK;
	uint64_t start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++) {
		utcb_self()->caps[0] = pair.signal;
		message_set(words, caps);
		right = right && ipc_call((ep_t){pair.ep}) == OK;
	}
	figure_say(what, clock_now() - start, ROUNDS);
	CHECK(right && utcb_self()->word_count == words);
	pair_end(&pair);
}

TEST(messages, "call and reply between two protection domains")
{
	calls_measure("call and reply, no words", 0, 0, 0, 0, 0);
	calls_measure("call and reply, 4 words", 4, 0, 0, 0, 0);
	calls_measure("call and reply, 32 words", 32, 0, 0, 0, 0);
	calls_measure("call and reply, 4 words, a server of higher priority", 4, 0, 0, 5, 0);
	calls_measure("call and reply, 4 words, a server with a budget", 4, 0, 0, 0, SECOND_US / 2);
	calls_measure("call and reply, 4 words, the long way: a server with a deadline", 4, 0, FAR, 0, 0);
	calls_measure("call with a capability, and reply, 4 words", 4, 1, 0, 0, 0);
}

/* Answers with the time at which it had the message. */
static void partner_stamp(addr_t unused)
{
	struct utcb *utcb = utcb_self();

	(void)unused;
	utcb->receive[0] = RECEIVE;
	err_t err = ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);
	while (err == OK) {
		utcb->words[0] = (uint32_t)clock_now();
		utcb->cap_count = 0;
		err = ipc_reply_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);
	}
}

/* What reading the clock costs is not in it. */
static void way_measure(const char *what, uint32_t caps)
{
	uint32_t spent = 0;
	bool right = true;

	uint64_t start = clock_now();
	for (uint32_t i = 1; i < ROUNDS; i++)
		right = right && clock_now() >= start;
	uint32_t reading = (uint32_t)(clock_now() - start);
	pair_make(&pair, partner_stamp, 0, 0, false);
	message_set(4, 0);
	right = right && ipc_call((ep_t){pair.ep}) == OK;
	for (uint32_t i = 0; i < ROUNDS; i++) {
		utcb_self()->caps[0] = pair.signal;
		message_set(4, caps);
		uint32_t sent = (uint32_t)clock_now();
		right = right && ipc_call((ep_t){pair.ep}) == OK;
		spent += utcb_self()->words[0] - sent;
	}
	CHECK(right && spent > reading);
	figure_say(what, spent - reading, ROUNDS);
	pair_end(&pair);
}

TEST(ways, "messages on their way to another protection domain")
{
	way_measure("message one way, 4 words, from the call to the server", 0);
	way_measure("capability one way, in a message of 4 words, from the call to the server", 1);
}

static void partner_take(addr_t unused)
{
	uint32_t badges, count;

	(void)unused;
	while (signal_wait((signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER, &badges, &count) == OK)
		;
}

TEST(signals, "signals to another protection domain")
{
	uint32_t badges, count;
	bool right = true;

	pair_make(&pair, partner_take, 0, 5, false);
	uint64_t start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		right = right && signal_submit((signal_t){pair.signal}) == OK;
	figure_say("signal submitted, delivered to a waiting thread of higher priority, which waits again", clock_now() - start,
	           ROUNDS);
	CHECK(right && signal_get((signal_t){pair.signal}, &badges, &count) == OK && !count);
	pair_end(&pair);
}

/* Faults at the same address again and again. */
static void partner_fault(addr_t address)
{
	*(volatile uint32_t *)address = 1;
}

TEST(faults, "faults to a handler in another protection domain")
{
	bool right = true;

	pair_make(&pair, partner_fault, 0x6000000, 0, true);
	CHECK(ipc_wait((ep_t){pair.ep}, (reply_t){pair.reply}, (signal_t){0}, DEADLINE_NEVER) == OK);
	uint64_t start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++) {
		utcb_self()->words[0] = FAULT_RETRY;
		message_set(1, 0);
		right = right && ipc_reply_wait((ep_t){pair.ep}, (reply_t){pair.reply}, (signal_t){0}, DEADLINE_NEVER) == OK;
	}
	figure_say("fault to a handler in another domain, answer, instruction done again", clock_now() - start, ROUNDS);
	CHECK(right && utcb_self()->words[0] == FAULT_PAGE);
	pair_end(&pair);
}
