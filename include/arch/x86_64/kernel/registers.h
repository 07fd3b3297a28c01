/* SPDX-License-Identifier: MIT */
/*
 * Registers of an x86-64 thread, as saved, reflected, and kept in an image.
 *
 * `fpu` is the standard (not compacted) XSAVE image, x87 and SSE first (Intel SDM vol. 1, 13.4). fpu_size
 * 0 means the initial state. GS belongs to the kernel interface: its base is the control block.
 *
 * Entering the kernel is a function call, not a trap: it keeps what a function keeps (rbx, rbp, r12-r15,
 * rsp, MXCSR and x87 control), which kernel_enter stores on the stack of the caller. So the registers of
 * a thread that is blocked in the kernel are only ip, sp and the arguments; the rest of this structure
 * is then zero and need not be kept. FS base belongs to foreign code: registers_continue sets it, and
 * whoever was continued behind a kernel call has none.
 */
#ifndef KERNEL_REGISTERS_H
#define KERNEL_REGISTERS_H

#include <kernel/types.h>

enum { FPU_SIZE = 2816 };

struct registers {
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp;
	uint64_t rip;
	uint64_t rflags;
	uint64_t fs_base;
	uint32_t fpu_size;  /* bytes of fpu in use, 0 or 512 .. FPU_SIZE */
	uint32_t reserved;
	uint64_t padding[5];
	uint8_t fpu[FPU_SIZE] __attribute__((aligned(64)));
};

#endif
