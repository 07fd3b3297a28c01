/* SPDX-License-Identifier: MIT */
/* The kernel suite: what runs out and who dies at a bad moment: slots, a server that owes a reply, a client, a handler of faults. */
#include "test/kernel/suite.h"

enum { SLOTS = 16, WORD = 42, FAULTS = 5, LIMIT_NS = 1000000000 };
#define SHARED ((volatile uint32_t *)0x6000000)
#define HOLE ((addr_t)0x7000000)
#define HANDLER_HOLE ((addr_t)0x8000000)
#define HANDLER_STACK ((addr_t)0x10000000 - 32 * 1024)

static struct partner client, server;
static volatile uint32_t *shared;
static addr_t shared_page;
static slot_t ep, reply;

static void stage_begin(void)
{
	shared_page = memory_take(PAGE_SIZE);
	shared = memory_see(shared_page, PAGE_SIZE);
	ep = object_make(KIND_ENDPOINT);
	reply = object_make(KIND_REPLY);
}

static void stage_end(void)
{
	object_end(reply);
	object_end(ep);
}

static void begin(struct partner *partner, void (*main)(addr_t), ep_t fault_ep)
{
	partner_make(partner, main, 0, fault_ep);
	CHECK(pd_map(partner->pd, (addr_t)SHARED, MEMORY, shared_page, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	partner_give(partner, PARTNER_EP, ep, RIGHT_SEND | RIGHT_WAIT | RIGHT_GRANT, 0);
	partner_give(partner, PARTNER_REPLY, reply, RIGHT_SEND | RIGHT_WAIT, 0);
	partner_start(partner);
}

static bool reaches(const struct partner *partner, enum thread_run run)
{
	static struct thread_state state;

	for (int tries = 0; tries < 100000; tries++) {
		thread_yield();
		if (thread_pause(partner->thread, LIMIT_NS) != OK || thread_read(partner->thread, &state) != OK)
			return false;
		if (state.run == run)
			return thread_resume(partner->thread) == OK || run == THREAD_STOPPED;
		if (thread_resume(partner->thread) != OK)
			return false;
	}
	return false;
}

static void message_one(uint32_t word)
{
	utcb_self()->words[0] = word;
	utcb_self()->word_count = 1;
	utcb_self()->cap_count = 0;
}

static bool receive(void)
{
	return ipc_wait((ep_t){ep}, (reply_t){reply}, (signal_t){0}, clock_now() + LIMIT_NS) == OK;
}

static void main_give(addr_t unused)
{
	(void)unused;
	message_one(WORD);
	utcb_self()->cap_count = 1;
	utcb_self()->caps[0] = PARTNER_EP;
	SHARED[0] = 1 + (uint32_t)ipc_call((ep_t){PARTNER_EP});
	partner_rest();
}

TEST(slots_full, "a domain whose slots are all in use is given nothing more, nor a receiver that names none, and nothing else is lost")
{
	const addr_t size = OBJECT_SIZE_PD + SLOTS * OBJECT_SIZE_SLOT, memory = memory_take(PAGE_SIZE);
	slot_t signal = object_make(KIND_SIGNAL), pd = slot_take();

	CHECK(object_create(KIND_PD, MEMORY, memory_take(size), size, (host_t){0}, pd) == OK);
	for (slot_t slot = 1; slot < SLOTS; slot++)
		CHECK(cap_copy(PD_SELF, signal, (pd_t){pd}, slot, RIGHT_SEND, 0) == OK);
	for (slot_t slot = 1; slot < SLOTS; slot++)
		CHECK(cap_copy(PD_SELF, signal, (pd_t){pd}, slot, RIGHT_SEND, 0) == ERR_SLOT_IN_USE);
	CHECK(cap_copy(PD_SELF, signal, (pd_t){pd}, SLOTS, RIGHT_SEND, 0) == ERR_ARGUMENT);
	CHECK(cap_delete((pd_t){pd}, 7) == OK && cap_copy(PD_SELF, signal, (pd_t){pd}, 7, RIGHT_SEND, 0) == OK);
	CHECK(object_create(KIND_SIGNAL, MEMORY, memory, OBJECT_SIZE, (host_t){0}, signal) == ERR_SLOT_IN_USE);
	CHECK(memory_derive(MEMORY, memory, PAGE_SIZE, signal) == ERR_SLOT_IN_USE);
	CHECK(pd_map(PD_SELF, unused_page, MEMORY, memory, PAGE_SIZE, RIGHT_READ) == OK);   /* no object lies there */
	CHECK(pd_unmap(PD_SELF, unused_page, PAGE_SIZE) == OK);
	object_end(pd);
	stage_begin();
	begin(&client, main_give, (ep_t){0});
	utcb_self()->receive[0] = ~(slot_t)0;
	CHECK(receive() && utcb_self()->words[0] == WORD && utcb_self()->cap_count == 1 && !utcb_self()->caps[0]);
	CHECK(signal_submit((signal_t){signal}) == OK);
	message_one(0);
	CHECK(ipc_reply((reply_t){reply}) == OK);
	while (!shared[0])
		thread_yield();
	CHECK(shared[0] == 1 + OK);
	utcb_self()->receive[0] = 0;
	partner_end(&client);
	stage_end();
	object_end(signal);
}

static void main_call(addr_t unused)
{
	(void)unused;
	for (uint32_t i = 0; i < 4; i++) {
		message_one(i);
		SHARED[i] = 1 + (uint32_t)ipc_call((ep_t){PARTNER_EP});
	}
	partner_rest();
}

/* Takes one call and keeps it. */
static void main_keep(addr_t unused)
{
	(void)unused;
	SHARED[8] = 1 + (uint32_t)ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);
	partner_rest();
}

TEST(server_dead, "a server dies owing a reply: who holds the reply object answers or ends the call; the next call finds another")
{
	stage_begin();
	begin(&server, main_keep, (ep_t){0});
	begin(&client, main_call, (ep_t){0});
	CHECK(reaches(&client, THREAD_AWAITING));
	while (!shared[8])
		thread_yield();
	CHECK(shared[8] == 1 + OK);
	partner_end(&server);
	CHECK(reaches(&client, THREAD_AWAITING) && !shared[0]);
	message_one(0);
	CHECK(ipc_reply((reply_t){reply}) == OK && reaches(&client, THREAD_CALLING) && shared[0] == 1 + OK);
	begin(&server, main_keep, (ep_t){0});
	CHECK(reaches(&client, THREAD_AWAITING));
	partner_end(&server);
	object_end(reply);
	CHECK(reaches(&client, THREAD_CALLING) && shared[1] == 1 + ERR_GONE);
	reply = object_make(KIND_REPLY);
	CHECK(receive() && utcb_self()->words[0] == 2);
	object_end(ep);
	message_one(0);
	CHECK(ipc_reply((reply_t){reply}) == OK);
	while (!shared[3])
		thread_yield();
	CHECK(shared[2] == 1 + OK && shared[3] == 1 + ERR_CAPABILITY);
	partner_end(&client);
	object_end(reply);
}

TEST(client_dead, "a client dies while its call is served, or waits: the reply says so or finds nobody, and the next is served")
{
	stage_begin();
	for (int i = 0; i < 3; i++) {
		begin(&client, main_call, (ep_t){0});
		CHECK(receive());
		partner_end(&client);
		message_one(0);
		err_t err = ipc_reply((reply_t){reply});
		CHECK(err == ERR_GONE || err == ERR_STATE);
		begin(&client, main_call, (ep_t){0});
		CHECK(reaches(&client, THREAD_CALLING));
		partner_end(&client);
		CHECK(ipc_wait((ep_t){ep}, (reply_t){reply}, (signal_t){0}, clock_now() + 1000000) == ERR_TIMEOUT);
	}
	stage_end();
}

static void main_touch(addr_t unused)
{
	(void)unused;
	*(volatile uint32_t *)HOLE = WORD;
	SHARED[0] = 1;
	partner_rest();
}

/* Answers one fault; before, it runs into one itself. */
static void main_handle(addr_t unused)
{
	(void)unused;
	SHARED[8] = 1 + (uint32_t)ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);
	SHARED[9] = utcb_self()->words[2];
	*(volatile uint32_t *)HANDLER_HOLE = WORD;
	message_one(FAULT_RETRY);
	SHARED[10] = 1 + (uint32_t)ipc_reply((reply_t){PARTNER_REPLY});
	partner_rest();
}

