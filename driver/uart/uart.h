/* SPDX-License-Identifier: MIT */
/*
 * A UART by interrupts alone; which one is chosen by file (cadence.c, pl011.c), behind the same ring (ring.c). What is to be sent waits
 * in a ring; what does not fit is counted as lost, because nobody waits for a line.
 */
#ifndef DRIVER_UART_H
#define DRIVER_UART_H

#include "driver/device.h"

enum { UART_RING = 64 * 1024 };

struct uart {
	struct device device;
	uint32_t first, count;     /* of the ring */
	uint32_t lost;             /* bytes, since it was last looked at */
	uint8_t ring[UART_RING];
};

/* Which UART this drives (kernel/device.h). */
extern const char uart_compatible[];

/* The device was opened. */
void uart_start(struct uart *uart);

/* Bytes of the ring that are free. */
uint32_t uart_room(const struct uart *uart);
void uart_send(struct uart *uart, const char *bytes, uint32_t length);

/* Between ring and registers: the next byte of a ring that is not empty; fill the sender, which tells of room while there is more. */
uint8_t uart_next(struct uart *uart);
void uart_fill(struct uart *uart);

/* An interrupt came: send on, and take at most `size` bytes that were received; how many. Acknowledges. */
uint32_t uart_interrupt(struct uart *uart, uint8_t *bytes, uint32_t size);

#endif
