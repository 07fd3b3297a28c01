/* SPDX-License-Identifier: MIT */
/*
 * PARENT: what a component can ask of whoever made it, through the capability in its first slot. The parent answers
 * by itself, routes to another child, or asks its own parent; the child cannot tell.
 *
 * A session is asked for by service and label; an answer that needs another component's consent comes later, so
 * that the parent never waits: session_open returns ERR_BUSY until the signal of the session came.
 */
#ifndef PARENT_SESSION_H
#define PARENT_SESSION_H

#include <framework/rpc.h>

/* Slots that a component finds filled when it starts, and the first that is its own to use. */
enum parent_slot {
	SLOT_PARENT = 1,
	SLOT_PD,
	SLOT_CPU,
	SLOT_LOG,
	SLOT_ADDRESS_SPACE,
	SLOT_FREE = 8
};

enum { PARENT_SERVICE = 24, PARENT_LABEL = 88 };

/* `id` is chosen by the child and names the session from then on. */
struct parent_session_open_request {
	uint32_t id;
	char service[PARENT_SERVICE];   /* zero-terminated */
	char label[PARENT_LABEL];       /* zero-terminated */
};
RPC_EMPTY(parent_session_open_reply);
struct parent_session_close_request {
	uint32_t id;
	uint32_t reserved;
};
RPC_EMPTY(parent_session_close_reply);

/* Offer a service: the root capability answers ROOT_OPERATIONS. */
struct parent_announce_request {
	char service[PARENT_SERVICE];
};
RPC_EMPTY(parent_announce_reply);

/* The component has done its work. No reply comes. */
struct parent_exit_request {
	int32_t status;
	uint32_t reserved;
};
RPC_EMPTY(parent_exit_reply);

#define PARENT_OPERATIONS(X)                                                                       \
	X(parent, session_open, 0, 1)                                                              \
	X(parent, session_close, 0, 0)                                                             \
	X(parent, announce, 1, 0)                                                                  \
	X(parent, exit, 0, 0)
RPC_SERVICE(parent, PARENT_OPERATIONS)

/* The other side of announce: sessions for clients, `id` chosen by the parent, so that they can be made again. */
struct root_create_request {
	uint32_t id;
	uint32_t reserved;
	char label[PARENT_LABEL];
};
RPC_EMPTY(root_create_reply);
struct root_destroy_request {
	uint32_t id;
	uint32_t reserved;
};
RPC_EMPTY(root_destroy_reply);

#define ROOT_OPERATIONS(X)                                                                         \
	X(root, create, 0, 1)                                                                      \
	X(root, destroy, 0, 0)
RPC_SERVICE(root, ROOT_OPERATIONS)

#endif
