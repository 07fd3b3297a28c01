/* SPDX-License-Identifier: MIT */
/*
 * Entry at the physical address, MMU off, one core, interrupts off. Clears bss, makes the kernel's translation table
 * (cpu.h), turns on MMU and caches, and goes on at kernel_main.
 *
 * Memory types by TEX remap (SCTLR.TRE): 1 device, 2 normal, not cached, 3 normal, cached, shared. So two bits of a page's entry are free.
 */
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
	mov r0, #0
	mcr p15, 0, r0, c8, c7, 0       /* TLB */
	mcr p15, 0, r0, c7, c5, 0       /* instruction cache, branches */
	mcr p15, 0, r0, c7, c5, 6
	mrc p15, 0, r0, c1, c0, 1
	orr r0, r0, #0x41               /* ACTLR.SMP, FW: caches take part in coherency */
	mcr p15, 0, r0, c1, c0, 1

	ldr r0, =bss_start - 0x80000000
	ldr r1, =bss_end - 0x80000000
	mov r2, #0
1:	str r2, [r0], #4
	cmp r0, r1
	blo 1b

	ldr r4, =kernel_table - 0x80000000
	ldr r0, =SECTION_DATA           /* all RAM */
	add r1, r4, #0x800 * 4
	mov r2, #1024
2:	str r0, [r1], #4
	add r0, r0, #0x100000
	subs r2, r2, #1
	bne 2b
	ldr r0, =0x00100000 | SECTION_TEXT
	str r0, [r4, #4]                /* where this runs, until the jump */
	ldr r1, =0x801 * 4
	str r0, [r4, r1]
	ldr r0, =0xe0000000 | SECTION_DEVICE
	ldr r1, =0xe00 * 4
	str r0, [r4, r1]
	ldr r0, =0xf8000000 | SECTION_DEVICE
	ldr r1, =0xf80 * 4
	add r1, r4, r1
	mov r2, #16
3:	str r0, [r1], #4
	add r0, r0, #0x100000
	subs r2, r2, #1
	bne 3b

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
	ldr pc, =4f
4:	ldr r4, =kernel_table
	mov r0, #0
	str r0, [r4, #4]
	dsb
	mcr p15, 0, r0, c8, c7, 0
	dsb
	isb
	ldr sp, =start_stack_top
	bl kernel_main
	b .

	.bss
	.balign 16384
	.globl kernel_table
kernel_table:
	.skip 16384
	.balign 8
	.skip 4096
start_stack_top:

	.section .note.GNU-stack, "", %progbits
