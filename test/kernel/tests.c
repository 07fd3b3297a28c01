/* SPDX-License-Identifier: MIT */
/* The kernel suite: objects, capabilities, messages, signals, memory, pausing, complete thread state. */
#include "test/kernel/suite.h"

static void message_words(uint32_t count, uint32_t first)
{
	struct utcb *utcb = utcb_self();

	for (uint32_t i = 0; i < count; i++)
		utcb->words[i] = first + i;
	utcb->word_count = count;
	utcb->cap_count = 0;
}

TEST(objects, "every kind is made once per slot, found by listing, and gone after revoking")
{
	static struct cap_entry entry;
	uint32_t count;
	slot_t next;

	for (enum kind kind = KIND_ENDPOINT; kind <= KIND_SIGNAL; kind++) {
		slot_t slot = object_make(kind);
		CHECK(object_create(kind, MEMORY, memory_take(OBJECT_SIZE), OBJECT_SIZE, (host_t){0}, slot) ==
		      ERR_SLOT_IN_USE);
		CHECK(cap_list(PD_SELF, slot, 1, &entry, &count, &next) == OK && count == 1);
		CHECK(entry.slot == slot && entry.kind == kind && entry.rights == RIGHT_ALL && !entry.badge);
		object_end(slot);
		CHECK(object_revoke((cap_t){slot}) == ERR_CAPABILITY);
	}
}

TEST(arguments, "bad kinds, slots, ranges and rights are refused")
{
	slot_t slot = slot_take(), weak = slot_take();

	CHECK(object_create(KIND_MEMORY, MEMORY, 0, 4096, (host_t){0}, slot) == ERR_ARGUMENT);
	CHECK(object_create(KIND_SIGNAL, MEMORY, 1, 4096, (host_t){0}, slot) == ERR_RANGE);
	CHECK(object_create(KIND_SIGNAL, MEMORY, ~(addr_t)63, 4096, (host_t){0}, slot) == ERR_RANGE);
	CHECK(object_create(KIND_SIGNAL, (memory_t){slot}, 0, 4096, (host_t){0}, slot) == ERR_CAPABILITY);
	CHECK(object_create(KIND_SIGNAL, MEMORY, 0, 4096, (host_t){0}, 0) == ERR_ARGUMENT);
	CHECK(object_create(KIND_SIGNAL, MEMORY, 0, 4096, (host_t){0}, ~0u) == ERR_ARGUMENT);
	CHECK(cap_copy(PD_SELF, BOOT_SLOT_MEMORY, PD_SELF, weak, RIGHT_READ, 0) == OK);
	CHECK(memory_derive((memory_t){weak}, 0, 4096, slot) == ERR_RIGHTS);
	CHECK(pd_map(PD_SELF, unused_page, (memory_t){weak}, 0, 4096, RIGHT_WRITE) == ERR_RIGHTS);
	CHECK(pd_map(PD_SELF, 0x1000, MEMORY, 0, 4096, RIGHT_READ) == ERR_RANGE);
	CHECK(pd_map(PD_SELF, UTCB_AREA, MEMORY, 0, 4096, RIGHT_READ) == ERR_RANGE);
	CHECK(pd_map(PD_SELF, unused_page, MEMORY, ~(addr_t)4095, 4096, RIGHT_READ) == ERR_RANGE);
	CHECK(cap_delete(PD_SELF, weak) == OK);
	CHECK(cap_delete(PD_SELF, weak) == ERR_CAPABILITY);
}

TEST(badges, "a badge is minted once, delivered, and revoked alone")
{
	slot_t ep = object_make(KIND_ENDPOINT), one = slot_take(), two = slot_take(), again = slot_take();

	CHECK(cap_copy(PD_SELF, ep, PD_SELF, one, RIGHT_SEND, 11) == OK);
	CHECK(cap_copy(PD_SELF, ep, PD_SELF, two, RIGHT_ALL, 12) == OK);
	CHECK(cap_copy(PD_SELF, two, PD_SELF, again, RIGHT_ALL, 13) == ERR_RIGHTS);
	CHECK(cap_revoke_badge((cap_t){ep}, 11) == OK);
	CHECK(cap_delete(PD_SELF, one) == ERR_CAPABILITY);
	CHECK(cap_delete(PD_SELF, two) == OK);
	object_end(ep);
}

