/* SPDX-License-Identifier: MIT */
/* The processor: system registers of a Cortex-A9 (ARM ARM DDI 0406C, B4), and addresses as it sees them (layout.h). */
#ifndef KERNEL_ARMV7_CPU_H
#define KERNEL_ARMV7_CPU_H

#include <stdint.h>

#include "kernel/armv7/layout.h"

enum { PSR_USER = 0x10, PSR_MODE = 0x1f, PSR_THUMB = 1 << 5, PSR_JAZELLE = 1 << 24 };
enum { PSR_STATE_IT = 0x0600fc00 };
#define PSR_FREE 0xfe0ffe20u /* what a thread may choose: NZCVQ, GE, IT, T, and E, as SETEND cannot be denied */

#define CP15_READ(name, op1, n, m, op2)                                                            \
	static inline uint32_t name(void)                                                          \
	{                                                                                          \
		uint32_t value;                                                                    \
		__asm__ volatile("mrc p15, " #op1 ", %0, c" #n ", c" #m ", " #op2 : "=r"(value));     \
		return value;                                                                      \
	}
#define CP15_WRITE(name, op1, n, m, op2)                                                           \
	static inline void name(uint32_t value)                                                    \
	{                                                                                          \
		__asm__ volatile("mcr p15, " #op1 ", %0, c" #n ", c" #m ", " #op2 : : "r"(value) : "memory"); \
	}

CP15_READ(cpu_dfsr_read, 0, 5, 0, 0)
CP15_READ(cpu_ifsr_read, 0, 5, 0, 1)
CP15_READ(cpu_dfar_read, 0, 6, 0, 0)
CP15_READ(cpu_ifar_read, 0, 6, 0, 2)
CP15_READ(cpu_isr_read, 0, 12, 1, 0) /* interrupts that wait */
CP15_READ(cpu_cpacr_read, 0, 1, 0, 2)
CP15_WRITE(cpu_cpacr_write, 0, 1, 0, 2)
CP15_WRITE(cpu_ttbr0_write, 0, 2, 0, 0)
CP15_WRITE(cpu_contextidr_write, 0, 13, 0, 1)
CP15_WRITE(cpu_tls_write, 0, 13, 0, 3)  /* TPIDRURO */
CP15_WRITE(cpu_utcb_write, 0, 13, 0, 2) /* TPIDRURW */
CP15_WRITE(cpu_core_write, 0, 13, 0, 4) /* TPIDRPRW: struct core */
CP15_WRITE(cpu_vbar_write, 0, 12, 0, 0)
/* Of all cores (inner shareable). */
CP15_WRITE(cpu_tlb_all, 0, 8, 3, 0)
CP15_WRITE(cpu_tlb_page, 0, 8, 3, 1) /* address | ASID */
CP15_WRITE(cpu_tlb_asid, 0, 8, 3, 2)
CP15_WRITE(cpu_data_clean, 0, 7, 11, 1) /* line, to the point of unification */
CP15_WRITE(cpu_data_flush, 0, 7, 14, 1) /* line: clean and invalidate, to the point of coherency */
CP15_WRITE(cpu_instructions_invalidate, 0, 7, 1, 0) /* of all cores */
CP15_WRITE(cpu_branches_invalidate, 0, 7, 1, 6)

static inline void cpu_dsb(void)
{
	__asm__ volatile("dsb" : : : "memory");
}

static inline void cpu_isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

static inline void cpu_event_wait(void)
{
	__asm__ volatile("wfe" : : : "memory");
}

static inline void cpu_wait(void)
{
	__asm__ volatile("dsb\n\twfi" : : : "memory");
}

/* For those that wait for an event: what was written before can be seen. An event before the waiting ends it at once. */
static inline void cpu_event_send(void)
{
	__asm__ volatile("dsb\n\tsev" : : : "memory");
}

/* TPIDRPRW never changes, so it need not be read again. */
static inline uint32_t cpu_core_read(void)
{
	uint32_t value;

	__asm__("mrc p15, 0, %0, c13, c0, 4" : "=r"(value));
	return value;
}

static inline uint32_t physical(const void *at)
{
	return (uint32_t)(uintptr_t)at - KERNEL_OFFSET;
}

static inline void *virtual_of(uint32_t at)
{
	return (void *)(uintptr_t)(at + KERNEL_OFFSET);
}

static inline volatile uint32_t *device(uint32_t address)
{
	return (volatile uint32_t *)(uintptr_t)(address + BOARD_VIEW);
}

#endif
