/* SPDX-License-Identifier: MIT */
/* The kernel suite: a call by a conditional svc in Thumb state that is made again, as after a checkpoint, anywhere in an IT block. */
#include <framework/memory.h>
#include <kernel/enter.h>

#include "test/kernel/suite.h"

#define SEEN ((volatile struct seen *)0x6000000)
enum { ROUNDS = 6 };

/* How often what has to be executed was, and what has not. */
struct seen {
	uint32_t executed, skipped, rounds;
};

/* Waits for the signal three times a round: as first of a block, in its middle, and by an "else". */
__attribute__((naked, target("thumb"))) static void partner_conditional(addr_t at)
{
	(void)at;
	__asm__ volatile(".syntax unified\n"
	                 "mov r6, r0\n\tmovs r7, #0\n\tmovs r8, #0\n\tmov r12, %[call]\n"
	                 "1:\tmov r0, %[signal]\n\tmvn r1, #0\n\tmvn r2, #0\n"
	                 "cmp r6, r6\n\tittee eq\n\tsvceq %[svc]\n\taddeq r7, r7, #1\n\taddne r8, r8, #1\n\taddne r8, r8, #1\n"
	                 "mov r0, %[signal]\n\tcmp r6, #0\n\titttt gt\n\taddgt r7, r7, #1\n\tsvcgt %[svc]\n\taddgt r7, r7, #1\n\taddgt r7, r7, #1\n"
	                 "mov r0, %[signal]\n\tcmp r6, #0\n\titeet mi\n\taddmi r8, r8, #1\n\tsvcpl %[svc]\n\taddpl r7, r7, #1\n\taddmi r8, r8, #1\n"
	                 "ldr r3, [r6, #8]\n\tadds r3, r3, #1\n\tstr r7, [r6]\n\tstr r8, [r6, #4]\n\tstr r3, [r6, #8]\n\tb 1b"
	                 : : [call] "i"(CALL_SIGNAL_WAIT), [signal] "i"(PARTNER_SIGNAL), [svc] "i"(KERNEL_SVC));
}

TEST(conditional, "a conditional svc that is done again has its place in the IT block, and so has what follows it")
{
	static struct partner partner;
	static struct thread_state state;
	addr_t page = memory_take(PAGE_SIZE);
	volatile struct seen *seen = memory_see(page, PAGE_SIZE);
	slot_t signal = object_make(KIND_SIGNAL);

	partner_make(&partner, partner_conditional, (addr_t)SEEN, (ep_t){0});
	CHECK(pd_map(partner.pd, (addr_t)SEEN, MEMORY, page, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	partner_give(&partner, PARTNER_SIGNAL, signal, RIGHT_WAIT, 0);
	partner_start(&partner);
	for (uint32_t i = 0; i < 3 * ROUNDS; i++) {
		do {
			thread_yield();
			CHECK(pd_pause(partner.pd, 1000000000) == OK && thread_read(partner.thread, &state) == OK);
			if (state.run == THREAD_WAITING && i % 4)
				CHECK(thread_write(partner.thread, &state, (reply_t){0}) == OK && thread_resume(partner.thread) == OK);
			CHECK(pd_resume(partner.pd) == OK);
		} while (state.run != THREAD_WAITING);
		CHECK(signal_submit((signal_t){signal}) == OK);
	}
	for (uint32_t i = 0; i < 1000 && seen->rounds < ROUNDS; i++)
		thread_yield();
	CHECK(seen->rounds == ROUNDS && seen->executed == 5 * ROUNDS && seen->skipped == 0);
	partner_end(&partner);
	object_end(signal);
}
