/* SPDX-License-Identifier: MIT */
/* What a subject wrote, by TERMINAL, see native.h. */
#include <framework/memory.h>
#include <terminal/session.h>

#include "test/native/native.h"

enum { WINDOW = 64 * 1024 };

static struct {
	ds_t ds;
	uint8_t *bytes;
	signal_t changes;         /* asked for by the interface; the RTCR tells when a target ended */
} window;

static bool terminal_begin(const char *name, struct session *terminal)
{
	const struct terminal_buffer_request request = {};
	struct terminal_buffer_reply reply;
	void *bytes;

	if (!window.bytes) {
		if (!native_ok(buffer_take(WINDOW, 0, &window.ds, &bytes), "window") ||
		    !native_ok(signal_alloc(&window.changes), "signal"))
			return false;
		window.bytes = bytes;
	}
	const slot_t caps[2] = {window.ds.slot, window.changes.slot};
	if (!native_ok(session_open("TERMINAL", name, 1000ull * MILLISECOND, terminal), "TERMINAL"))
		return false;
	return native_ok(terminal_buffer(terminal->ep, &request, caps, &reply, NULL), "terminal's buffer");
}

bool output_forget(const char *name)
{
	const struct terminal_cut_request request = {.fresh = 1};
	struct terminal_cut_reply reply;
	struct session terminal;

	if (!terminal_begin(name, &terminal))
		return false;
	bool done = native_ok(terminal_cut(terminal.ep, &request, NULL, &reply, NULL), "cut");
	session_close(&terminal);
	return done;
}

bool output_read(const char *name, uint8_t *bytes, uint64_t *size)
{
	struct terminal_record_reply reply = {1, 0};
	struct session terminal;
	bool done = terminal_begin(name, &terminal);

	*size = 0;
	while (done && reply.count) {
		const struct terminal_record_request request = {.offset = *size, .length = WINDOW};
		done = native_ok(terminal_record(terminal.ep, &request, NULL, &reply, NULL), "record");
		if (done && reply.count > OUTPUT_MAX - *size)
			return native_fail("it wrote more than %u bytes", (unsigned)OUTPUT_MAX);
		if (done)
			memcpy(bytes + *size, window.bytes, reply.count);
		*size += reply.count;
	}
	session_close(&terminal);
	return done;
}
