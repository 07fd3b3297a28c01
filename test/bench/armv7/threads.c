/* SPDX-License-Identifier: MIT */
/* What calls on the kernel alone cost: foreign calls, pausing, registers, mappings, objects. */
#include "test/bench/armv7/figure.h"

static struct pair pair;

static void foreign_handler(struct registers *registers)
{
	foreign_answer(registers, 1);
	registers_continue(registers);
}

/* Tells how long its foreign calls took. */
static void partner_foreign(addr_t stack)
{
	struct utcb *utcb = utcb_self();

	utcb->foreign_entry = (addr_t)foreign_handler;
	utcb->foreign_stack = stack;
	uint64_t start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		foreign_call(39, i);
	utcb->words[0] = (uint32_t)(clock_now() - start);
	message_set(1, 0);
	if (ipc_call((ep_t){PARTNER_EP}) != OK)
		thread_yield();
	for (;;)
		thread_yield();
}

TEST(reflection, "foreign system calls")
{
	pair_make(&pair, partner_foreign, 0x10000000 - 32 * 1024, 0, false);
	CHECK(ipc_wait((ep_t){pair.ep}, (reply_t){pair.reply}, (signal_t){0}, DEADLINE_NEVER) == OK);
	figure_say("foreign system call, reflected to its handler, and back", utcb_self()->words[0], ROUNDS);
	pair_end(&pair);
}

static void partner_compute(addr_t unused)
{
	(void)unused;
	for (volatile uint32_t i = 0;; i++)
		;
}

TEST(threads, "a thread that computes is paused, read and resumed")
{
	static struct thread_state state;
	bool right = true;

	pair_make(&pair, partner_compute, 0, 0, false);
	thread_t thread = pair.partner.thread;
	uint64_t start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		right = right && thread_pause(thread, 0) == OK && thread_resume(thread) == OK;
	figure_say("thread paused and resumed", clock_now() - start, ROUNDS);
	start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		right = right && thread_pause(thread, 0) == OK && thread_read(thread, &state) == OK && thread_resume(thread) == OK;
	figure_say("thread paused, its state read, resumed", clock_now() - start, ROUNDS);
	start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		right = right && pd_pause(pair.partner.pd, 0) == OK && pd_resume(pair.partner.pd) == OK;
	figure_say("protection domain with one thread paused and resumed", clock_now() - start, ROUNDS);
	CHECK(right);
	pair_end(&pair);
}

TEST(calls, "the shortest calls")
{
	const addr_t none[5] = {0};
	bool right = true;

	uint64_t start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		right = right && kernel_call(99, none) == ERR_UNSUPPORTED;
	figure_say("call that does not exist", clock_now() - start, ROUNDS);
	start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		right = right && clock_now() >= start;
	figure_say("clock read", clock_now() - start, ROUNDS);
	CHECK(right);
}

static void map_measure(const char *what, addr_t at, addr_t offset, addr_t step, addr_t pages)
{
	bool right = true;

	uint64_t start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		right = right && pd_map(PD_SELF, at, MEMORY, offset + i * step, pages * PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK;
	figure_say(what, clock_now() - start, ROUNDS);
	CHECK(right);
}

TEST(mappings, "pages mapped and unmapped")
{
	const addr_t offset = memory_take(ROUNDS * PAGE_SIZE), at = window_base + ((addr_t)1 << 29);
	bool right = true;

	map_measure("page mapped for the first time, which clears it, over another", at, offset, PAGE_SIZE, 1);
	map_measure("page mapped over itself", at, offset, 0, 1);
	map_measure("16 pages mapped over themselves", at, offset, 0, 16);
	uint64_t start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		right = right && pd_map(PD_SELF, at, MEMORY, offset, PAGE_SIZE, RIGHT_READ) == OK &&
		        pd_unmap(PD_SELF, at, PAGE_SIZE) == OK;
	figure_say("page mapped and unmapped", clock_now() - start, ROUNDS);
	volatile uint8_t *bytes = (volatile uint8_t *)at;
	CHECK(right && pd_map(PD_SELF, at, MEMORY, offset, ROUNDS * PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		bytes[i * PAGE_SIZE] = 1;
	figure_say("first write to a page, noted by the kernel", clock_now() - start, ROUNDS);
	CHECK(pd_unmap(PD_SELF, at, ROUNDS * PAGE_SIZE) == OK);
}

TEST(objects, "objects and capabilities")
{
	const addr_t offset = memory_take(PAGE_SIZE);
	slot_t slot = slot_take();
	bool right = true;

	uint64_t start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		right = right && object_create(KIND_SIGNAL, MEMORY, offset, OBJECT_SIZE, (host_t){0}, slot) == OK &&
		        object_revoke((cap_t){slot}) == OK;
	figure_say("object made and revoked", clock_now() - start, ROUNDS);
	start = clock_now();
	for (uint32_t i = 0; i < ROUNDS; i++)
		right = right && cap_copy(PD_SELF, BOOT_SLOT_MEMORY, PD_SELF, slot, RIGHT_READ, 0) == OK &&
		        cap_delete(PD_SELF, slot) == OK;
	figure_say("capability copied and deleted", clock_now() - start, ROUNDS);
	CHECK(right);
}
