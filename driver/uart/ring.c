/* SPDX-License-Identifier: MIT */
/* The ring of what is to be sent: see uart.h. */
#include "driver/uart/uart.h"

uint32_t uart_room(const struct uart *uart)
{
	return UART_RING - uart->count;
}

uint8_t uart_next(struct uart *uart)
{
	uint8_t byte = uart->ring[uart->first];

	uart->first = (uart->first + 1) % UART_RING;
	uart->count--;
	return byte;
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
		uart_fill(uart);
}
