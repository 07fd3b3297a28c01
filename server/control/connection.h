/* SPDX-License-Identifier: MIT */
/*
 * Connections of command lines: reading requests, sending replies. Every byte of a client is hostile, and nobody is waited
 * for: sockets do not block, a request comes in piece by piece and in time (patience.h), and a reply that does not fit into
 * the socket means that the client broke the rules of control/protocol.h.
 *
 * Only the thread that polls opens and closes sockets; anybody else who wants one closed shuts it down.
 */
#ifndef CONTROL_CONNECTION_H
#define CONTROL_CONNECTION_H

#include <control/protocol.h>
#include "server/control/body.h"

/*
 * So many at most may stay, so that the rest is there for commands that are answered at once; a run, which needs three places,
 * only begins while there are a few less.
 */
enum { CONNECTIONS = 250, STAYERS = 242, STAYERS_RUN = 236 };

struct component;

struct connection {
	int32_t socket;
	bool used, broken;            /* broken: shut down, to be closed */
	bool waiting;                 /* request.c will answer later */
	struct control_header header; /* of the request that comes in or waits */
	union control_request request;
	uint64_t received;            /* bytes of the request so far */
	uint64_t since, moved;        /* when it began, or the last answer was given; when the last piece came */
	struct body body;             /* what lies behind the struct */
	struct component *component;  /* that the request waits for */
	uint32_t work;                /* number of the work that ends it */
	struct component *watched;    /* its terminal is kept open for this connection */
	struct component *passing;    /* to be removed when this connection is closed and it has ended */
};

extern struct connection connections[CONNECTIONS];

/* Wait for something to happen on a socket, then see to it under the lock. */
void connections_step(void);

/* Answer OK: the struct, then the bytes. */
void connection_answer(struct connection *connection, const void *reply, uint32_t size, const void *bytes,
                       uint32_t count);

/* Answer with an error and a sentence. */
void connection_refuse(struct connection *connection, err_t err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* It may not stay: told as a newcomer for whom there is no place. */
void connection_refuse_busy(struct connection *connection, uint32_t staying);

#endif
