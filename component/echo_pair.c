/* SPDX-License-Identifier: MIT */
/*
 * Clients and a server in one component, talking over its own endpoint. The server has a reply object for each
 * client and leaves a call unanswered for as long as the client asks, while it serves others: so at most instants
 * some client's call is being served.
 *
 *    client ── ECHO: value, hold time, signal of its own with badge ──► server: submits to it
 *           ◄─ mixed value, the endpoint with a badge for this call ──
 *           ── PING by that endpoint ──► server: answers with the badge it came by, at once
 */
#include <framework/memory.h>
#include <kernel/ipc.h>

#include "component/subject.h"

enum { CLIENTS = 3, REPLIES = CLIENTS + 1, STACK = 64 * 1024, ECHO = 1, PING, HOLD_MOST_US = 1500, PING_BADGE = 0x1000 };

struct held {
	reply_t reply;
	bool bound;                /* a call waits to be answered by it */
	uint64_t due;              /* when */
	uint32_t badge, words[2];
	slot_t signal;             /* that came with it */
};

static struct {
	uint64_t steps;
	ep_t ep;
	signal_t done;
	slot_t client[CLIENTS];    /* the endpoint with the client's badge */
	uint64_t result[CLIENTS];
} all;

static uint32_t value_mix(uint32_t value, uint32_t badge)
{
	return (uint32_t)subject_mix((uint64_t)badge << 32 | value);
}

static void message_set(uint32_t w0, uint32_t w1, uint32_t w2, slot_t cap)
{
	struct utcb *utcb = utcb_self();

	utcb->words[0] = w0;
	utcb->words[1] = w1;
	utcb->words[2] = w2;
	utcb->word_count = 3;
	utcb->caps[0] = cap;
	utcb->cap_count = cap ? 1 : 0;
}

/* Server: what came is a signal to submit to, of that badge; the answer carries a badge for one PING. */
static void held_answer(struct held *held)
{
	struct cap_entry entry;
	slot_t ping;

	subject_check(subject_slot(held->signal, &entry), "the signal of client %u is gone", held->badge);
	subject_check(entry.kind == KIND_SIGNAL && entry.rights == RIGHT_SEND && entry.badge == (held->words[0] | 1),
	              "kind %u, rights %x, badge %x", entry.kind, entry.rights, entry.badge);
	subject_ok(signal_submit((signal_t){held->signal}));
	slot_give(held->signal);
	subject_ok(cap_mint(cap_any(all.ep), PING_BADGE + held->badge, RIGHT_SEND, &ping));
	message_set(value_mix(held->words[0], held->badge), held->badge, 0, ping);
	held->bound = false;
	subject_ok(ipc_reply(held->reply));
	slot_give(ping);
}

/* Answers what is due: the next time at which something is. */
static uint64_t held_look(struct held *held)
{
	uint64_t next = DEADLINE_NEVER, now = clock_now();

	for (uint32_t i = 0; i < REPLIES; i++) {
		if (held[i].bound && held[i].due <= now)
			held_answer(&held[i]);
		if (held[i].bound && held[i].due < next)
			next = held[i].due;
	}
	return next;
}

static void call_take(struct held *held)
{
	struct utcb *utcb = utcb_self();

	if (utcb->words[0] == PING) {
		message_set(utcb->badge, 0, 0, 0);
		subject_ok(ipc_reply(held->reply));
		return;
	}
	subject_check(utcb->words[0] == ECHO && utcb->word_count == 3 && utcb->badge && utcb->badge <= CLIENTS,
	              "operation %u, badge %u", utcb->words[0], utcb->badge);
	subject_check(utcb->cap_count == 1 && utcb->caps[0], "no capability from client %u", utcb->badge);
	utcb->receive[0] = 0;
	*held = (struct held){held->reply, true, clock_now() + utcb->words[2] * 1000ull, utcb->badge,
	                      {utcb->words[1], utcb->words[2]}, utcb->caps[0]};
}

