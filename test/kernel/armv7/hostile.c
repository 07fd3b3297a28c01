/* SPDX-License-Identifier: MIT */
/* The kernel suite: attacks on the machine below the microkernel: privileged instructions, and addresses that are the kernel's. */
#include <framework/memory.h>

#include "test/kernel/hostile.h"

enum { USER_MODE = 0x10, MODE_AND_MASKS = 0x1df, ATTEMPTS = 60, FAULTS = 119 };

static volatile uint32_t faults;   /* of the attacker; counted there */

/* What was tried is left out; a jump into the kernel comes back to its caller. */
static void note_refused(struct registers *registers)
{
	faults++;
	registers->r[15] = registers->r[15] >= PD_HIGH ? registers->r[14] : registers->r[15] + 4;
	registers_continue(registers);
}

static uint32_t mode_read(void)
{
	uint32_t state;

	__asm__ volatile("mrs %0, cpsr" : "=r"(state));
	return state & MODE_AND_MASKS;
}

#define REFUSED(text)                                                                              \
	do {                                                                                       \
		uint32_t before = faults;                                                          \
		__asm__ volatile(text : : : "r0", "memory");                                       \
		ATTACK->got_through += faults != before + 1;                                       \
		ATTACK->count++;                                                                   \
	} while (0)

/* Control of memory management, caches, exceptions and the processor itself (ARM DDI 0406, B3.17 and B4). */
static void attack_instructions(void)
{
	REFUSED("mrc p15, 0, r0, c1, c0, 0");   /* SCTLR */
	REFUSED("mcr p15, 0, r0, c1, c0, 0");
	REFUSED("mcr p15, 0, r0, c1, c0, 1");   /* ACTLR */
	REFUSED("mcr p15, 0, r0, c1, c0, 2");   /* CPACR */
	REFUSED("mrc p15, 0, r0, c2, c0, 0");   /* TTBR0 */
	REFUSED("mcr p15, 0, r0, c2, c0, 0");
	REFUSED("mcr p15, 0, r0, c2, c0, 1");
	REFUSED("mcr p15, 0, r0, c2, c0, 2");   /* TTBCR */
	REFUSED("mcr p15, 0, r0, c3, c0, 0");   /* DACR */
	REFUSED("mrc p15, 0, r0, c5, c0, 0");   /* DFSR */
	REFUSED("mcr p15, 0, r0, c7, c5, 0");   /* ICIALLU */
	REFUSED("mcr p15, 0, r0, c7, c6, 2");   /* DCISW */
	REFUSED("mcr p15, 0, r0, c7, c8, 0");   /* ATS1CPR */
	REFUSED("mcr p15, 0, r0, c8, c7, 0");   /* TLBIALL */
	REFUSED("mcr p15, 0, r0, c12, c0, 0");  /* VBAR */
	REFUSED("mcr p15, 0, r0, c13, c0, 1");  /* CONTEXTIDR */
	REFUSED("mcr p15, 0, r0, c13, c0, 3");  /* TPIDRURO: read only here */
	REFUSED("mrc p15, 0, r0, c13, c0, 4");  /* TPIDRPRW */
	REFUSED("mcr p15, 0, r0, c9, c12, 0");  /* PMCR, unless it was given to all */
	REFUSED(".arch_extension sec\n\tsmc #0");
	REFUSED("vmsr fpexc, r0");
}

/* These do nothing instead of trapping. */
static void attack_mode(void)
{
	uint32_t before = mode_read();

	__asm__ volatile("cpsid aif\n\tcps #0x13\n\tmsr cpsr_c, #0xd3\n\tmsr cpsr_c, #0xdf" : : : "memory");
	ATTACK->got_through += mode_read() != before || (before & 0x1f) != USER_MODE;
	ATTACK->count++;
}

/* The kernel's view of RAM, its text, devices, the vectors, and control blocks of other threads. */
static void attack_addresses(void)
{
	static const addr_t places[] = {0, 0x8000, UTCB_AREA + 5 * UTCB_SIZE, UTCB_AREA + 0xfffffc, 0x80000000, 0x80000000 + 1024,
	                                0x80100000, 0x80200000, 0x90000000, 0xa0000000, 0xbffffffc, 0xc0000000, 0xe0000000, 0xe0001000,
	                                0xe0009000, 0xee000100, 0xf8f00100, 0xf8f02000, 0xffff0000, 0xfffffffc};

	for (uint32_t i = 0; i < sizeof places / sizeof *places; i++) {
		uint32_t before = faults;
		register addr_t target __asm__("r4") = places[i];
		__asm__ volatile("ldr r0, [%0]\n\tstr r0, [%0]\n\tldrexb r0, [%0]\n\tstrbt r0, [%0]" : : "r"(target) : "r0", "memory");
		ATTACK->got_through += faults != before + 4;
		ATTACK->count++;
		if (target < PD_HIGH)
			continue;
		before = faults;
		__asm__ volatile("blx %0" : : "r"(target & ~(addr_t)1) : "lr", "r0", "memory");
		ATTACK->got_through += faults != before + 1;
		ATTACK->count++;
	}
}

static void attack_machine(addr_t unused)
{
	struct utcb *utcb = utcb_self();

	(void)unused;
	utcb->fault_entry = (addr_t)note_refused;
	utcb->fault_stack = ATTACK_STACK - 32 * 1024;
	attack_instructions();
	attack_mode();
	attack_addresses();
	utcb->word_count = 0;
	utcb->cap_count = 0;
	err_t err = ipc_call((ep_t){PARTNER_EP});
	(void)err;
	for (;;)
		thread_yield();
}

/* Reflects every fault to the attacker until it says that it is through: how many there were. */
static uint32_t faults_reflect(const struct scene *scene)
{
	struct utcb *utcb = utcb_self();
	const uint64_t end = clock_now() + 10000000000ull;
	uint32_t count = 0;

	err_t err = ipc_wait((ep_t){scene->ep}, (reply_t){scene->reply}, (signal_t){0}, end);
	for (; err == OK && utcb->badge == FAULT_BADGE; count++) {
		utcb->words[0] = FAULT_REFLECT;
		utcb->word_count = 1;
		utcb->cap_count = 0;
		err = ipc_reply_wait((ep_t){scene->ep}, (reply_t){scene->reply}, (signal_t){0}, end);
	}
	CHECK(err == OK);
	return count;
}

TEST(hostile_machine, "privileged instructions and the kernel's addresses are refused, whatever way they are tried")
{
	static struct scene scene;

	scene.faults = true;
	scene_begin(&scene, attack_machine, 1);
	uint32_t count = faults_reflect(&scene);
	CHECK(!scene.attack->got_through && scene.attack->count == ATTEMPTS && count == FAULTS);
	scene_end(&scene);
}

/* As good a mask as there is, then computing for ever. */
static void attack_mask(addr_t unused)
{
	(void)unused;
	__asm__ volatile("cpsid aif\n\tmsr cpsr_c, #0xd0" : : : "memory");
	for (;;)
		ATTACK->count++;
}

TEST(hostile_mask, "a thread that would mask interrupts is paused all the same, and can be removed")
{
	static struct scene scene;

	scene_begin(&scene, attack_mask, 1);
	wait_for(1000000);
	for (int i = 0; i < 5; i++) {
		uint64_t before = scene.attack->count;
		for (int waits = 0; waits < 20000 && scene.attack->count == before; waits++)
			wait_for(100000);
		CHECK(scene.attack->count > before);
		CHECK(pd_pause(scene.partner.pd, 2000000000) == OK);
		CHECK(pd_resume(scene.partner.pd) == OK);
	}
	scene_end(&scene);
}
