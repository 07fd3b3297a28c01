/* SPDX-License-Identifier: MIT */
/* How other cores come in: see core.h and start.S. */
#include "kernel/armv7/core.h"

enum { SCU_CONFIGURATION = 4 };

extern volatile uint32_t pen_release;
extern const uint8_t start_other[];

static uint32_t arrived;

/* Cores that there are: the snoop control unit knows (DDI 0407, 2.2.2). */
uint32_t core_count(void)
{
	uint32_t there = (*device(BOARD_PERIPHERALS + SCU_CONFIGURATION) & 3) + 1;

	return there < BOARD_CORES ? there : BOARD_CORES;
}

void core_release_others(void)
{
	pen_release = physical(start_other);
	cpu_dsb();
	cpu_data_flush((uint32_t)(uintptr_t)&pen_release);
	cpu_event_send();
	while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) != core_count() - 1)
		;
}

void core_arrive(void)
{
	__atomic_fetch_add(&arrived, 1, __ATOMIC_RELEASE);
}
