/* SPDX-License-Identifier: MIT */
/* Accesses that may fault, each with its first instruction; access_skip has the reflected fault end it. */
	.text
	.globl access_load, access_store, access_skip
access_load:                     /* bool (const void *address, uint64_t *value) */
	mov (%rdi), %rax
	mov %rax, (%rsi)
	mov $1, %eax
	ret
access_store:                    /* bool (void *address, uint64_t value) */
	mov %rsi, (%rdi)
	mov $1, %eax
	ret
access_skip:                     /* void (struct registers *): go on at access_failed (rip lies at 128) */
	lea access_failed(%rip), %rax
	mov %rax, 128(%rdi)
	ret
access_failed:
	xor %eax, %eax
	ret

	.section .rodata
	.balign 4
	.globl fault_of_division
fault_of_division:               /* FAULT_ARITHMETIC */
	.long 2

	.section .note.GNU-stack, "", @progbits
