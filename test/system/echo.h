/* SPDX-License-Identifier: MIT */
/* ECHO, a service for tests: what it was asked, how many sessions it has, and dying. */
#ifndef TEST_SYSTEM_ECHO_H
#define TEST_SYSTEM_ECHO_H

#include <framework/rpc.h>

struct echo_say_request {
	uint64_t value;
};
struct echo_say_reply {
	uint64_t value;           /* plus one */
	uint32_t sessions;        /* that the server knows of */
	uint32_t label_length;    /* of this session's label */
};

/* Ends the server with a status, without a reply. */
struct echo_die_request {
	int32_t status;
	uint32_t fault;           /* 1: by a fault instead */
};
RPC_EMPTY(echo_die_reply);

#define ECHO_OPERATIONS(X)                                                                         \
	X(echo, say, 0, 0)                                                                         \
	X(echo, die, 0, 0)
RPC_SERVICE(echo, ECHO_OPERATIONS)

#endif
