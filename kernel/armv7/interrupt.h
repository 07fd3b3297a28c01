/* SPDX-License-Identifier: MIT */
/* The interrupt controller of the Cortex-A9 (GIC architecture 1.0, IHI 0048). */
#ifndef KERNEL_ARMV7_INTERRUPT_H
#define KERNEL_ARMV7_INTERRUPT_H

#include <stdint.h>

enum { INTERRUPT_NONE = 1023, INTERRUPT_LINES = 96 };

void interrupt_init(void);
void interrupt_enable(uint32_t number);
void interrupt_disable(uint32_t number);

/* The interrupt that is pending, which must be ended; or INTERRUPT_NONE. */
uint32_t interrupt_take(void);
void interrupt_end(uint32_t number);

/* The interrupt of a device: to its object (kernel/device.h). */
void interrupt_deliver(uint32_t number);

#endif
