/* SPDX-License-Identifier: MIT */
/* A server's loop and its sessions, see framework/server.h. */
#include <framework/format.h>
#include <framework/memory.h>
#include <framework/server.h>

#define OWN_PARENT ((ep_t){SLOT_PARENT})

static err_t receive_prepare(void)
{
	struct utcb *utcb = utcb_self();

	for (uint32_t i = 0; i < MESSAGE_CAPS; i++) {
		if (utcb->receive[i])
			continue;
		err_t err = slot_take(&utcb->receive[i]);
		if (err != OK)
			return err;
	}
	return OK;
}

err_t server_init(struct server *server, server_open_t *open, server_close_t *close, server_dispatch_t *dispatch,
                  void *context)
{
	memset(server, 0, sizeof *server);
	server->open = open;
	server->close = close;
	server->dispatch = dispatch;
	server->context = context;
	err_t err = ep_alloc(&server->ep);
	if (err == OK)
		err = reply_alloc(&server->reply);
	if (err == OK)
		err = signal_alloc(&server->signal);
	return err == OK ? receive_prepare() : err;
}

err_t server_signal(struct server *server, uint32_t badge, slot_t *slot)
{
	return cap_mint(cap_any(server->signal), badge, RIGHT_SEND, slot);
}

err_t server_announce(struct server *server, const char *service)
{
	struct parent_announce_request request = {0};
	struct parent_announce_reply reply;
	slot_t caps[2] = {0, 0};

	if (!text_copy(request.service, sizeof request.service, service))
		return ERR_ARGUMENT;
	err_t err = cap_mint(cap_any(server->ep), 0, RIGHT_SEND | RIGHT_GRANT, &caps[0]);
	if (err == OK)
		err = server_signal(server, SERVER_SIGNAL_ENDED, &caps[1]);
	if (err == OK)
		err = parent_announce(OWN_PARENT, &request, caps, &reply, NULL);
	slot_give(caps[0]);
	slot_give(caps[1]);
	return err;
}

void server_drop(struct server *server, slot_t slot)
{
	server->drop[server->drop_count++] = slot;
}

static uint32_t session_find(const struct server *server, uint32_t badge)
{
	uint32_t i = 0;

	while (i < server->count && server->session[i].badge != badge)
		i++;
	return i;
}

static err_t session_get(struct server *server, uint32_t badge, void **object)
{
	const struct parent_session_info_request request = {.badge = badge};
	struct parent_session_info_reply info;
	uint32_t at = session_find(server, badge);

	if (badge >= SERVER_BADGES) {
		*object = server->find ? server->find(server, badge) : NULL;
		return *object ? OK : ERR_GONE;
	}
	if (at == server->count) {
		if (at == SERVER_SESSIONS)
			return ERR_CAP_QUOTA;
		err_t err = parent_session_info(OWN_PARENT, &request, NULL, &info, NULL);
		if (err == OK && (!string_ends(info.service, sizeof info.service) ||
		                  !string_ends(info.label, sizeof info.label)))
			err = ERR_CORRUPT;
		if (err == OK)
			err = server->open(server, info.service, info.label, &server->session[at].object);
		if (err != OK)
			return err;
		server->session[at].badge = badge;
		server->count++;
	}
	*object = server->session[at].object;
	return OK;
}

static void sessions_end(struct server *server)
{
	const struct parent_session_ended_request request = {};
	struct parent_session_ended_reply ended;

	while (parent_session_ended(OWN_PARENT, &request, NULL, &ended, NULL) == OK && ended.badge) {
		uint32_t at = session_find(server, ended.badge);
		if (at == server->count)
			continue;
		void *object = server->session[at].object;
		server->session[at] = server->session[--server->count];
		server->close(server, object);
	}
}

static void message_serve(struct server *server, uint32_t badge)
{
	void *object;
	err_t err = session_get(server, badge, &object);

	server->out.size = 0;
	server->out.cap_count = 0;
	if (err == OK)
		err = server->dispatch(server, object, &server->in, &server->out);
	/* What a handler kept took its slot along; what it did not keep lies there until the next one comes. */
	struct utcb *utcb = utcb_self();
	for (uint32_t i = 0; i < server->in.cap_count; i++)
		if (server->arrived[i] && !server->in.caps[i])
			utcb->receive[i] = 0;
	if (receive_prepare() != OK && err == OK)
		err = ERR_CAP_QUOTA;
	server->out_err = err;
	server->answered = true;
}

static void dropped_give(struct server *server)
{
	for (uint32_t i = 0; i < server->drop_count; i++)
		slot_give(server->drop[i]);
	server->drop_count = 0;
}

void server_reply_now(struct server *server)
{
	if (!server->answered)
		return;
	server->answered = false;
	rpc_respond(server->out_err, &server->out);
	err_t ignored = ipc_reply(server->reply);   /* its caller may be gone */
	(void)ignored;
	dropped_give(server);
}

static err_t server_wait(struct server *server, uint64_t deadline)
{
	bool answered = server->answered;

	server->answered = false;
	if (answered)
		rpc_respond(server->out_err, &server->out);
	err_t err = answered ? ipc_reply_wait(server->ep, server->reply, server->signal, deadline)
	                     : ipc_wait(server->ep, server->reply, server->signal, deadline);
	if (err == OK)
		rpc_receive(&server->in);
	dropped_give(server);
	return err;
}

err_t server_step(struct server *server, uint64_t deadline, uint32_t *badges)
{
	const struct utcb *utcb = utcb_self();

	*badges = 0;
	err_t err = server_wait(server, deadline);
	if (err != OK)
		return err;
	uint32_t badge = utcb->badge;
	if (utcb->event == EVENT_SIGNAL) {
		if (badge & SERVER_SIGNAL_ENDED)
			sessions_end(server);
		*badges = badge;
		return OK;
	}
	memcpy(server->arrived, server->in.caps, sizeof server->arrived);
	message_serve(server, badge);
	return OK;
}
