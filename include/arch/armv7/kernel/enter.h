/* SPDX-License-Identifier: MIT */
/*
 * How a component enters the kernel: `svc #KERNEL_SVC` with the number of the call (kernel/object/call.h) in r12
 * and its words in r0 to r4; the result is in r0. Every other svc is foreign.
 *
 * Words are 32 bits wide until the first that may need more: from that one on (call_wide) each takes two registers.
 */
#ifndef KERNEL_ENTER_H
#define KERNEL_ENTER_H

#include <kernel/types.h>

#include "kernel/object/call.h"

enum { KERNEL_SVC = 1, CALL_REGISTERS_CONTINUE = 40 /* word 0: UTCB_FOREIGN or UTCB_FAULT */ };

/* The first word that takes two registers; 0: none. */
static inline uint32_t call_wide(uint32_t call)
{
	switch (call) {
	case CALL_PD_PAUSE:
	case CALL_PD_CLOCK_SET:
	case CALL_MEMORY_DISCARD:
	case CALL_THREAD_PAUSE:
	case CALL_SIGNAL_WAIT: return 1;
	case CALL_MEMORY_POPULATED: return 2;
	case CALL_IPC_WAIT:
	case CALL_IPC_REPLY_WAIT: return 3;
	default: return 0;
	}
}

static inline uint32_t enter_registers(uint32_t call, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	register uint32_t number __asm__("r12") = call;
	register uint32_t r0 __asm__("r0") = a;
	register uint32_t r1 __asm__("r1") = b;
	register uint32_t r2 __asm__("r2") = c;
	register uint32_t r3 __asm__("r3") = d;
	register uint32_t r4 __asm__("r4") = e;

	__asm__ volatile("svc %[svc]"
	                 : "+r"(r0)
	                 : "r"(number), "r"(r1), "r"(r2), "r"(r3), "r"(r4), [svc] "i"(KERNEL_SVC)
	                 : "memory");
	return r0;
}

/* `call` is a constant, so that only one of these remains. */
static inline uint32_t enter(uint32_t call, uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3, uint64_t w4)
{
	uint32_t a = (uint32_t)w0, b = (uint32_t)w1, c = (uint32_t)w2, d = (uint32_t)w3, e = (uint32_t)w4;

	switch (call_wide(call)) {
	case 1: return enter_registers(call, a, b, (uint32_t)(w1 >> 32), c, (uint32_t)(w2 >> 32));
	case 2: return enter_registers(call, a, b, c, (uint32_t)(w2 >> 32), d);
	case 3: return enter_registers(call, a, b, c, d, (uint32_t)(w3 >> 32));
	default: return enter_registers(call, a, b, c, d, e);
	}
}

#endif
