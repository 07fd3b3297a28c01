/* SPDX-License-Identifier: MIT */
/* Accesses that may fault, each with its first instruction; the reflected fault continues at access_failed. */
	.text
	.globl access_load, access_store, access_failed
access_load:                     /* bool (const void *address, uint64_t *value) */
	mov (%rdi), %rax
	mov %rax, (%rsi)
	mov $1, %eax
	ret
access_store:                    /* bool (void *address, uint64_t value) */
	mov %rsi, (%rdi)
	mov $1, %eax
	ret
access_failed:
	xor %eax, %eax
	ret

	.section .note.GNU-stack, "", @progbits
