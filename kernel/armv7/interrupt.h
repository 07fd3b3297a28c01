/* SPDX-License-Identifier: MIT */
/* The interrupt controller of the Cortex-A9 (GIC architecture 1.0, IHI 0048). */
#ifndef KERNEL_ARMV7_INTERRUPT_H
#define KERNEL_ARMV7_INTERRUPT_H

#include <stdint.h>

enum { INTERRUPT_NONE = 1023, INTERRUPT_LINES = 96 };
enum { INTERRUPT_CORE = 16 }; /* below: from other cores */

/* Device lines, all of them to core 0; then what each core has of its own. */
void interrupt_init(void);
void interrupt_core_init(void);
void interrupt_enable(uint32_t number);
void interrupt_disable(uint32_t number);

/* Interrupt another core. */
void interrupt_send(uint32_t core);

/* The interrupt that is pending, with the core that sent it: it must be ended, but for INTERRUPT_NONE. */
uint32_t interrupt_take(void);
void interrupt_end(uint32_t taken);

static inline uint32_t interrupt_number(uint32_t taken)
{
	return taken & 1023;
}

/* The interrupt of a device: to its object (kernel/device.h). */
void interrupt_deliver(uint32_t number);

#endif
