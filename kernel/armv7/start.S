/* SPDX-License-Identifier: MIT */
/*
 * Entry of all cores at the physical address, caches and MMU as a boot loader left them (cache.S). All but the first go to the pen;
 * that one clears bss, makes the kernel's translation table (layout.h), turns on MMU and caches, and goes on at kernel_main. The
 * others go on at kernel_other when they are let out. The table shows where this runs at its physical address, too, until all
 * are there.
 *
 * Memory types by TEX remap (SCTLR.TRE): 1 device, 2 normal, not cached, 3 normal, cached, shared. So two bits of a page's entry are free.
 */
#include "kernel/armv7/layout.h"

	.arch armv7-a
	.fpu neon
	.set SECTION_DATA, 0x00010000 | 0x400 | 0x10 | 0xc | 2       /* shared, kernel read/write, never executed, normal */
	.set SECTION_TEXT, 0x00018000 | 0x400 | 0xc | 2              /* kernel read-only */
	.set SECTION_DEVICE, 0x00010000 | 0x400 | 0x10 | 4 | 2
	.set TABLE_WALK, 0x4a                                        /* walks are cached and shared */
	.set MODE_SVC, 0x13

	.section .text.start, "ax"
	.arm
	.globl start
start:
	cpsid aif, #MODE_SVC
	mrc p15, 0, r0, c0, c0, 5
	ands r0, r0, #3                 /* MPIDR: which core */
	bne pen
	bl cache_own_start              /* a boot loader leaves it anyhow */
	bl cache_shared_start
	bl coherency_join

	ldr r0, =bss_start - KERNEL_OFFSET
	ldr r1, =bss_end - KERNEL_OFFSET
	mov r2, #0
1:	str r2, [r0], #4
	cmp r0, r1
	blo 1b

	ldr r4, =kernel_table - KERNEL_OFFSET
	ldr r0, =BOARD_RAM | SECTION_DATA
	ldr r1, =(KERNEL_BASE >> 20) * 4
	add r1, r4, r1
	ldr r2, =BOARD_RAM_SIZE >> 20
2:	str r0, [r1], #4
	add r0, r0, #0x100000
	subs r2, r2, #1
	bne 2b
	ldr r0, =(BOARD_RAM + KERNEL_TEXT) | SECTION_TEXT
	ldr r1, =((BOARD_RAM + KERNEL_TEXT) >> 20) * 4
	str r0, [r4, r1]
	ldr r1, =((KERNEL_BASE + KERNEL_TEXT) >> 20) * 4
	str r0, [r4, r1]
	ldr r3, =board_sections - KERNEL_OFFSET
	ldr r6, =SECTION_DEVICE
	ldr r7, =BOARD_VIEW
3:	ldmia r3!, {r0, r2}             /* device.h */
	cmp r2, #0
	beq 5f
	add r1, r0, r7
	orr r0, r0, r6
	add r1, r4, r1, lsr #20 - 2     /* addresses are whole MiB */
4:	str r0, [r1], #4
	add r0, r0, #0x100000
	subs r2, r2, #1
	bne 4b
	b 3b
5:	bl mmu_enable
	ldr sp, =core_stacks + CORE_STACK
	ldr pc, =kernel_main

/* r0: which core; physical address, MMU off. */
	.globl start_other
start_other:
	mov r5, r0
	bl coherency_join
	ldr r4, =kernel_table - KERNEL_OFFSET
	bl mmu_enable
	ldr r1, =core_stacks + CORE_STACK
	ldr r2, =CORE_STACK
	mla sp, r5, r2, r1
	mov r0, r5
	ldr pc, =kernel_other

/*
 * And what its errata ask for (Cortex-A9 MPCore Software Developers Errata Notice): 794072, barriers in a loop starve another core;
 * 845369, stores that stream are corrupted.
 */
coherency_join:
	mrc p15, 0, r0, c0, c0, 0       /* MIDR */
	ldr r1, =0xff0ffff0
	and r0, r0, r1
	ldr r1, =0x410fc090             /* a Cortex-A9 of any revision */
	cmp r0, r1
	mrceq p15, 0, r0, c15, c0, 1    /* its diagnostic register */
	orreq r0, r0, #1 << 4
	orreq r0, r0, #1 << 22
	mcreq p15, 0, r0, c15, c0, 1
	mrc p15, 0, r0, c1, c0, 1
	orr r0, r0, #0x41               /* ACTLR.SMP, FW: caches take part in coherency */
	mcr p15, 0, r0, c1, c0, 1
	bx lr

/* r4: physical address of the table. */
mmu_enable:
	orr r0, r4, #TABLE_WALK
	mcr p15, 0, r0, c2, c0, 0       /* TTBR0 */
	mcr p15, 0, r0, c2, c0, 1       /* TTBR1 */
	mov r0, #1
	mcr p15, 0, r0, c2, c0, 2       /* TTBCR.N = 1: split at 2 GiB */
	mcr p15, 0, r0, c3, c0, 0       /* domain 0: client */
	ldr r0, =(1 << 2) | (2 << 4) | (2 << 6) | (1 << 17) | (1 << 19)
	mcr p15, 0, r0, c10, c2, 0      /* PRRR */
	ldr r0, =(1 << 6) | (1 << 22)
	mcr p15, 0, r0, c10, c2, 1      /* NMRR: write-back, write-allocate */
	dsb
	isb
	mrc p15, 0, r0, c1, c0, 0
	ldr r1, =(1 << 28) | (1 << 12) | (1 << 11) | (1 << 2) | 1
	orr r0, r0, r1                  /* TRE, I, Z, C, M */
	bic r0, r0, #0x2000             /* V: vectors are at VBAR */
	bic r0, r0, #2                  /* A: unaligned accesses work */
	mcr p15, 0, r0, c1, c0, 0
	isb
	bx lr

/*
 * Where other cores wait, MMU and caches off, until pen_release holds a physical address to go on at. Who writes it cleans its
 * line to the point of coherency (cpu_data_flush), then sends an event (sev). r0 is the core's number.
 */
pen:
	bl cache_own_start
	mrc p15, 0, r0, c0, c0, 5
	and r0, r0, #3
	ldr r1, =pen_release - KERNEL_OFFSET
1:	ldr r2, [r1]
	cmp r2, #0
	bxne r2
	wfe
	b 1b

	.data
	.balign 64
	.globl pen_release
pen_release:
	.word 0
	.balign 64

	.bss
	.balign 16384
	.globl kernel_table
kernel_table:
	.skip 16384

	.section .note.GNU-stack, "", %progbits