TEST(signals, "submissions accumulate; a deadline in the past or near future ends a wait")
{
	slot_t signal = object_make(KIND_SIGNAL), minted = slot_take();
	uint32_t badges, count;

	CHECK(cap_copy(PD_SELF, signal, PD_SELF, minted, RIGHT_SEND, 4) == OK);
	CHECK(signal_submit((signal_t){minted}) == OK && signal_submit((signal_t){signal}) == OK);
	CHECK(signal_get((signal_t){signal}, &badges, &count) == OK && badges == 4 && count == 2);
	CHECK(signal_wait((signal_t){signal}, 0, &badges, &count) == OK && badges == 4 && count == 2);
	CHECK(signal_wait((signal_t){signal}, 0, &badges, &count) == ERR_TIMEOUT);
	uint64_t start = clock_now();
	CHECK(signal_wait((signal_t){signal}, start + 3000000, &badges, &count) == ERR_TIMEOUT);
	CHECK(clock_now() - start >= 3000000);
	CHECK(signal_set((signal_t){signal}, 9, 5) == OK);
	CHECK(signal_wait((signal_t){signal}, 0, &badges, &count) == OK && badges == 9 && count == 5);
	CHECK(signal_wait((signal_t){minted}, 0, &badges, &count) == ERR_RIGHTS);
	object_end(signal);
	CHECK(cap_delete(PD_SELF, minted) == ERR_CAPABILITY);
}

static void partner_echo(addr_t rounds)
{
	struct utcb *utcb = utcb_self();
	err_t err = ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);

	for (addr_t i = 0; err == OK && i < rounds; i++) {
		for (uint32_t word = 0; word < utcb->word_count; word++)
			utcb->words[word] += utcb->badge;
		err = ipc_reply_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);
	}
	partner_rest();
}

enum { MORE = 256 * 1024 };

/* Map a page; if the domain has no memory for the table, give it `*more`, once. */
static err_t map_with_donation(pd_t pd, addr_t address, addr_t page, addr_t *more)
{
	err_t err = pd_map(pd, address, MEMORY, page, PAGE_SIZE, RIGHT_READ);

	if (err != ERR_MEMORY_QUOTA || !*more)
		return err;
	err = pd_donate(pd, MEMORY, *more, MORE);
	*more = 0;
	return err == OK ? pd_map(pd, address, MEMORY, page, PAGE_SIZE, RIGHT_READ) : err;
}

