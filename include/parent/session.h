/* SPDX-License-Identifier: MIT */
/*
 * PARENT: what a component can ask of whoever made it, through the capability in its first slot. The parent answers
 * by itself, routes to another child, or asks its own parent; the child cannot tell.
 *
 * Nobody waits for a stranger: a server does not make sessions, the parent does. The server announces an endpoint from
 * which the parent mints one badge per session. At the first call with a badge that it has not seen, the server asks
 * its parent whose it is (session_info); when sessions ended, the parent submits to the signal of the announcement, and
 * the server asks which (session_ended).
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
	SLOT_THREAD,              /* its first thread */
	SLOT_FREE = 8
};

enum { PARENT_SERVICE = 24, PARENT_LABEL = 88 };

/*
 * `id` is chosen by the child, not 0, and names the session from then on. The PD session that comes along pays for
 * what the session costs its server's side in core. ERR_NOT_FOUND: nobody offers that; ERR_BUSY: not offered yet.
 */
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

/*
 * Offer a service: an endpoint (SEND and GRANT) and a signal (SEND) for sessions that ended; it comes too when a server died
 * to which the child itself has sessions.
 */
struct parent_announce_request {
	char service[PARENT_SERVICE];
};
RPC_EMPTY(parent_announce_reply);

/* The label of the session with `badge`, led by the name of the client and " -> ". */
struct parent_session_info_request {
	uint32_t badge;
	uint32_t reserved;
};
struct parent_session_info_reply {
	char service[PARENT_SERVICE];
	char label[PARENT_LABEL];
};

/* A session that ended since the last call: its badge, 0 if there is none. It is not named again. */
RPC_EMPTY(parent_session_ended_request);
struct parent_session_ended_reply {
	uint32_t badge;
	uint32_t reserved;
};

/* The component has done its work. No reply comes. 0 to 255, with EXIT_WORDS if its last line in the log says why. */
enum { EXIT_WORDS = 1 << 16 };
struct parent_exit_request {
	int32_t status;
	uint32_t reserved;
};
RPC_EMPTY(parent_exit_reply);

/*
 * A word that the component wants to find again if it dies and is started again: "note=N" of its ROM "config", 0 at first.
 * ERR_UNSUPPORTED: this parent does not start it again.
 */
struct parent_note_request {
	uint64_t note;
};
RPC_EMPTY(parent_note_reply);

#define PARENT_OPERATIONS(X)                                                                       \
	X(parent, session_open, 1, 1)                                                              \
	X(parent, session_close, 0, 0)                                                             \
	X(parent, announce, 2, 0)                                                                  \
	X(parent, session_info, 0, 0)                                                              \
	X(parent, session_ended, 0, 0)                                                             \
	X(parent, exit, 0, 0)                                                                      \
	X(parent, note, 0, 0)
RPC_SERVICE(parent, PARENT_OPERATIONS)

#endif
