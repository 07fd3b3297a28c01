/* SPDX-License-Identifier: MIT */
/*
 * Accesses to the program's memory that may fault, see posix/user.h, and the vector registers, which the library itself never
 * uses. Each instruction that may fault has a row in user_fixups: its address, and where to go on; sp is not changed
 * before the last of them, what is saved lies below it in the caller's frame.
 */
	.arch armv7-a
	.fpu neon
	.arm
	.text
	.globl user_copy_raw, user_fill_raw, user_load_raw, user_exchange_raw, registers_complete

/* (to r0, from r1, size r2): words in blocks of eight where both sides are aligned alike, else bytes. */
user_copy_raw:
	push {r4-r10, lr}
	eor r3, r0, r1
	tst r3, #3
	bne 5f
1:	tst r0, #3
	beq 3f
	subs r2, r2, #1
	blo 7f
10:	ldrb r3, [r1], #1
11:	strb r3, [r0], #1
	b 1b
3:	subs r2, r2, #32
	blo 4f
12:	ldmia r1!, {r3-r10}
13:	stmia r0!, {r3-r10}
	b 3b
4:	add r2, r2, #32
5:	subs r2, r2, #1
	blo 7f
14:	ldrb r3, [r1], #1
15:	strb r3, [r0], #1
	b 5b
7:	mov r0, #0
	pop {r4-r10, pc}
8:	mvn r0, #13
	pop {r4-r10, pc}

/* (to r0, byte r1, size r2) */
user_fill_raw:
	subs r2, r2, #1
	blo 2f
16:	strb r1, [r0], #1
	b user_fill_raw
2:	mov r0, #0
	bx lr

/* (from r0, value r1) */
user_load_raw:
17:	ldr r2, [r0]
	str r2, [r1]
	mov r0, #0
	bx lr

/* (at r0, expected r1, desired r2, found r3) */
user_exchange_raw:
	dmb
18:	ldrex r12, [r0]
	cmp r12, r1
	bne 2f
19:	strex r12, r2, [r0]
	cmp r12, #0
	bne 18b
	mov r12, r1
2:	dmb
	str r12, [r3]
	mov r0, #0
	bx lr
9:	mvn r0, #13                     /* -EFAULT */
	bx lr

/* (struct registers *): fpscr, vfp_size, d at 72, 76, 80; those that are there stay */
registers_complete:
	ldr r1, [r0, #76]
	cmp r1, #0
	bxne lr
	vmrs r1, fpscr
	mov r2, #256
	add r0, r0, #72
	stmia r0!, {r1, r2}
	vstmia r0!, {d0-d15}
	vstmia r0, {d16-d31}
	bx lr

	.section .rodata
	.balign 4
	.globl user_fixups, user_fixups_end
user_fixups:
	.word 10b, 8b, 11b, 8b, 12b, 8b, 13b, 8b, 14b, 8b, 15b, 8b
	.word 16b, 9b, 17b, 9b, 18b, 9b, 19b, 9b
user_fixups_end:
	.section .note.GNU-stack, "", %progbits
