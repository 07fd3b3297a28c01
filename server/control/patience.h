/* SPDX-License-Identifier: MIT */
/* How long connections are waited for (control/protocol.h), and which one goes when all places are taken. Under the lock. */
#ifndef CONTROL_PATIENCE_H
#define CONTROL_PATIENCE_H

#include "server/control/connection.h"

/* Its request should have come by now. */
bool connection_late(const struct connection *connection);

/* When the next one will be late; DEADLINE_NEVER: none. */
uint64_t connections_limit(void);

/* How many stay beside this one; 0: it does so already. */
uint32_t connections_staying(const struct connection *connection);

/*
 * A place for a new connection: a free one, or that of the connection whose request is incomplete for the longest time,
 * then of the one that asks nothing for the longest time. NULL: all stay, by the rules of the protocol.
 */
struct connection *connection_place(void);

#endif
