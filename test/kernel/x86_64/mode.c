/* SPDX-License-Identifier: MIT */
/* The kernel suite: the direction of string instructions, which any thread may choose by itself (STD), is part of its state. */
#include "test/kernel/suite.h"

#define SEEN ((struct seen *)0x6000000)
enum { STATE_DOWN = 1 << 10 };

struct seen {
	uint32_t first;
	volatile uint32_t wrong;
	volatile uint8_t rounds;
};

static void partner_down(addr_t at)
{
	__asm__ volatile("std\n"
	                 "1:\tmov %0, %%rsi\n\tlodsl\n\tadd $4, %%rsi\n\tcmp %%rsi, %0\n\tje 2f\n\tmovl $1, 4(%0)\n"
	                 "2:\tincb 8(%0)\n\tjmp 1b"
	                 : : "r"(at) : "rax", "rsi", "cc", "memory");
	__builtin_unreachable();
}

static void rounds_await(const struct seen *seen)
{
	uint8_t before = seen->rounds;

	while (seen->rounds == before)
		thread_yield();
}

TEST(mode, "a thread that reads strings downwards goes on so when its state is read and written, and in between when others run")
{
	static struct partner partner;
	static struct thread_state state;
	addr_t page = memory_take(PAGE_SIZE);
	struct seen *seen = memory_see(page, PAGE_SIZE);

	partner_make(&partner, partner_down, (addr_t)SEEN, (ep_t){0});
	CHECK(pd_map(partner.pd, (addr_t)SEEN, MEMORY, page, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	partner_start(&partner);
	for (uint32_t i = 0; i < 3; i++) {
		rounds_await(seen);
		CHECK(pd_pause(partner.pd, 1000000000) == OK && thread_read(partner.thread, &state) == OK);
		CHECK(state.registers.rflags & STATE_DOWN);
		CHECK(thread_write(partner.thread, &state, (reply_t){0}) == OK);
		CHECK(thread_resume(partner.thread) == OK && pd_resume(partner.pd) == OK);
	}
	rounds_await(seen);
	CHECK(!seen->wrong);
	partner_end(&partner);
}
