/* SPDX-License-Identifier: MIT */
/*
 * TERMINAL: the output and input of a program, through a buffer that belongs to the client (a dataspace it hands
 * over), so that a server can make its side anew. The session's label names the terminal; the program and whoever
 * watches it have a session each.
 *
 *    TERMINALS/NAME.output     the record: for each write struct terminal_frame, then the bytes
 *    TERMINALS/NAME.output.G   the record that checkpoints up to G were taken on, when an older one was restored
 *    TERMINALS/NAME.input      bytes as they came; NAME.ended exists when no more will come
 *    TERMINALS/NAME.fate       how its program ended, in the words of whoever watches it
 *
 * Output is kept: a byte has an offset in the record for as long as the record lasts, and a restore cuts the record
 * back to where it was at the checkpoint. Input is kept whole: a restore reads again from its offset.
 */
#ifndef TERMINAL_SESSION_H
#define TERMINAL_SESSION_H

#include <framework/rpc.h>

/* The buffer, and the signal for input or output that arrived, or input that ended. */
RPC_EMPTY(terminal_buffer_request);
RPC_EMPTY(terminal_buffer_reply);

enum terminal_stream { TERMINAL_OUTPUT, TERMINAL_ERROR };

struct terminal_frame {
	uint32_t stream;
	uint32_t length;          /* bytes that follow, not padded */
};

/* Append a frame of [start, start + length) of the buffer. ERR_IO: nothing was appended. */
struct terminal_write_request {
	uint64_t start;
	uint32_t length;
	uint32_t stream;          /* enum terminal_stream */
};
struct terminal_write_reply {
	uint64_t offset;          /* in the record, behind what was written */
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

/* For whoever watches: bytes of the record from `offset` on into the buffer. 0: nothing there now. */
struct terminal_record_request {
	uint64_t offset;
	uint64_t start;
	uint32_t length;
	uint32_t reserved;
};
struct terminal_record_reply {
	uint32_t count;
	uint32_t lost;            /* 0, or the host's error number: something written since the last cut could not be kept */
};

/* Append input from the buffer; `ended`: and nothing will come after it. */
struct terminal_feed_request {
	uint64_t start;
	uint32_t length;
	uint32_t ended;
};
RPC_EMPTY(terminal_feed_reply);

/*
 * Cut the record back to `output` bytes, where it was at checkpoint `generation` (0: none, the record as it is); longer:
 * ERR_RANGE. If there are checkpoints up to `newest` beyond that one, what is cut off is kept for them, and a later cut to
 * one of them finds it again. 0 and `fresh`: forget input and output of this name.
 */
struct terminal_cut_request {
	uint64_t output;
	uint64_t generation;
	uint64_t newest;          /* not below generation */
	uint32_t fresh;
	uint32_t reserved;
};
RPC_EMPTY(terminal_cut_reply);

RPC_EMPTY(terminal_info_request);
struct terminal_info_reply {
	uint64_t output;          /* bytes of the record */
	uint64_t input;           /* bytes */
	uint32_t ended;
	uint32_t lost;            /* as above */
};

/* Keep bytes [start, start + length) of the buffer, at most TERMINAL_FATE, as its fate; 0: forget it, as `fresh` does. */
enum { TERMINAL_FATE = 256, TERMINAL_NAME = 64 };
struct terminal_fate_request {
	uint64_t start;
	uint32_t length;
	uint32_t reserved;
};
RPC_EMPTY(terminal_fate_reply);

/* Of all terminals that have files, the name that follows `after` in order; its fate to `start` of the buffer. ERR_NOT_FOUND. */
struct terminal_next_request {
	char after[TERMINAL_NAME];
	uint64_t start;
};
struct terminal_next_reply {
	char name[TERMINAL_NAME];
	uint32_t length;          /* of the fate, 0: none is kept */
	uint32_t reserved;
};

#define TERMINAL_OPERATIONS(X)                                                                     \
	X(terminal, buffer, 2, 0)                                                                  \
	X(terminal, write, 0, 0)                                                                   \
	X(terminal, read, 0, 0)                                                                    \
	X(terminal, record, 0, 0)                                                                  \
	X(terminal, feed, 0, 0)                                                                    \
	X(terminal, cut, 0, 0)                                                                     \
	X(terminal, info, 0, 0)                                                                    \
	X(terminal, fate, 0, 0)                                                                    \
	X(terminal, next, 0, 0)
RPC_SERVICE(terminal, TERMINAL_OPERATIONS)

#endif
