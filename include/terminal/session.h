/* SPDX-License-Identifier: MIT */
/*
 * TERMINAL: the output and input of a program as two streams of bytes with offsets, through a buffer that belongs
 * to the client (a dataspace it hands over once), so that a server can make its side anew.
 *
 * Output is kept: a byte has an offset from the start for as long as the session's record lasts, and a restore
 * cuts the record back. Input is kept from the oldest offset that a kept checkpoint needs.
 */
#ifndef TERMINAL_SESSION_H
#define TERMINAL_SESSION_H

#include <framework/rpc.h>

/* The buffer, and the signal for input that arrived or ended. */
RPC_EMPTY(terminal_buffer_request);
RPC_EMPTY(terminal_buffer_reply);

enum terminal_stream { TERMINAL_OUTPUT, TERMINAL_ERROR };

/* Append [start, start + length) of the buffer. */
struct terminal_write_request {
	uint64_t start;
	uint32_t length;
	uint32_t stream;          /* enum terminal_stream */
};
struct terminal_write_reply {
	uint64_t offset;          /* of the stream, behind what was written */
	uint32_t written;         /* less than asked only if the record is full: ERR_IO next time */
	uint32_t reserved;
};

/* Input from `offset` on into [start, start + length) of the buffer. */
struct terminal_read_request {
	uint64_t offset;
	uint64_t start;
	uint32_t length;
	uint32_t reserved;
};
struct terminal_read_reply {
	uint32_t count;           /* bytes; 0: nothing there now */
	uint32_t ended;           /* 1: and nothing will come */
};

#define TERMINAL_OPERATIONS(X)                                                                     \
	X(terminal, buffer, 2, 0)                                                                  \
	X(terminal, write, 0, 0)                                                                   \
	X(terminal, read, 0, 0)
RPC_SERVICE(terminal, TERMINAL_OPERATIONS)

#endif
