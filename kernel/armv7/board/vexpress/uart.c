/* SPDX-License-Identifier: MIT */
/* The console: UART0 of the motherboard, a PL011 (DDI 0183, 3.3), polled. */
#include <board.h>
#include "kernel/armv7/console.h"
#include "kernel/armv7/cpu.h"

enum { DATA = 0x00, FLAGS = 0x18, BAUD = 0x24, BAUD_PART = 0x28, LINE = 0x2c, CONTROL = 0x30 };
enum { FLAG_FULL = 1 << 5, LINE_FIFO_EIGHT_BITS = 0x70, CONTROL_SEND_ENABLE = 0x101 };
enum { BAUD_115200 = 13, BAUD_PART_115200 = 1 };   /* of a reference clock of 24 MHz */

void console_init(void)
{
	*device(BOARD_UART + CONTROL) = 0;
	*device(BOARD_UART + BAUD) = BAUD_115200;
	*device(BOARD_UART + BAUD_PART) = BAUD_PART_115200;
	*device(BOARD_UART + LINE) = LINE_FIFO_EIGHT_BITS;
	*device(BOARD_UART + CONTROL) = CONTROL_SEND_ENABLE;
}

void console_put(char byte)
{
	while (*device(BOARD_UART + FLAGS) & FLAG_FULL)
		;
	*device(BOARD_UART + DATA) = (uint8_t)byte;
}
