/* SPDX-License-Identifier: MIT */
/*
 * Entry and exit. While a thread runs, sp of supervisor mode is the address of its context (thread.h): all registers
 * go there, then the core's kernel stack is used from its top (core.h). Interrupts stay off in the kernel, so nothing nests; an
 * exception out of the kernel itself is its bug. Each handler returns the context to go on with.
 */
	.arch armv7-a
	.arm
	.set CONTEXT_PC, 60
	.set CONTEXT_CPSR, 64
	.set MODE_MASK, 0x1f
	.set MODE_USER, 0x10
	.set MODE_SVC, 0x13
	.set CORES_MOST, 8

	.text
	.balign 32
	.globl vectors
vectors:
	b .
	b entry_undefined
	b entry_svc
	b entry_prefetch
	b entry_data
	b .
	b entry_irq
	b .

entry_svc:
	stmia sp, {r0-r14}^
	str lr, [sp, #CONTEXT_PC]
	mrs r0, spsr
	str r0, [sp, #CONTEXT_CPSR]
	tst r0, #0xf
	bne entry_bug_svc
	mrc p15, 0, sp, c13, c0, 4
	ldr sp, [sp]
	bl trap_svc
	b context_resume

/* The banked sp points to three words of scratch memory: they bridge the change to supervisor mode. */
	.macro entry name, handler, back
\name:
	sub lr, lr, #\back
	stmia sp, {r0, lr}
	mrs lr, spsr
	str lr, [sp, #8]
	mov r0, sp
	and lr, lr, #MODE_MASK
	cmp lr, #MODE_USER
	bne entry_bug
	cps #MODE_SVC
	stmia sp, {r0-r14}^
	ldmia r0, {r1-r3}
	str r1, [sp]
	str r2, [sp, #CONTEXT_PC]
	str r3, [sp, #CONTEXT_CPSR]
	mrc p15, 0, sp, c13, c0, 4
	ldr sp, [sp]
	bl \handler
	b context_resume
	.endm

	entry entry_undefined, trap_undefined, 0
	entry entry_prefetch, trap_prefetch, 4
	entry entry_data, trap_data, 8
	entry entry_irq, trap_irq, 4

	.globl context_resume
context_resume:
	mov sp, r0
	ldr r1, [sp, #CONTEXT_CPSR]
	ldr lr, [sp, #CONTEXT_PC]
	msr spsr_fsxc, r1
	clrex
	ldmia sp, {r0-r14}^
	nop
	movs pc, lr

entry_bug_svc:
	mov r0, sp
entry_bug:
	ldr r1, [r0, #4]
	ldr r2, [r0, #8]
	mrc p15, 0, sp, c13, c0, 4
	ldr sp, [sp]
	b trap_bug

/* void vector_init(uint32_t core): vectors and the scratch words of each mode. */
	.globl vector_init
vector_init:
	ldr r1, =vectors
	mcr p15, 0, r1, c12, c0, 0
	ldr r1, =scratch
	add r0, r0, r0, lsl #1
	add r0, r1, r0, lsl #4
	cps #0x12
	mov sp, r0
	add r0, r0, #16
	cps #0x17
	mov sp, r0
	add r0, r0, #16
	cps #0x1b
	mov sp, r0
	cps #MODE_SVC
	bx lr

	.bss
	.balign 16
scratch:
	.skip 48 * CORES_MOST

	.section .note.GNU-stack, "", %progbits
