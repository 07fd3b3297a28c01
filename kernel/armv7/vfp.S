/* SPDX-License-Identifier: MIT */
/* Vector registers: on, off, out to and in from a struct vector (thread.h: fpscr at 0, d at 8). */
	.arch armv7-a
	.fpu neon
	.arm
	.text
	.globl vfp_enable
vfp_enable:
	mov r0, #1 << 30
	vmsr fpexc, r0
	bx lr

	.globl vfp_disable
vfp_disable:
	mov r0, #0
	vmsr fpexc, r0
	bx lr

	.globl vfp_save
vfp_save:
	vmrs r1, fpscr
	str r1, [r0], #8
	vstmia r0!, {d0-d15}
	vstmia r0, {d16-d31}
	bx lr

	.globl vfp_load
vfp_load:
	ldr r1, [r0], #8
	vmsr fpscr, r1
	vldmia r0!, {d0-d15}
	vldmia r0, {d16-d31}
	bx lr

	.section .note.GNU-stack, "", %progbits