TEST(handler_faults, "a handler of faults faults itself: its own handler resolves that, and both go on")
{
	slot_t above = object_make(KIND_ENDPOINT), reply_above = object_make(KIND_REPLY);
	addr_t page = memory_take(PAGE_SIZE);

	stage_begin();
	begin(&server, main_handle, (ep_t){above});
	begin(&client, main_touch, (ep_t){ep});
	CHECK(ipc_wait((ep_t){above}, (reply_t){reply_above}, (signal_t){0}, clock_now() + LIMIT_NS) == OK);
	CHECK(utcb_self()->words[0] == FAULT_PAGE && utcb_self()->words[2] == HANDLER_HOLE && shared[9] == HOLE && !shared[0]);
	CHECK(pd_map(server.pd, HANDLER_HOLE, MEMORY, page, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	CHECK(pd_map(client.pd, HOLE, MEMORY, page, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	message_one(FAULT_RETRY);
	CHECK(ipc_reply((reply_t){reply_above}) == OK);
	while (!shared[0] || !shared[10])
		thread_yield();
	CHECK(reaches(&server, THREAD_RUNNING) && shared[10] == 1 + OK && reaches(&client, THREAD_RUNNING) && shared[0] == 1);
	partner_end(&client);
	partner_end(&server);
	stage_end();
	object_end(reply_above);
	object_end(above);
}

static void reflected(struct registers *registers)
{
	(void)registers;
	*(volatile uint32_t *)HANDLER_HOLE = WORD;
}

static void main_reflect(addr_t unused)
{
	(void)unused;
	utcb_self()->fault_entry = (addr_t)reflected;
	utcb_self()->fault_stack = HANDLER_STACK;
	*(volatile uint32_t *)HOLE = WORD;
	SHARED[0] = 1;
	partner_rest();
}

TEST(reflection_faults, "a handler to which faults are reflected faults without end: each is a message, until one stops the thread")
{
	stage_begin();
	begin(&client, main_reflect, (ep_t){ep});
	for (uint32_t i = 0; i < FAULTS; i++) {
		CHECK(receive() && utcb_self()->words[0] == FAULT_PAGE);
		CHECK(utcb_self()->words[2] == (i ? HANDLER_HOLE : HOLE));
		message_one(i + 1 < FAULTS ? FAULT_REFLECT : FAULT_STOP);
		CHECK(ipc_reply((reply_t){reply}) == OK);
	}
	CHECK(reaches(&client, THREAD_STOPPED) && !shared[0]);
	partner_end(&client);
	stage_end();
}
