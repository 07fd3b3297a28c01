/* SPDX-License-Identifier: MIT */
/* Accesses that may fault, each with its first instruction; access_skip has the reflected fault end it. */
	.arch armv7-a
	.arm
	.text
	.globl access_load, access_store, access_skip
access_load:                     /* bool (const void *address, uint64_t *value) */
	ldrd r2, r3, [r0]
	strd r2, r3, [r1]
	mov r0, #1
	bx lr
access_store:                    /* bool (void *address, uint64_t value) */
	strd r2, r3, [r0]
	mov r0, #1
	bx lr
access_skip:                     /* void (struct registers *): go on at access_failed (r15 lies at 60) */
	ldr r1, =access_failed
	str r1, [r0, #60]
	bx lr
access_failed:
	mov r0, #0
	bx lr

	.section .rodata
	.balign 4
	.globl fault_of_division
fault_of_division:               /* FAULT_INSTRUCTION: division is a function that traps (lib/armv7/division.c) */
	.long 3

	.section .note.GNU-stack, "", %progbits
