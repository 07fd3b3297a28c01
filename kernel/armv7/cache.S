/* SPDX-License-Identifier: MIT */
/*
 * Caches at the entry. A boot loader may leave them on, with the image's newest bytes in them; after a reset they are off and
 * hold anything. So what was on is written back first, and all is invalid and off afterwards (Cortex-A9 TRM DDI 0388, 4.2;
 * PL310 TRM DDI 0246, 3.3; Cortex-A9 MPCore TRM DDI 0407, 2.2). No stack, no memory but that of registers.
 */
#include "kernel/armv7/layout.h"

	.arch armv7-a
	.arm
	.set CONTROL_MMU, 1
	.set CONTROL_DATA, 1 << 2
	.set CONTROL_INSTRUCTIONS, 3 << 11                           /* I, Z */
	.set SCU_INVALIDATE, 0x0c
	.set SCU_DIAGNOSTIC, 0x30
	.set LEVEL2_CONTROL, 0x100
	.set LEVEL2_SYNC, 0x730
	.set LEVEL2_FLUSH_WAYS, 0x7fc

	.section .text.cache, "ax"

/* All sets and ways of this core's data cache: 4 ways, lines of 32 bytes. Changes r0 to r3. */
	.macro data_cache_each operation
	mov r0, #0
	mcr p15, 2, r0, c0, c0, 0       /* CSSELR: level 1, data */
	isb
	mrc p15, 1, r0, c0, c0, 0       /* CCSIDR: 27:13 sets - 1 */
	ubfx r0, r0, #13, #15
1:	mov r1, #4
	mov r2, r0, lsl #5
2:	mcr p15, 0, r2, c7, \operation, 2
	add r2, r2, #1 << 30
	subs r1, r1, #1
	bne 2b
	subs r0, r0, #1
	bpl 1b
	dsb
	.endm

/* This core's own: its data is in memory or in level 2, the MMU is off, nothing is cached. Changes r0 to r3. */
	.globl cache_own_start
cache_own_start:
	mrc p15, 0, r3, c1, c0, 0
	tst r3, #CONTROL_DATA
	beq 3f
	data_cache_each c14             /* clean and invalidate */
3:	bic r3, r3, #CONTROL_MMU | CONTROL_DATA
	bic r3, r3, #CONTROL_INSTRUCTIONS
	mcr p15, 0, r3, c1, c0, 0
	isb
	data_cache_each c6              /* invalidate */
	mov r0, #0
	mcr p15, 0, r0, c8, c7, 0       /* TLB */
	mcr p15, 0, r0, c7, c5, 0       /* instructions */
	mcr p15, 0, r0, c7, c5, 6       /* branches */
	dsb
	isb
	bx lr

/* What cores share: level 2 is off, its data in memory; the snoop control unit is on. For the first core, behind its own. */
	.globl cache_shared_start
cache_shared_start:
	ldr r0, =BOARD_LEVEL2
	ldr r1, [r0, #LEVEL2_CONTROL]
	tst r1, #1
	beq 5f
	ldr r1, =0xffff
	str r1, [r0, #LEVEL2_FLUSH_WAYS]
4:	ldr r2, [r0, #LEVEL2_FLUSH_WAYS]
	tst r2, r1
	bne 4b
	mov r1, #0
	str r1, [r0, #LEVEL2_SYNC]
	str r1, [r0, #LEVEL2_CONTROL]
	dsb
5:	ldr r0, =BOARD_PERIPHERALS
	ldr r1, [r0]
	tst r1, #1
	bxne lr
	ldr r2, [r0, #SCU_DIAGNOSTIC]
	orr r2, r2, #1                  /* erratum 764369: cleaning a line may miss another core's */
	str r2, [r0, #SCU_DIAGNOSTIC]
	ldr r2, =0xffff
	str r2, [r0, #SCU_INVALIDATE]
	orr r1, r1, #1
	str r1, [r0]
	dsb
	bx lr

	.section .note.GNU-stack, "", %progbits
