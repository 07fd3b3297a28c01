/* SPDX-License-Identifier: MIT */
/* The interrupt controller: see interrupt.h. */
#include <board.h>

#include "kernel/armv7/cpu.h"
#include "kernel/armv7/interrupt.h"

#define INTERFACE (BOARD_PERIPHERALS + 0x100)
#define DISTRIBUTOR (BOARD_PERIPHERALS + 0x1000)
enum { INTERFACE_CONTROL = 0x00, INTERFACE_MASK = 0x04, INTERFACE_TAKE = 0x0c, INTERFACE_END = 0x10 };
enum { DISTRIBUTOR_CONTROL = 0x000, DISTRIBUTOR_ENABLE = 0x100, DISTRIBUTOR_DISABLE = 0x180, DISTRIBUTOR_TARGET = 0x800,
       DISTRIBUTOR_SEND = 0xf00 };
enum { SHARED_FIRST = 32, CORE0_FOUR = 0x01010101, SEND_TARGET = 16 };

void interrupt_init(void)
{
	for (uint32_t number = SHARED_FIRST; number < INTERRUPT_LINES; number += 32)
		*device(DISTRIBUTOR + DISTRIBUTOR_DISABLE + number / 32 * 4) = UINT32_MAX; /* what a boot loader left */
	for (uint32_t number = SHARED_FIRST; number < INTERRUPT_LINES; number += 4)
		*device(DISTRIBUTOR + DISTRIBUTOR_TARGET + number) = CORE0_FOUR;
	*device(DISTRIBUTOR + DISTRIBUTOR_CONTROL) = 1;
}

void interrupt_core_init(void)
{
	*device(DISTRIBUTOR + DISTRIBUTOR_DISABLE) = UINT32_MAX;
	*device(INTERFACE + INTERFACE_MASK) = 0xff;
	*device(INTERFACE + INTERFACE_CONTROL) = 1;
}

void interrupt_send(uint32_t core)
{
	*device(DISTRIBUTOR + DISTRIBUTOR_SEND) = 1u << (SEND_TARGET + core);
}

void interrupt_enable(uint32_t number)
{
	*device(DISTRIBUTOR + DISTRIBUTOR_ENABLE + number / 32 * 4) = 1u << number % 32;
}

void interrupt_disable(uint32_t number)
{
	*device(DISTRIBUTOR + DISTRIBUTOR_DISABLE + number / 32 * 4) = 1u << number % 32;
	cpu_dsb();
}

uint32_t interrupt_take(void)
{
	return *device(INTERFACE + INTERFACE_TAKE);
}

void interrupt_end(uint32_t taken)
{
	*device(INTERFACE + INTERFACE_END) = taken;
}
