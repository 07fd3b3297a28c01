/* SPDX-License-Identifier: MIT */
/* The console: UART1 of the Zynq-7000 (UG585, appendix B.33), polled. */
#include <board.h>
#include "kernel/armv7/console.h"
#include "kernel/armv7/cpu.h"

enum { CONTROL = 0x00, STATUS = 0x2c, FIFO = 0x30 };
enum { CONTROL_RESET_ENABLE = 0x17, STATUS_FULL = 1 << 4 };

void console_init(void)
{
	*device(BOARD_UART + CONTROL) = CONTROL_RESET_ENABLE;
}

void console_put(char byte)
{
	while (*device(BOARD_UART + STATUS) & STATUS_FULL)
		;
	*device(BOARD_UART + FIFO) = (uint8_t)byte;
}
