/* SPDX-License-Identifier: MIT */
/*
 * The processor as tests on the build machine see it, in place of the header of the same name: registers that are written
 * go nowhere, devices are words of memory.
 */
#ifndef KERNEL_ARMV7_CPU_H
#define KERNEL_ARMV7_CPU_H

#include <stdint.h>

volatile uint32_t *device(uint32_t address);

/* Nobody is ready: the test has to wake somebody. */
void cpu_wait(void);

static inline void cpu_utcb_write(uint32_t value)
{
	(void)value;
}

static inline void cpu_tls_write(uint32_t value)
{
	(void)value;
}

#endif
