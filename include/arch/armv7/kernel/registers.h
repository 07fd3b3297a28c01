/* SPDX-License-Identifier: MIT */
/*
 * Registers of an ARMv7 thread, as saved, reflected, and kept in an image.
 *
 * vfp_size 0 means the initial state where a thread is made, and "as they are" for registers_continue; reflection
 * stores no vector registers, so a handler must not use them or keep them itself. Bit 0 of an address to start at
 * selects Thumb state, as for BX. TPIDRURW belongs to the kernel interface: it is the address of the control block.
 *
 * Entering the kernel is a trap: it changes r0 alone, the result.
 */
#ifndef KERNEL_REGISTERS_H
#define KERNEL_REGISTERS_H

#include <kernel/types.h>

enum { VFP_SIZE = 256 };

struct registers {
	uint32_t r[16];      /* 13 stack, 14 link, 15 instruction */
	uint32_t cpsr;       /* flags, IT and T; the mode may be 0 or user */
	uint32_t tls;        /* TPIDRURO: the thread pointer of programs */
	uint32_t fpscr;
	uint32_t vfp_size;   /* bytes of `d` in use: 0 or VFP_SIZE */
	uint64_t d[32];
};

#endif
