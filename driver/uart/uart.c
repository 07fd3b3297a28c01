/* SPDX-License-Identifier: MIT */
/* Registers of the UART: see uart.h. Offsets, and the bits that interrupts and status share. */
#include "driver/uart/uart.h"

enum {
	CONTROL = 0x00, MODE = 0x04, ENABLE = 0x08, DISABLE = 0x0c, PENDING = 0x14, BAUD = 0x18, TRIGGER = 0x20, STATUS = 0x2c,
	FIFO = 0x30, DIVIDER = 0x34
};
enum { RESET_AND_ENABLE = 0x17, EIGHT_BITS_NO_PARITY = 0x20, ALL = 0x1fff };
enum { RECEIVED = 1 << 0, RECEIVER_EMPTY = 1 << 1, SENDER_EMPTY = 1 << 3, SENDER_FULL = 1 << 4 };
enum { BAUD_115200 = 62, DIVIDER_115200 = 6 };   /* of a reference clock of 50 MHz */

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

uint32_t uart_room(const struct uart *uart)
{
	return UART_RING - uart->count;
}

/* Fill the sender; while there is more, it says when it is empty. */
static void send_on(struct uart *uart)
{
	while (uart->count && !(*device_word(&uart->device, STATUS) & SENDER_FULL)) {
		*device_word(&uart->device, FIFO) = uart->ring[uart->first];
		uart->first = (uart->first + 1) % UART_RING;
		uart->count--;
	}
	*device_word(&uart->device, PENDING) = SENDER_EMPTY;
	*device_word(&uart->device, uart->count ? ENABLE : DISABLE) = SENDER_EMPTY;
}

void uart_send(struct uart *uart, const char *bytes, uint32_t length)
{
	bool idle = !uart->count;

	for (uint32_t i = 0; i < length; i++) {
		if (uart->count == UART_RING) {
			uart->lost += length - i;
			break;
		}
		uart->ring[(uart->first + uart->count++) % UART_RING] = (uint8_t)bytes[i];
	}
	if (idle)
		send_on(uart);
}

uint32_t uart_interrupt(struct uart *uart, uint8_t *bytes, uint32_t size)
{
	uint32_t count = 0;

	while (count < size && !(*device_word(&uart->device, STATUS) & RECEIVER_EMPTY))
		bytes[count++] = (uint8_t)*device_word(&uart->device, FIFO);
	*device_word(&uart->device, PENDING) = RECEIVED;
	send_on(uart);
	device_acknowledge(&uart->device);
	return count;
}
