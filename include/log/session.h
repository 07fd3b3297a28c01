/* SPDX-License-Identifier: MIT */
/* LOG: lines for people. Text is printable ASCII and newline, all else becomes a dot; the server adds the session's label. */
#ifndef LOG_SESSION_H
#define LOG_SESSION_H

#include <framework/rpc.h>

enum { LOG_TEXT = 116 };

struct log_write_request {
	uint32_t length;          /* bytes of text, at most LOG_TEXT; longer text goes in several calls */
	char text[LOG_TEXT];
};
RPC_EMPTY(log_write_reply);

#define LOG_OPERATIONS(X) X(log, write, 0, 0)
RPC_SERVICE(log, LOG_OPERATIONS)

#endif
