/* SPDX-License-Identifier: MIT */
/*
 * The UART as a service: LOG, each line led by the label of its session; and, where the configuration allows a TERMINAL
 * session, that terminal: its record goes out as it grows, and what is received is its input. The record is kept by the
 * terminal's server, so nothing is lost when the line is slow.
 */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <framework/server.h>
#include <log/session.h>

#include "driver/uart/terminal.h"
#include "driver/uart/uart.h"

enum { SIGNAL_UART = 1, SIGNAL_TERMINAL = 2, LINE = 512, PART = 64 };

static struct uart uart;

struct log {
	char label[PARENT_LABEL];
	uint32_t length;
	char line[LINE];
};

static err_t session_begin(struct server *server, const char *service, const char *label, void **object)
{
	struct log *log = heap_alloc(sizeof *log);

	(void)server;
	(void)service;
	if (!log)
		return ERR_MEMORY_QUOTA;
	text_copy(log->label, sizeof log->label, label);
	*object = log;
	return OK;
}

static void line_end(struct log *log)
{
	char line[LINE + PARENT_LABEL + 8];
	int length = text_format(line, sizeof line, "[%s] %.*s\r\n", log->label, (int)log->length, log->line);

	uart_send(&uart, line, (uint32_t)length);
	log->length = 0;
}

static void session_end(struct server *server, void *object)
{
	struct log *log = object;

	(void)server;
	if (log->length)
		line_end(log);
	heap_free(log);
}

static err_t handle_write(void *object, const struct log_write_request *request, struct rpc_message *message,
                          struct log_write_reply *reply, slot_t *caps_out)
{
	struct log *log = object;

	(void)message;
	(void)reply;
	(void)caps_out;
	if (request->length > LOG_TEXT)
		return ERR_ARGUMENT;
	for (uint32_t i = 0; i < request->length; i++) {
		bool plain = (uint8_t)request->text[i] >= 32 && (uint8_t)request->text[i] < 127;
		if (request->text[i] != '\n')
			log->line[log->length++] = plain ? request->text[i] : '.';
		if (request->text[i] == '\n' || log->length == LINE)
			line_end(log);
	}
	return OK;
}

static err_t dispatch(struct server *server, void *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct log_handlers handlers = {.write = handle_write};

	(void)server;
	return log_dispatch(&handlers, object, message, reply);
}

static void interrupt_serve(struct terminal *terminal)
{
	uint8_t bytes[PART];
	uint32_t count = uart_interrupt(&uart, bytes, sizeof bytes);

	terminal_feed_bytes(terminal, bytes, count);
}

/* What was lost is said when there is room again. */
static void lost_tell(void)
{
	char line[64];

	if (!uart.lost || uart_room(&uart) < UART_RING / 2)
		return;
	int length = text_format(line, sizeof line, "[uart] %u bytes lost\r\n", uart.lost);
	uart.lost = 0;
	uart_send(&uart, line, (uint32_t)length);
}

int component_main(addr_t argument)
{
	static struct server server;
	static struct terminal terminal;
	slot_t interrupt, news;
	uint32_t badges;
	err_t err = server_init(&server, session_begin, session_end, dispatch, NULL);

	(void)argument;
	if (err == OK)
		err = server_signal(&server, SIGNAL_UART, &interrupt);
	if (err == OK)
		err = server_signal(&server, SIGNAL_TERMINAL, &news);
	if (err == OK)
		err = device_open(&uart.device, "uart0", uart_compatible, interrupt);
	if (err == OK)
		uart_start(&uart);
	if (err == OK)
		err = terminal_start(&terminal, &uart, news);
	if (err == OK)
		err = server_announce(&server, "LOG");
	while (err == OK) {
		terminal_show(&terminal);   /* at first what was there before its news came here */
		err = server_step(&server, DEADLINE_NEVER, &badges);
		if (badges & SIGNAL_UART)
			interrupt_serve(&terminal);
		lost_tell();
	}
	log_line("cannot serve: %s", err_sentence(err));
	return 1;
}
