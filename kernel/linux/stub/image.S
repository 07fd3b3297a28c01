/* SPDX-License-Identifier: MIT */
/* The stub's executable as bytes in the kernel process. */
	.section .rodata
	.globl stub_image_first, stub_image_last
	.balign 16
stub_image_first:
	.incbin STUB_FILE
stub_image_last:
	.section .note.GNU-stack, "", @progbits
