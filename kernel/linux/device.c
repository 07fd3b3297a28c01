/* SPDX-License-Identifier: MIT */
/* Interrupts: this kernel gives no devices (kernel/device.h), so nobody has a capability that leads here. */
#include "kernel/object/machine.h"

err_t machine_interrupt_make(uint32_t number, struct interrupt **interrupt)
{
	(void)number;
	(void)interrupt;
	return ERR_UNSUPPORTED;
}

void machine_interrupt_mask(uint32_t number, bool masked)
{
	(void)number;
	(void)masked;
}