TEST(donation, "a domain that maps far apart is given memory for its tables, which is free again when it is gone")
{
	addr_t donated = memory_take(MORE), page = memory_take(PAGE_SIZE), more = donated;
	static struct partner partner;
	bool right = true;

	partner_make(&partner, partner_echo, 0, (ep_t){0});
	for (addr_t i = 0; i < 256; i++)
		right = right && map_with_donation(partner.pd, 0x20000000 + (i << 20), page, &more) == OK;
	CHECK(right);
	CHECK(pd_donate(partner.pd, MEMORY, donated + 1, MORE) == ERR_RANGE);
	CHECK(pd_donate(partner.pd, MEMORY, ~(addr_t)4095, MORE) == ERR_RANGE);
	if (!more)
		CHECK(pd_donate(partner.pd, MEMORY, donated, MORE) == ERR_RANGE &&
		      pd_map(PD_SELF, unused_page, MEMORY, donated, PAGE_SIZE, RIGHT_READ) == ERR_RANGE);
	partner_end(&partner);
	CHECK(pd_map(PD_SELF, unused_page, MEMORY, donated, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	CHECK(*(volatile uint32_t *)unused_page == 0 && pd_unmap(PD_SELF, unused_page, PAGE_SIZE) == OK);
}

/* Rounds of calls with so many words, right ones; what one takes is printed. */
static void rounds_run(ep_t client, uint32_t words)
{
	const uint32_t rounds = 1000;
	uint64_t start = clock_now();
	bool right = true;

	for (uint32_t i = 0; i < rounds; i++) {
		message_words(words, i);
		right = right && ipc_call(client) == OK && (!words || utcb_self()->words[words - 1] == i + words + 99);
	}
	CHECK(right);
	say("       call and reply, ");
	say_number(words);
	say(" words: ");
	say_number((clock_now() - start) / rounds);
	say(" ns\n");
}

TEST(calls, "a server in another protection domain answers, sees the badge, and costs what is printed")
{
	slot_t ep = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY), client = slot_take();
	static struct partner server;

	partner_make(&server, partner_echo, ~(addr_t)0, (ep_t){0});
	partner_give(&server, PARTNER_EP, ep, RIGHT_WAIT, 0);
	partner_give(&server, PARTNER_REPLY, reply, RIGHT_ALL, 0);
	CHECK(cap_copy(PD_SELF, ep, PD_SELF, client, RIGHT_SEND, 100) == OK);
	partner_start(&server);
	rounds_run((ep_t){client}, 0);
	rounds_run((ep_t){client}, MESSAGE_WORDS);
	partner_end(&server);
	object_end(reply);
	object_end(ep);
}

static void partner_asks(addr_t unused)
{
	(void)unused;
	message_words(0, 0);
	err_t err = ipc_call((ep_t){PARTNER_EP});
	if (err == ERR_GONE)
		err = signal_submit((signal_t){PARTNER_SIGNAL});
	(void)err;
	for (;;)   /* not asleep at the signal, which it would take itself */
		thread_yield();
}

TEST(stale, "a call that waits under a badge that is revoked is not received any more: the badge may mean another")
{
	slot_t ep = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY), signal = object_make(KIND_SIGNAL);
	static struct thread_state state;
	static struct partner partner;
	const struct utcb *utcb = utcb_self();

	partner_make(&partner, partner_asks, 0, (ep_t){0});
	partner_give(&partner, PARTNER_EP, ep, RIGHT_SEND, 6);
	partner_give(&partner, PARTNER_SIGNAL, signal, RIGHT_SEND, 1);
	partner_start(&partner);
	for (state.run = THREAD_RUNNING; state.run != THREAD_CALLING;) {
		thread_yield();
		CHECK(pd_pause(partner.pd, 1000000000) == OK && thread_read(partner.thread, &state) == OK);
		if (state.run != THREAD_CALLING)
			CHECK(pd_resume(partner.pd) == OK);
	}
	CHECK(cap_revoke_badge((cap_t){ep}, 7) == OK && thread_read(partner.thread, &state) == OK);
	CHECK(state.run == THREAD_CALLING);
	CHECK(cap_revoke_badge((cap_t){ep}, 6) == OK && pd_resume(partner.pd) == OK);
	CHECK(ipc_wait((ep_t){ep}, (reply_t){reply}, (signal_t){signal}, clock_now() + 5000000000) == OK);
	CHECK(utcb->event == EVENT_SIGNAL && utcb->badge == 1);
	partner_end(&partner);
	object_end(signal);
	object_end(reply);
	object_end(ep);
}

static void partner_touch(addr_t address)
{
	*(volatile uint64_t *)address = 42;
	message_words(1, 7);
	if (ipc_call((ep_t){PARTNER_EP}) == OK)
		*(volatile uint64_t *)0x7000000 = 1;
	partner_rest();
}

TEST(faults, "a fault is a message with its address; a mapping and a reply resolve it")
{
	slot_t ep = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY), faults = slot_take();
	static struct partner partner;
	struct utcb *utcb = utcb_self();
	addr_t memory = memory_take(4096);

	CHECK(cap_copy(PD_SELF, ep, PD_SELF, faults, RIGHT_SEND, 5) == OK);
	partner_make(&partner, partner_touch, 0x6000010, (ep_t){faults});
	partner_give(&partner, PARTNER_EP, ep, RIGHT_SEND, 0);
	partner_start(&partner);
	CHECK(ipc_wait((ep_t){ep}, (reply_t){reply}, (signal_t){0}, DEADLINE_NEVER) == OK && utcb->badge == 5);
	CHECK(utcb->words[0] == FAULT_PAGE && utcb->words[1] == RIGHT_WRITE && utcb->words[2] == 0x6000010);
	CHECK(pd_map(partner.pd, 0x6000000, MEMORY, memory, 4096, RIGHT_READ | RIGHT_WRITE) == OK);
	utcb->words[0] = FAULT_RETRY;
	utcb->word_count = 1;
	CHECK(ipc_reply_wait((ep_t){ep}, (reply_t){reply}, (signal_t){0}, DEADLINE_NEVER) == OK);
	CHECK(utcb->words[0] == 7 && ((uint64_t *)memory_see(memory, 4096))[2] == 42);
	utcb->word_count = 0;
	CHECK(ipc_reply_wait((ep_t){ep}, (reply_t){reply}, (signal_t){0}, DEADLINE_NEVER) == OK);
	CHECK(utcb->words[0] == FAULT_PAGE && utcb->words[2] == 0x7000000);
	partner_end(&partner);
	CHECK(cap_delete(PD_SELF, faults) == OK);
	object_end(reply);
	object_end(ep);
}

