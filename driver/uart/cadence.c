/* SPDX-License-Identifier: MIT */
/*
 * Registers of the UART of the Zynq-7000 (Cadence; UG585, chapter 19 and appendix B.33): see uart.h. Offsets, and the bits that
 * interrupts and status share.
 */
#include "driver/uart/uart.h"

enum {
	CONTROL = 0x00, MODE = 0x04, ENABLE = 0x08, DISABLE = 0x0c, PENDING = 0x14, BAUD = 0x18, TRIGGER = 0x20, STATUS = 0x2c,
	FIFO = 0x30, DIVIDER = 0x34
};
enum { RESET_AND_ENABLE = 0x17, EIGHT_BITS_NO_PARITY = 0x20, ALL = 0x1fff };
enum { RECEIVED = 1 << 0, RECEIVER_EMPTY = 1 << 1, SENDER_EMPTY = 1 << 3, SENDER_FULL = 1 << 4 };
enum { BAUD_115200 = 62, DIVIDER_115200 = 6 };   /* of a reference clock of 50 MHz */

const char uart_compatible[] = "xlnx,xuartps";

void uart_start(struct uart *uart)
{
	*device_word(&uart->device, DISABLE) = ALL;
	*device_word(&uart->device, CONTROL) = RESET_AND_ENABLE;
	*device_word(&uart->device, MODE) = EIGHT_BITS_NO_PARITY;
	*device_word(&uart->device, BAUD) = BAUD_115200;
	*device_word(&uart->device, DIVIDER) = DIVIDER_115200;
	*device_word(&uart->device, TRIGGER) = 1;
	*device_word(&uart->device, PENDING) = ALL;
	*device_word(&uart->device, ENABLE) = RECEIVED;
}

void uart_fill(struct uart *uart)
{
	while (uart->count && !(*device_word(&uart->device, STATUS) & SENDER_FULL))
		*device_word(&uart->device, FIFO) = uart_next(uart);
	*device_word(&uart->device, PENDING) = SENDER_EMPTY;
	*device_word(&uart->device, uart->count ? ENABLE : DISABLE) = SENDER_EMPTY;
}

uint32_t uart_interrupt(struct uart *uart, uint8_t *bytes, uint32_t size)
{
	uint32_t count = 0;

	while (count < size && !(*device_word(&uart->device, STATUS) & RECEIVER_EMPTY))
		bytes[count++] = (uint8_t)*device_word(&uart->device, FIFO);
	*device_word(&uart->device, PENDING) = RECEIVED;
	uart_fill(uart);
	device_acknowledge(&uart->device);
	return count;
}
