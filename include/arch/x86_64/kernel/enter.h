/* SPDX-License-Identifier: MIT */
/* How a component enters the kernel: `call` (kernel/object/call.h) and its words. See registers.h for what survives. */
#ifndef KERNEL_ENTER_H
#define KERNEL_ENTER_H

#include <kernel/types.h>

long kernel_enter(uint32_t call, addr_t w0, addr_t w1, addr_t w2, addr_t w3, addr_t w4);

static inline uint32_t enter(uint32_t call, uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3, uint64_t w4)
{
	return (uint32_t)kernel_enter(call, w0, w1, w2, w3, w4);
}

#endif