static void foreign_handler(struct registers *registers)
{
	foreign_answer(registers, foreign_number(registers) * 1000 + foreign_argument(registers));
	registers_continue(registers);
}

static void partner_foreign(addr_t stack)
{
	struct utcb *utcb = utcb_self();
	bool right = true;

	utcb->foreign_entry = (addr_t)foreign_handler;
	utcb->foreign_stack = stack;
	for (addr_t i = 0; i < 1000; i++) {
		uint64_t bits = 0x3ff0000000000000 + i;
		vector_put(bits);
		right = right && foreign_call(39, i) == 39000 + i && vector_get() == bits;
	}
	message_words(1, right);
	if (ipc_call((ep_t){PARTNER_EP}) != OK)
		thread_yield();
	partner_rest();
}

TEST(reflection, "foreign system calls reach the component's handler, vector registers untouched")
{
	slot_t ep = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY);
	static struct partner partner;
	static struct thread_state state;

	partner_make(&partner, partner_foreign, 0x10000000 - 32 * 1024, (ep_t){0});
	partner_give(&partner, PARTNER_EP, ep, RIGHT_SEND, 0);
	partner_start(&partner);
	CHECK(ipc_wait((ep_t){ep}, (reply_t){reply}, (signal_t){0}, DEADLINE_NEVER) == OK);
	CHECK(utcb_self()->words[0] == 1);
	CHECK(pd_pause(partner.pd, 1000000000) == OK);
	CHECK(thread_read(partner.thread, &state) == OK && state.run == THREAD_AWAITING && state.has_foreign);
	partner_end(&partner);
	object_end(reply);
	object_end(ep);
}

struct progress {
	volatile uint64_t count;
	volatile uint64_t wrong;
};

/* Counts in memory and in vector registers; any difference is noted. */
static void partner_count(addr_t address)
{
	struct progress *progress = (struct progress *)address;

	vector_put(progress->count);
	for (;;) {
		uint64_t inside = vector_get();
		if (inside != progress->count)
			progress->wrong++;
		inside++;
		vector_put(inside);
		progress->count = inside;
	}
}

TEST(restore, "a paused thread goes on in a new protection domain from its state and memory, 50 times")
{
	static struct partner partner;
	static struct thread_state state;
	addr_t memory = memory_take(4096);
	struct progress *progress = memory_see(memory, 4096);
	uint64_t last = 0;
	bool right = true;

	for (int i = 0; i < 50; i++) {
		partner_make(&partner, partner_count, 0x6000000, (ep_t){0});
		right = right && pd_map(partner.pd, 0x6000000, MEMORY, memory, 4096, RIGHT_READ | RIGHT_WRITE) == OK;
		if (i)
			right = right && thread_write(partner.thread, &state, (reply_t){0}) == OK;
		partner_start(&partner);
		uint64_t until = clock_now() + 1000000;
		while (progress->count == last || clock_now() < until)
			thread_yield();
		right = right && pd_pause(partner.pd, 1000000000) == OK;
		last = progress->count;
		thread_yield();
		right = right && progress->count == last && thread_read(partner.thread, &state) == OK &&
		        state.run == THREAD_RUNNING;
		partner_end(&partner);
	}
	CHECK(right);
	CHECK(!progress->wrong && last > 50);
}

static void partner_client(addr_t address)
{
	struct progress *progress = (struct progress *)address;

	for (;;) {
		message_words(2, (uint32_t)progress->count);
		if (ipc_call((ep_t){PARTNER_EP}) != OK || utcb_self()->words[0] != (uint32_t)progress->count + 1)
			progress->wrong++;
		progress->count++;
	}
}

