/* SPDX-License-Identifier: MIT */
/*
 * TIMER: a signal at a time. Times are in the client's own monotonic clock (clock_now), nanoseconds. A component
 * that only wants to sleep waits on a signal with a deadline and needs no session.
 */
#ifndef TIMER_SESSION_H
#define TIMER_SESSION_H

#include <framework/rpc.h>

/* The signal to submit to; replaces the one before. */
RPC_EMPTY(timer_handler_request);
RPC_EMPTY(timer_handler_reply);

/* First at `deadline`, then every `period` (0: once). Replaces what was set; deadline UINT64_MAX: nothing. */
struct timer_set_request {
	uint64_t deadline;
	uint64_t period;
};
RPC_EMPTY(timer_set_reply);

#define TIMER_OPERATIONS(X)                                                                        \
	X(timer, handler, 1, 0)                                                                    \
	X(timer, set, 0, 0)
RPC_SERVICE(timer, TIMER_OPERATIONS)

#endif
