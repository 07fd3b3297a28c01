/* SPDX-License-Identifier: MIT */
/*
 * Accesses to the program's memory that may fault, see posix/user.h. Each faulting instruction has a row in user_fixups:
 * its address, and where to go on.
 */
	.text
	.globl user_copy_raw, user_fill_raw, user_load_raw, user_exchange_raw
user_copy_raw:			/* (to, from, size) */
	mov %rdx, %rcx
1:	rep movsb
	xor %eax, %eax
	ret
user_fill_raw:			/* (to, byte, size) */
	mov %esi, %eax
	mov %rdx, %rcx
2:	rep stosb
	xor %eax, %eax
	ret
user_load_raw:			/* (from, value) */
3:	mov (%rdi), %eax
	mov %eax, (%rsi)
	xor %eax, %eax
	ret
user_exchange_raw:		/* (at, expected, desired, found) */
	mov %esi, %eax
4:	lock cmpxchg %edx, (%rdi)
	mov %eax, (%rcx)
	xor %eax, %eax
	ret
9:	mov $-14, %rax
	ret

	.section .rodata
	.balign 8
	.globl user_fixups, user_fixups_end
user_fixups:
	.quad 1b, 9b, 2b, 9b, 3b, 9b, 4b, 9b
user_fixups_end:
	.section .note.GNU-stack, "", @progbits
