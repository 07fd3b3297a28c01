/* SPDX-License-Identifier: MIT */
/* A program on the terminal of the UART: it asks, reads a line for each question, and says what it read and how long. */
#include <framework/format.h>
#include <framework/memory.h>
#include <terminal/session.h>

#include "test/device/check.h"

enum { BUFFER = 8192, INPUT = 4096, LINES = 3, PATIENCE_S = 60 };

static ep_t terminal;
static signal_t news;
static char *bytes;
static uint64_t offset;           /* of what was read */

static void say(const char *text)
{
	const struct terminal_write_request request = {.start = 0, .length = (uint32_t)strlen(text), .stream = TERMINAL_OUTPUT};
	struct terminal_write_reply reply;

	memcpy(bytes, text, request.length);
	CHECK_OK(terminal_write(terminal, &request, NULL, &reply, NULL));
}

/* One byte at a time, so that nothing is left over. False: none came. */
static bool byte_read(char *byte)
{
	const struct terminal_read_request request = {.offset = offset, .start = INPUT, .length = 1};
	struct terminal_read_reply reply;
	uint32_t badges, count;

	for (;;) {
		CHECK_OK(terminal_read(terminal, &request, NULL, &reply, NULL));
		if (reply.count == 1)
			break;
		if (signal_wait(news, clock_now() + (uint64_t)PATIENCE_S * WHILE_NS, &badges, &count) != OK)
			return false;
	}
	offset++;
	*byte = bytes[INPUT];
	return true;
}

static uint32_t line_read(char *line, uint32_t size)
{
	uint32_t length = 0;

	while (length < size - 1 && byte_read(&line[length]) && line[length] != '\n')
		length++;
	line[length] = 0;
	return length;
}

int component_main(addr_t argument)
{
	const struct terminal_buffer_request request = {};
	struct terminal_buffer_reply reply;
	char line[2048], answer[2200];
	struct session session;
	void *address;
	ds_t ds;

	(void)argument;
	CHECK_OK(session_open("TERMINAL", "console", 10ull * WHILE_NS, &session));
	terminal = session.ep;
	CHECK_OK(signal_alloc(&news));
	CHECK_OK(ds_alloc(BUFFER, &ds));
	CHECK_OK(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address));
	bytes = address;
	const slot_t caps[] = {ds.slot, news.slot};
	CHECK_OK(terminal_buffer(terminal, &request, caps, &reply, NULL));
	for (int i = 0; i < LINES; i++) {
		say("who is there?\n");
		uint32_t length = line_read(line, sizeof line);
		text_format(answer, sizeof answer, "%u: hello, %s!\n", length, line);
		say(answer);
	}
	log_line("line: %u failed", failures);
	return failures ? 1 : 0;
}
