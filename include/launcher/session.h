/* SPDX-License-Identifier: MIT */
/*
 * LAUNCHER: starts and stops instances of the RTCR, a service of init. An instance offers the service "Checkpoint";
 * a session with its name as label reaches it. It is restarted when it dies, and if its target ran
 * continues it from the newest checkpoint then.
 */
#ifndef LAUNCHER_SESSION_H
#define LAUNCHER_SESSION_H

#include <framework/rpc.h>

enum { LAUNCHER_NAME = 64 };

/* The signal for instances that started to offer their service, died, or were restarted, and for servers that were. */
RPC_EMPTY(launcher_handler_request);
RPC_EMPTY(launcher_handler_reply);

/*
 * Make instance `name` (as in store/session.h) with `ram` bytes and `caps` capabilities, for itself and its target.
 * ERR_EXISTS, ERR_MEMORY_QUOTA.
 */
struct launcher_start_request {
	uint64_t ram;
	uint32_t caps;
	uint32_t reserved;
	char name[LAUNCHER_NAME];
};
RPC_EMPTY(launcher_start_reply);

/* Destroy the instance with its target. */
struct launcher_stop_request {
	char name[LAUNCHER_NAME];
};
RPC_EMPTY(launcher_stop_reply);

enum launcher_state { INSTANCE_STARTING, INSTANCE_READY, INSTANCE_DEAD };

/* The instance that follows `after` in order of its start, empty: the first. ERR_NOT_FOUND after the last. */
struct launcher_next_request {
	char after[LAUNCHER_NAME];
};
struct launcher_next_reply {
	char name[LAUNCHER_NAME];
	uint32_t state;           /* enum launcher_state */
	uint32_t restarts;
	uint64_t ram;
};

#define LAUNCHER_OPERATIONS(X)                                                                     \
	X(launcher, handler, 1, 0)                                                                 \
	X(launcher, start, 0, 0)                                                                   \
	X(launcher, stop, 0, 0)                                                                    \
	X(launcher, next, 0, 0)
RPC_SERVICE(launcher, LAUNCHER_OPERATIONS)

#endif
