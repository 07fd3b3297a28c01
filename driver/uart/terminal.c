/* SPDX-License-Identifier: MIT */
/* See terminal.h. The buffer has two halves: what is read of the record, and what is fed. */
#include <framework/memory.h>

#include "driver/uart/terminal.h"

enum { BUFFER = 8192, HALF = BUFFER / 2 };
#define PATIENCE_NS 5000000000ull

static err_t buffer_give(struct terminal *terminal, slot_t news)
{
	const struct terminal_buffer_request request = {};
	struct terminal_buffer_reply reply;
	void *address;
	ds_t ds;
	err_t err = buffer_take(BUFFER, 0, &ds, &address);

	if (err != OK)
		return err;
	const slot_t caps[] = {ds.slot, news};
	terminal->buffer = address;
	return terminal_buffer(terminal->session.ep, &request, caps, &reply, NULL);
}

err_t terminal_start(struct terminal *terminal, struct uart *uart, slot_t news)
{
	err_t err = session_open("TERMINAL", "console", PATIENCE_NS, &terminal->session);

	terminal->uart = uart;
	if (err == ERR_DENIED || err == ERR_NOT_FOUND)
		return OK;
	return err == OK ? buffer_give(terminal, news) : err;
}

/* A byte of the record: a newline becomes what terminals want. */
static void byte_show(struct terminal *terminal, char byte)
{
	uart_send(terminal->uart, byte == '\n' ? "\r\n" : &byte, byte == '\n' ? 2 : 1);
}

/* Up to `count` bytes of the record lie in the buffer. How many were used. */
static uint32_t record_show(struct terminal *terminal, uint32_t count)
{
	uint32_t at = 0;

	while (at < count) {
		if (!terminal->frame) {
			struct terminal_frame frame;
			if (count - at < sizeof frame)
				break;
			memcpy(&frame, terminal->buffer + at, sizeof frame);
			terminal->frame = frame.length;
			at += sizeof frame;
			continue;
		}
		byte_show(terminal, (char)terminal->buffer[at++]);
		terminal->frame--;
	}
	return at;
}

void terminal_show(struct terminal *terminal)
{
	while (cap_valid(terminal->session.ep) && uart_room(terminal->uart) >= 2 * HALF) {
		const struct terminal_record_request request = {.offset = terminal->offset, .start = 0, .length = HALF};
		struct terminal_record_reply reply;
		err_t err = terminal_record(terminal->session.ep, &request, NULL, &reply, NULL);
		if (err == ERR_GONE)
			terminal->session.ep = (ep_t){0};
		if (err != OK || reply.count > HALF)
			return;
		uint32_t used = record_show(terminal, reply.count);
		terminal->offset += used;
		if (!used)
			return;
	}
}

void terminal_feed_bytes(struct terminal *terminal, const uint8_t *bytes, uint32_t count)
{
	const struct terminal_feed_request request = {.start = HALF, .length = count};
	struct terminal_feed_reply reply;

	if (!cap_valid(terminal->session.ep) || !count)
		return;
	for (uint32_t i = 0; i < count; i++)
		terminal->buffer[HALF + i] = bytes[i] == '\r' ? '\n' : bytes[i];
	err_t ignored = terminal_feed(terminal->session.ep, &request, NULL, &reply, NULL);   /* no more room: it is lost */
	(void)ignored;
}
