/* SPDX-License-Identifier: MIT */
/* A server of the operations of ECHO: as ECHO and MORTAL by the configuration, as CHECKPOINT by LAUNCHER. */
#include <framework/heap.h>
#include <framework/memory.h>
#include <framework/server.h>
#include <pd/session.h>

#include "test/system/echo.h"

struct echo_session {
	struct server *server;
	uint32_t label_length;
};

static err_t session_begin(struct server *server, const char *service, const char *label, void **object)
{
	struct echo_session *session = heap_alloc(sizeof *session);

	(void)service;
	if (!session)
		return ERR_MEMORY_QUOTA;
	*session = (struct echo_session){server, (uint32_t)strlen(label)};
	*object = session;
	return OK;
}

static void session_end(struct server *server, void *object)
{
	(void)server;
	heap_free(object);
}

static err_t handle_say(void *object, const struct echo_say_request *request, struct rpc_message *message,
                        struct echo_say_reply *reply, slot_t *caps_out)
{
	const struct echo_session *session = object;

	(void)message;
	(void)caps_out;
	*reply = (struct echo_say_reply){request->value + 1, session->server->count, session->label_length};
	return OK;
}

static err_t handle_die(void *object, const struct echo_die_request *request, struct rpc_message *message,
                        struct echo_die_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)message;
	(void)reply;
	(void)caps_out;
	if (request->fault)
		*(volatile uint32_t *)(addr_t)0xdead000 = 1;
	component_exit(request->status);
}

static err_t dispatch(struct server *server, void *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct echo_handlers handlers = {.say = handle_say, .die = handle_die};

	(void)server;
	return echo_dispatch(&handlers, object, message, reply);
}

int component_main(addr_t argument)
{
	const struct pd_quota_request request = {};
	static struct server server;
	struct pd_quota_reply quota;
	uint32_t badges;
	err_t err = server_init(&server, session_begin, session_end, dispatch, NULL);

	(void)argument;
	if (err == OK && server_announce(&server, "ECHO") != OK && server_announce(&server, "MORTAL") != OK)
		err = server_announce(&server, "CHECKPOINT");
	while (err == OK) {
		err = server_step(&server, DEADLINE_NEVER, &badges);
		/* Whoever called has no reply yet; calls made in between do it no harm. */
		if (err == OK)
			err = pd_quota((ep_t){SLOT_PD}, &request, NULL, &quota, NULL);
	}
	log_line("cannot serve: %s", err_sentence(err));
	return 1;
}
