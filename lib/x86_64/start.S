/* SPDX-License-Identifier: MIT */
/* First instruction of a component: the argument is in rdi, the stack as at a function's entry (kernel/boot.h). */
	.text
	.globl _start
_start:
	xor %ebp, %ebp
	call component_main
	mov %eax, %edi
	call component_exit
	ud2

	.section .note.GNU-stack, "", @progbits
