/* SPDX-License-Identifier: MIT */
/*
 * The processor as tests on the build machine see it, in place of the header of the same name: registers that are written
 * go nowhere, devices are words of memory.
 */
#ifndef KERNEL_ARMV7_CPU_H
#define KERNEL_ARMV7_CPU_H

#include <stdint.h>

enum { PSR_THUMB = 1 << 5, PSR_STATE_IT = 0x0600fc00 };

volatile uint32_t *device(uint32_t address);

/* Nobody is ready: the test has to wake somebody. */
void cpu_wait(void);

/* Interrupts that wait; of the last fault, what and where. */
uint32_t cpu_isr_read(void);
uint32_t cpu_ifsr_read(void);
uint32_t cpu_ifar_read(void);
uint32_t cpu_dfsr_read(void);
uint32_t cpu_dfar_read(void);

static inline uint32_t cpu_core_read(void)
{
	return 0;
}

static inline void cpu_dsb(void)
{
}

static inline void cpu_event_wait(void)
{
}

static inline void cpu_event_send(void)
{
}

static inline void cpu_utcb_write(uint32_t value)
{
	(void)value;
}

static inline void cpu_tls_write(uint32_t value)
{
	(void)value;
}

#endif
