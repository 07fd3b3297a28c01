/* SPDX-License-Identifier: MIT */
/*
 * A server: one endpoint, one signal, one thread. Sessions are badges of the endpoint (parent/session.h).
 *
 *      server_init(&server, open, close, dispatch, context);
 *      server_announce(&server, "Store");
 *      for (;;) { server_step(&server, deadline) ... look at what the own signal brought ... }
 *
 * A server that was announced learns by itself which sessions exist and which ended; their badges are below
 * SERVER_BADGES. It may mint others itself and then says what they stand for (find). `dispatch` is given the object
 * that `open` made; it may call other services, but then shall not wait for them long.
 */
#ifndef FRAMEWORK_SERVER_H
#define FRAMEWORK_SERVER_H

#include <framework/env.h>

enum { SERVER_SESSIONS = 1024, SERVER_BADGES = 0x40000000 };
#define SERVER_SIGNAL_ENDED (1u << 31)

struct server;

/* Make the state of a session of `label`; what it returns is handed to dispatch and close. */
typedef err_t server_open_t(struct server *server, const char *service, const char *label, void **object);
typedef void server_close_t(struct server *server, void *object);
typedef err_t server_dispatch_t(struct server *server, void *object, struct rpc_message *message,
                                struct rpc_message *reply);

/* What a badge stands for that the server itself minted, SERVER_BADGES or more; NULL: nothing. */
typedef void *server_find_t(struct server *server, uint32_t badge);

struct server {
	ep_t ep;
	reply_t reply;
	signal_t signal;          /* of the server; badges by signal_mint */
	server_open_t *open;
	server_close_t *close;
	server_dispatch_t *dispatch;
	server_find_t *find;      /* set by an owner that mints badges */
	void *context;            /* the owner's */
	uint32_t count;
	struct {
		uint32_t badge;
		void *object;
	} session[SERVER_SESSIONS];
	uint32_t drop_count;
	slot_t drop[MESSAGE_CAPS];
	slot_t arrived[MESSAGE_CAPS];
	bool answered;            /* a reply lies in `out` and goes out with the next wait; calls may be made meanwhile */
	err_t out_err;
	struct rpc_message in, out;
};

err_t server_init(struct server *server, server_open_t *open, server_close_t *close, server_dispatch_t *dispatch,
                  void *context) MUST_CHECK;
err_t server_announce(struct server *server, const char *service) MUST_CHECK;

/* A capability that submits `badge` (one or more bits below SERVER_SIGNAL_ENDED) to the server's signal. */
err_t server_signal(struct server *server, uint32_t badge, slot_t *slot) MUST_CHECK;

/* From dispatch, at most MESSAGE_CAPS times: give a slot back when the reply that copies it has gone out. */
void server_drop(struct server *server, slot_t slot);

/* Send the reply that lies ready, before work that takes long. */
void server_reply_now(struct server *server);

/*
 * Serve one call, or wait until a signal or the deadline (own clock). `badges`: what was submitted; SERVER_SIGNAL_ENDED:
 * sessions ended, perhaps own ones at a server that died. ERR_TIMEOUT.
 */
err_t server_step(struct server *server, uint64_t deadline, uint32_t *badges) MUST_CHECK;

#endif
