/* SPDX-License-Identifier: MIT */
/* First instruction of a component: the argument is in r0, the stack as at a function's entry (kernel/boot.h). */
	.text
	.arm
	.globl _start
_start:
	mov r11, #0
	mov lr, #0
	bl component_main
	bl component_exit
	udf #0

	.section .note.GNU-stack, "", %progbits
