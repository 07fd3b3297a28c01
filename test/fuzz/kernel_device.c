/* SPDX-License-Identifier: MIT */
/* Interrupts of the kernel for tests, see kernel.h: like the hosted one it gives none, so its slots are empty. */
#include <kernel/boot.h>
#include <kernel/device.h>

#include "test/fuzz/kernel.h"

err_t interrupt_make(interrupt_t all, uint32_t number, slot_t to)
{
	struct cap *cap;

	(void)number;
	(void)to;
	return cap_lookup(kernel_current()->pd, all.slot, KIND_INTERRUPT, RIGHT_CONTROL, &cap);
}

err_t interrupt_bind(interrupt_t interrupt, signal_t signal)
{
	struct cap *cap;

	(void)signal;
	return cap_lookup(kernel_current()->pd, interrupt.slot, KIND_INTERRUPT, RIGHT_CONTROL, &cap);
}
