/* SPDX-License-Identifier: MIT */
/* The terminal "console" on the line: a watcher of it (terminal/session.h) that sends its record and feeds what comes. */
#ifndef DRIVER_UART_TERMINAL_H
#define DRIVER_UART_TERMINAL_H

#include <terminal/session.h>

#include "driver/uart/uart.h"

struct terminal {
	struct uart *uart;
	struct session session;    /* ep zero: none is allowed */
	uint8_t *buffer;
	uint64_t offset;           /* in the record, of what is shown next */
	uint32_t frame;            /* bytes left of the frame that is being shown */
};

/* `news`: to be submitted when there is output. No terminal is allowed here: OK, and there is none. */
err_t terminal_start(struct terminal *terminal, struct uart *uart, slot_t news) MUST_CHECK;

/* Send what there is of the record, as far as there is room. */
void terminal_show(struct terminal *terminal);

void terminal_feed_bytes(struct terminal *terminal, const uint8_t *bytes, uint32_t count);

#endif