TEST(restore_call, "a call that was received is not sent again after a restore; one that was not is")
{
	static struct partner partner;
	static struct thread_state state;
	slot_t ep = object_make(KIND_ENDPOINT), reply = object_make(KIND_REPLY);
	addr_t memory = memory_take(4096);
	struct progress *progress = memory_see(memory, 4096);

	for (uint32_t i = 0; i < 20; i++) {
		partner_make(&partner, partner_client, 0x6000000, (ep_t){0});
		CHECK(pd_map(partner.pd, 0x6000000, MEMORY, memory, 4096, RIGHT_READ | RIGHT_WRITE) == OK);
		partner_give(&partner, PARTNER_EP, ep, RIGHT_SEND, 0);
		if (i)
			CHECK(thread_write(partner.thread, &state, i % 2 ? (reply_t){reply} : (reply_t){0}) == OK);
		partner_start(&partner);
		if (i % 2 == 0)
			CHECK(ipc_wait((ep_t){ep}, (reply_t){reply}, (signal_t){0}, DEADLINE_NEVER) == OK);
		if (i % 2) {
			message_words(1, (uint32_t)progress->count + 1);
			CHECK(ipc_reply((reply_t){reply}) == OK);
			while (progress->count != i / 2 + 1)
				thread_yield();
		}
		CHECK(pd_pause(partner.pd, 1000000000) == OK);
		CHECK(thread_read(partner.thread, &state) == OK);
		CHECK(state.run == (i % 2 ? THREAD_CALLING : THREAD_AWAITING) || state.run == THREAD_RUNNING);
		partner_end(&partner);
	}
	CHECK(!progress->wrong && progress->count == 10);
	object_end(reply);
	object_end(ep);
}

/* All ranges, however many calls that takes. */
static uint32_t populated_all(const memory_t *list, uint32_t list_count, struct range_place place, struct populated *ranges)
{
	uint32_t count, sum = 0;

	while (place.memory < list_count && sum < POPULATED_MAX / 2) {
		CHECK(memory_populated(list, list_count, &place, ranges + sum, &count) == OK && count <= POPULATED_MAX / 2);
		sum += count;
	}
	return sum;
}

TEST(populated, "holes are not reported and discarding makes holes")
{
	addr_t size = 1 << 20, offset = memory_take(size);
	slot_t memory = slot_take();
	static struct populated ranges[POPULATED_MAX];
	const slot_t second = slot_take();
	const memory_t list[2] = {{memory}, {second}};
	struct range_place place = {0};
	uint64_t epoch, same;
	uint32_t count;

	CHECK(memory_derive(MEMORY, offset, size, memory) == OK);
	CHECK(memory_derive(MEMORY, offset + 65536, 65536, second) == OK);
	CHECK(populated_all(list, 2, place, ranges) == 0);
	volatile char *bytes = memory_see(offset, size);
	bytes[8192] = 1;
	bytes[8192 + 4096] = 1;
	bytes[65536] = 1;
	CHECK(populated_all(list, 2, place, ranges) == 3);
	CHECK(ranges[0].offset == 8192 && ranges[0].size == 8192 && ranges[1].offset == 65536);
	CHECK(ranges[2].memory == 1 && ranges[2].offset == 0 && ranges[2].size == 4096 && ranges[1].memory == 0);
	CHECK(populated_all(list, 1, (struct range_place){16384, 0, 0}, ranges) == 1);
	place = (struct range_place){0, 3, 0};
	CHECK(memory_populated(list, 2, &place, ranges, &count) == ERR_ARGUMENT);
	CHECK(memory_epoch(list, 2, &epoch) == OK && memory_epoch(list, 2, &same) == OK && same == epoch);
	bytes[131072] = 1;
	CHECK(memory_epoch(list, 2, &same) == OK && same != epoch);
	CHECK(memory_discard((memory_t){memory}, 8192, 4096) == OK && !bytes[8192]);
	CHECK(memory_epoch(list, 2, &epoch) == OK && same != epoch);
	CHECK(memory_epoch(list, POPULATED_LIST_MAX + 1, &epoch) == ERR_ARGUMENT);
	CHECK(object_revoke((cap_t){memory}) == OK && object_revoke((cap_t){second}) == OK);
}
