/* SPDX-License-Identifier: MIT */
/*
 * Making a call again, see rewind.h. When a Thumb svc is executed its IT state has moved on to the next instruction: the mask
 * went one bit up, and its highest bit became the lowest of the condition (ARM ARM DDI 0406C, A2.5.2). What was
 * there before follows from the flags, which an svc leaves alone: it was executed, so its condition holds. Of the last in a block
 * nothing is left; without a condition it is executed again, too.
 */
#include <stdbool.h>

#include "kernel/armv7/cpu.h"
#include "kernel/armv7/rewind.h"

enum { IT_MASK = 0xf, IT_INVERTED = 0x10, IT_BASE = 5 };

/* A condition without its lowest bit, which inverts all but "always" (ARM ARM, A8.3). */
static bool condition_holds(uint32_t base, uint32_t cpsr)
{
	bool n = cpsr >> 31 & 1, z = cpsr >> 30 & 1, c = cpsr >> 29 & 1, v = cpsr >> 28 & 1;

	switch (base) {
	case 0: return z;
	case 1: return c;
	case 2: return n;
	case 3: return v;
	case 4: return c && !z;
	case 5: return n == v;
	case 6: return n == v && !z;
	default: return true;
	}
}

void svc_rewind(uint32_t *ip, uint32_t *cpsr)
{
	uint32_t it = (*cpsr >> 8 & 0xfc) | (*cpsr >> 25 & 3), base = it >> IT_BASE;

	*ip -= *cpsr & PSR_THUMB ? 2 : 4;
	if (!(*cpsr & PSR_THUMB) || !(it & IT_MASK))
		return;
	it = base << IT_BASE | (condition_holds(base, *cpsr) ? 0 : IT_INVERTED) | (it >> 1 & IT_MASK);
	*cpsr = (*cpsr & ~(uint32_t)PSR_STATE_IT) | (it & 0xfc) << 8 | (it & 3) << 25;
}
