/* SPDX-License-Identifier: MIT */
/* The kernel suite: data in big-endian order, which any thread may choose by itself (SETEND), is part of its state. */
#include "test/kernel/suite.h"

#define SEEN ((struct seen *)0x6000000)
enum { STATE_ENDIAN = 1 << 9 };

struct seen {
	uint8_t bytes[4];              /* 1 2 3 4 */
	volatile uint32_t wrong;
	volatile uint8_t rounds;
};

static void partner_big(addr_t at)
{
	__asm__ volatile("setend be\n"
	                 "1:\tldr r2, [%0]\n\tcmp r2, %1\n\tmovne r2, #1\n\tstrne r2, [%0, #4]\n"
	                 "\tldrb r2, [%0, #8]\n\tadd r2, r2, #1\n\tstrb r2, [%0, #8]\n\tb 1b"
	                 : : "r"(at), "r"(0x01020304) : "r2", "cc", "memory");
	__builtin_unreachable();
}

static void rounds_await(const struct seen *seen)
{
	uint8_t before = seen->rounds;

	while (seen->rounds == before)
		thread_yield();
}

TEST(mode, "a thread in big-endian state goes on so when its state is read and written, and in between when others run")
{
	static struct partner partner;
	static struct thread_state state;
	addr_t page = memory_take(PAGE_SIZE);
	struct seen *seen = memory_see(page, PAGE_SIZE);

	for (uint8_t i = 0; i < sizeof seen->bytes; i++)
		seen->bytes[i] = i + 1;
	partner_make(&partner, partner_big, (addr_t)SEEN, (ep_t){0});
	CHECK(pd_map(partner.pd, (addr_t)SEEN, MEMORY, page, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	partner_start(&partner);
	for (uint32_t i = 0; i < 3; i++) {
		rounds_await(seen);
		CHECK(pd_pause(partner.pd, 1000000000) == OK && thread_read(partner.thread, &state) == OK);
		CHECK(state.registers.cpsr & STATE_ENDIAN);
		CHECK(thread_write(partner.thread, &state, (reply_t){0}) == OK);
		CHECK(thread_resume(partner.thread) == OK && pd_resume(partner.pd) == OK);
	}
	rounds_await(seen);
	CHECK(!seen->wrong);
	partner_end(&partner);
}
