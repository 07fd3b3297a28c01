/* SPDX-License-Identifier: MIT */
/*
 * What differs between machines and is needed at compile time: where a protection domain's own addresses
 * lie, where its control blocks lie, and how a thread finds its own.
 */
#ifndef KERNEL_MACHINE_H
#define KERNEL_MACHINE_H

#include <kernel/message.h>
#include <kernel/registers.h>

#define PD_LOW ((addr_t)0x10000)
#define PD_HIGH ((addr_t)0x7f000000)

/* Code below here is foreign: whatever system call it makes is reflected (thread.h). The component's own code lies above. */
#define FOREIGN_HIGH ((addr_t)0x50000000)

/* Above PD_HIGH everything belongs to the kernel: control blocks, then from 2 GiB on the kernel itself. */
#define UTCB_AREA ((addr_t)0x7f000000)

/* Where the first component finds its boot_info (boot.h), and the top of its first stack. */
#define BOOT_INFO ((addr_t)0x5ff00000)
#define BOOT_STACK_TOP ((addr_t)0x5fe00000)

static inline addr_t utcb_address(uint32_t index)
{
	return UTCB_AREA + (addr_t)index * UTCB_SIZE;
}

static inline struct utcb *utcb_self(void)
{
	addr_t self;
	__asm__("mrc p15, 0, %0, c13, c0, 2" : "=r"(self));
	return (struct utcb *)self;
}

/* Continue at `registers`, with everything they hold. Changes nothing else. For handlers of reflection. */
_Noreturn void registers_continue(const struct registers *registers);

#endif
