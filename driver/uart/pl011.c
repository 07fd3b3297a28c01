/* SPDX-License-Identifier: MIT */
/*
 * Registers of a PL011 (DDI 0183, 3.3): see uart.h. Reading the FIFO empty ends the receiver's interrupts, so these are never
 * cleared: a byte that comes meanwhile is not missed.
 */
#include "driver/uart/uart.h"

enum { DATA = 0x00, FLAGS = 0x18, BAUD = 0x24, BAUD_PART = 0x28, LINE = 0x2c, CONTROL = 0x30, MASK = 0x38, CLEAR = 0x44 };
enum { RECEIVER_EMPTY = 1 << 4, SENDER_FULL = 1 << 5 };
enum { RECEIVED = 1 << 4 | 1 << 6, SENT = 1 << 5, ALL = 0x7ff };   /* interrupts: data, or a pause behind some; room */
enum { FIFO_EIGHT_BITS = 0x70, SEND_AND_RECEIVE = 0x301 };
enum { BAUD_115200 = 13, BAUD_PART_115200 = 1 };   /* of a reference clock of 24 MHz */

const char uart_compatible[] = "arm,pl011";

void uart_start(struct uart *uart)
{
	*device_word(&uart->device, CONTROL) = 0;
	*device_word(&uart->device, MASK) = 0;
	*device_word(&uart->device, CLEAR) = ALL;
	*device_word(&uart->device, BAUD) = BAUD_115200;
	*device_word(&uart->device, BAUD_PART) = BAUD_PART_115200;
	*device_word(&uart->device, LINE) = FIFO_EIGHT_BITS;
	*device_word(&uart->device, CONTROL) = SEND_AND_RECEIVE;
	*device_word(&uart->device, MASK) = RECEIVED;
}

void uart_fill(struct uart *uart)
{
	*device_word(&uart->device, CLEAR) = SENT;
	while (uart->count && !(*device_word(&uart->device, FLAGS) & SENDER_FULL))
		*device_word(&uart->device, DATA) = uart_next(uart);
	*device_word(&uart->device, MASK) = uart->count ? RECEIVED | SENT : RECEIVED;
}

uint32_t uart_interrupt(struct uart *uart, uint8_t *bytes, uint32_t size)
{
	uint32_t count = 0;

	while (count < size && !(*device_word(&uart->device, FLAGS) & RECEIVER_EMPTY))
		bytes[count++] = (uint8_t)*device_word(&uart->device, DATA);
	uart_fill(uart);
	device_acknowledge(&uart->device);
	return count;
}
