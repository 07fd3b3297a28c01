/* SPDX-License-Identifier: MIT */
/* Input and output of a program by TERMINAL, see runner.h. */
#include <framework/memory.h>
#include <terminal/session.h>

#include "test/native/native.h"
#include "test/posix/runner/runner.h"

enum { WINDOW = 64 * 1024 };
#define POLYNOMIAL 0x04c11db7u

static struct {
	ds_t ds;
	uint8_t *bytes;
	signal_t changes;         /* asked for by the interface; the RTCR tells when a target ended */
	struct session session;
} terminal;

/* POSIX.1-2008, cksum: CRC-32, the highest bit first. */
static uint32_t byte_add(uint32_t sum, uint8_t byte)
{
	static uint32_t table[256];

	for (uint32_t i = 0; !table[255] && i < 256; i++) {
		uint32_t value = i << 24;
		for (int bit = 0; bit < 8; bit++)
			value = value << 1 ^ (value >> 31 ? POLYNOMIAL : 0);
		table[i] = value;
	}
	return sum << 8 ^ table[sum >> 24 ^ byte];
}

void stream_add(struct stream *stream, const uint8_t *bytes, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++) {
		stream->sum = byte_add(stream->sum, bytes[i]);
		if (stream->shown < STREAM_SHOWN)
			stream->first[stream->shown++] = bytes[i];
	}
	stream->size += size;
}

uint32_t stream_sum(const struct stream *stream)
{
	uint32_t sum = stream->sum;

	for (uint64_t left = stream->size; left; left >>= 8)
		sum = byte_add(sum, (uint8_t)left);
	return ~sum;
}

static bool terminal_begin(const char *name)
{
	const struct terminal_buffer_request request = {};
	struct terminal_buffer_reply reply;
	void *bytes;

	if (!terminal.bytes) {
		if (!native_ok(buffer_take(WINDOW, 0, &terminal.ds, &bytes), "window") ||
		    !native_ok(signal_alloc(&terminal.changes), "signal"))
			return false;
		terminal.bytes = bytes;
	}
	const slot_t caps[2] = {terminal.ds.slot, terminal.changes.slot};
	return native_ok(session_open("TERMINAL", name, 1000ull * MILLISECOND, &terminal.session), "TERMINAL") &&
	       native_ok(terminal_buffer(terminal.session.ep, &request, caps, &reply, NULL), "terminal's buffer");
}

static bool input_feed(const uint8_t *bytes, uint64_t size)
{
	struct terminal_feed_reply reply;
	bool done = true;

	do {
		uint32_t part = size < WINDOW ? (uint32_t)size : WINDOW;
		const struct terminal_feed_request feed = {.length = part, .ended = part == size};
		memcpy(terminal.bytes, bytes, part);
		done = native_ok(terminal_feed(terminal.session.ep, &feed, NULL, &reply, NULL), "input");
		bytes += part;
		size -= part;
	} while (done && size);
	return done;
}

bool terminal_prepare(const char *name, const char *input)
{
	const struct terminal_cut_request request = {.fresh = 1};
	struct terminal_cut_reply reply;
	const uint8_t *bytes;
	uint64_t size;
	bool done = terminal_begin(name) &&
	            native_ok(terminal_cut(terminal.session.ep, &request, NULL, &reply, NULL), "cut") &&
	            case_rom(input, &bytes, &size) && input_feed(bytes, size);

	session_close(&terminal.session);
	return done;
}

/* Bytes of the record at `offset`; 0: there are no more. */
static bool record_read(uint64_t offset, uint32_t length, uint32_t *count)
{
	const struct terminal_record_request request = {.offset = offset, .length = length};
	struct terminal_record_reply reply = {0};

	if (!native_ok(terminal_record(terminal.session.ep, &request, NULL, &reply, NULL), "record"))
		return false;
	*count = reply.count;
	return reply.count <= length;
}

bool terminal_take(const char *name, struct stream streams[2])
{
	struct terminal_frame frame;
	uint64_t offset = 0;
	uint32_t count = 0;
	bool done = terminal_begin(name);

	memset(streams, 0, 2 * sizeof *streams);
	while (done && record_read(offset, sizeof frame, &count) && count == sizeof frame) {
		memcpy(&frame, terminal.bytes, sizeof frame);
		offset += sizeof frame;
		while (frame.length && done) {
			done = record_read(offset, frame.length < WINDOW ? frame.length : WINDOW, &count) && count;
			stream_add(&streams[frame.stream == TERMINAL_ERROR], terminal.bytes, done ? count : 0);
			offset += count;
			frame.length -= done ? count : 0;
		}
	}
	session_close(&terminal.session);
	return done && !count;
}