static void serve(addr_t argument)
{
	static struct held held[REPLIES];
	struct utcb *utcb = utcb_self();

	(void)argument;
	for (uint32_t i = 0; i < REPLIES; i++)
		subject_ok(reply_alloc(&held[i].reply));
	for (;;) {
		uint64_t next = held_look(held);
		uint32_t free = 0;
		while (held[free].bound)
			free++;
		if (!utcb->receive[0])
			subject_ok(slot_take(&utcb->receive[0]));
		err_t err = ipc_wait(all.ep, held[free].reply, (signal_t){0}, next);
		if (err == OK)
			call_take(&held[free]);
		else
			subject_expect(err, ERR_TIMEOUT);
	}
}

/* The capability that a reply brought stands for the endpoint, under a badge that is for this client alone. */
static void client_ping(slot_t ping, uint32_t badge)
{
	struct cap_entry entry;

	subject_check(subject_slot(ping, &entry), "the endpoint did not arrive");
	subject_check(entry.kind == KIND_ENDPOINT && entry.rights == RIGHT_SEND && entry.badge == PING_BADGE + badge,
	              "kind %u, rights %x, badge %x", entry.kind, entry.rights, entry.badge);
	message_set(PING, 0, 0, 0);
	subject_ok(ipc_call((ep_t){ping}));
	subject_check(utcb_self()->words[0] == PING_BADGE + badge, "badge %x", utcb_self()->words[0]);
	slot_give(ping);
}

static uint32_t client_step(uint32_t n, signal_t own, uint32_t value, uint32_t hold)
{
	struct utcb *utcb = utcb_self();
	uint32_t badge = n + 1, badges, count;
	slot_t minted, ping;

	subject_ok(cap_mint(cap_any(own), value | 1, RIGHT_SEND, &minted));
	subject_ok(slot_take(&ping));
	utcb->receive[0] = ping;
	message_set(ECHO, value, hold, minted);
	subject_ok(ipc_call((ep_t){all.client[n]}));
	utcb->receive[0] = 0;
	uint32_t answer = utcb->words[0];
	subject_check(utcb->word_count == 3 && utcb->words[1] == badge && answer == value_mix(value, badge),
	              "answer %x for client %u", answer, utcb->words[1]);
	subject_check(utcb->cap_count == 1 && utcb->caps[0] == ping, "no capability came back");
	client_ping(ping, badge);
	subject_ok(signal_wait(own, 0, &badges, &count));
	subject_check(badges == (value | 1) && count == 1, "badges %x, count %u", badges, count);
	slot_give(minted);
	return answer;
}

static void ask(addr_t n)
{
	uint64_t choice = subject_mix(n);
	signal_t own;

	subject_ok(signal_alloc(&own));
	for (uint64_t step = 0; step < all.steps; step++) {
		choice = subject_mix(choice);
		uint32_t answer = client_step((uint32_t)n, own, (uint32_t)choice, (uint32_t)(choice >> 32) % HOLD_MOST_US);
		all.result[n] = subject_mix(all.result[n] ^ answer);
	}
	subject_ok(signal_submit(all.done));
	for (;;)
		subject_sleep(clock_now() + (uint64_t)1000 * MILLISECOND);
}

int component_main(addr_t argument)
{
	uint64_t result = 0;

	(void)argument;
	all.steps = subject_begin("echo_pair", "clients whose calls are left unanswered for a while");
	subject_ok(ep_alloc(&all.ep));
	subject_ok(signal_alloc(&all.done));
	subject_ok(thread_spawn(1, "server", STACK, serve, 0));
	for (uint32_t n = 0; n < CLIENTS; n++) {
		subject_ok(cap_mint(cap_any(all.ep), n + 1, RIGHT_SEND, &all.client[n]));
		subject_ok(thread_spawn(n + 2, "client", STACK, ask, n));
	}
	for (uint32_t ready = 0; ready < CLIENTS;) {
		uint32_t badges, count;
		subject_ok(signal_wait(all.done, DEADLINE_NEVER, &badges, &count));
		ready += count;
	}
	for (uint32_t n = 0; n < CLIENTS; n++)
		result = subject_mix(result ^ all.result[n]);
	return subject_finish(all.steps, result);
}
