/* SPDX-License-Identifier: MIT */
/* PARENT for the components: routes of sessions, see component.h. */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include "init/component.h"

static uint32_t next_badge = 1, next_core_id = SERVER_BADGES;

static struct link **link_find(struct component *component, uint32_t id)
{
	struct link **link = &component->links;

	while (*link && (*link)->id != id)
		link = &(*link)->next;
	return link;
}

/* Sessions ended: who announced something may care. */
static void ended_tell(const struct component *component)
{
	for (uint32_t i = 0; i < ANNOUNCED; i++)
		if (component->announced[i].signal) {
			err_t ignored = signal_submit((signal_t){component->announced[i].signal});
			(void)ignored;
			return;
		}
}

/* The server is told of each session that ended; the link itself remembers it, so that this cannot fail. */
static void ended_add(struct component *server, struct link *link)
{
	link->next = server->ended;
	server->ended = link;
	server->ended_count++;
	ended_tell(server);
}

static uint32_t ended_take(struct component *server)
{
	struct link *link = server->ended;
	uint32_t badge = link ? link->badge : 0;

	if (!link)
		return 0;
	server->ended = link->next;
	server->ended_count--;
	heap_free(link);
	return badge;
}

void ended_forget(struct component *component)
{
	while (ended_take(component))
		;
}

static int announced_find(const struct component *server, const char *service)
{
	for (int i = 0; i < ANNOUNCED; i++)
		if (server->announced[i].ep && strcmp(server->announced[i].service, service) == 0)
			return i;
	return -1;
}

static void link_end(struct component *component, struct link **at)
{
	struct link *link = *at;

	*at = link->next;
	component->session_count--;
	if (link->core_id) {
		const struct parent_session_close_request request = {.id = link->core_id};
		struct parent_session_close_reply reply;
		err_t ignored = parent_session_close((ep_t){SLOT_PARENT}, &request, NULL, &reply, NULL);
		(void)ignored;
	}
	if (link->own && link->own->kind == SERVED_ROM)
		rom_close(link->own);
	else if (link->own) {
		served_remove(link->own);
		heap_free(link->own);
	}
	if (!link->server) {
		heap_free(link);
		return;
	}
	int announced = announced_find(link->server, link->service);
	if (announced >= 0) {
		err_t ignored = cap_revoke_badge((cap_t){link->server->announced[announced].ep}, link->badge);
		(void)ignored;
	}
	ended_add(link->server, link);
}

/* All sessions of the component, and all to it: their clients find the partner gone. */
void links_end(struct component *component)
{
	while (component->links)
		link_end(component, &component->links);
	for (uint32_t i = 0; i < COMPONENTS; i++) {
		struct component *client = components[i];
		bool lost = false;
		for (struct link *link = client ? client->links : NULL; link; link = link->next)
			if (link->server == component) {
				link->server = NULL;
				lost = true;
			}
		if (lost)
			ended_tell(client);
	}
}

/* "component -> label"; what is labelled by its own name stays so: long names do not fit twice. */
static bool label_join(const struct component *component, const struct link *link, char *label)
{
	bool own = strcmp(component->name, link->label) == 0;

	return text_format(label, PARENT_LABEL, "%s%s%s", own ? "" : component->name, own ? "" : " -> ", link->label) <
	       PARENT_LABEL;
}

static err_t open_core(struct component *component, struct link *link, slot_t payer, slot_t *cap)
{
	struct parent_session_open_request request = {.id = ++next_core_id};
	struct parent_session_open_reply reply;
	err_t err = slot_take(cap);

	if (err != OK)
		return err;
	text_copy(request.service, sizeof request.service, link->service);
	bool whole = label_join(component, link, request.label);
	err = whole ? parent_session_open((ep_t){SLOT_PARENT}, &request, &payer, &reply, cap) : ERR_ARGUMENT;
	if (err == OK)
		link->core_id = request.id;
	else
		slot_give(*cap);
	return err;
}

static err_t open_own(struct component *component, struct link *link, slot_t *cap)
{
	struct served *served;
	err_t err;

	if (strcmp(link->service, "ROM") == 0) {
		err = rom_open(component, &served);
	} else {
		served = heap_alloc(sizeof *served);
		err = served ? served_add(served, SERVED_LAUNCHER) : ERR_MEMORY_QUOTA;
	}
	if (err != OK)
		return err;
	link->own = served;
	return cap_mint(cap_any(init_server.ep), served->badge, RIGHT_SEND, cap);
}

static err_t open_routed(struct link *link, const char *route, slot_t *cap)
{
	bool instance = strcmp(route, "*") == 0;
	struct component *server = component_find(instance ? link->label : route, instance);
	int announced = server ? announced_find(server, link->service) : -1;

	if (!server)
		return ERR_NOT_FOUND;
	if (announced < 0)
		return server->state == INSTANCE_DEAD && !server->again ? ERR_GONE : ERR_BUSY;
	if (server->ended_count >= ENDED_MOST)
		return ERR_BUSY;
	uint32_t badge = next_badge++;
	err_t err = cap_mint((cap_t){server->announced[announced].ep}, badge, RIGHT_SEND, cap);
	if (err != OK)
		return err;
	link->server = server;
	link->badge = badge;
	return OK;
}

static err_t link_open(struct component *component, struct link *link, slot_t payer, slot_t *cap)
{
	const char *route = config_route(&init_config, link->service);

	if (!config_allows(&init_config, component->config, component->instance ? component->name : NULL, link->service, link->label))
		return ERR_DENIED;
	if (route)
		return open_routed(link, route, cap);
	if (strcmp(link->service, "LAUNCHER") == 0 ||
	    (component->instance && strcmp(link->service, "ROM") == 0 && strcmp(link->label, "config") == 0))
		return open_own(component, link, cap);
	return open_core(component, link, payer, cap);
}

static err_t handle_session_open(void *object, const struct parent_session_open_request *request,
                                 struct rpc_message *message, struct parent_session_open_reply *reply,
                                 slot_t *caps_out)
{
	struct component *component = object;

	(void)reply;
	if (!request->id || !string_ends(request->service, sizeof request->service) ||
	    !string_ends(request->label, sizeof request->label))
		return ERR_ARGUMENT;
	if (*link_find(component, request->id))
		return ERR_EXISTS;
	if (component->session_count == SESSIONS_EACH)
		return ERR_CAP_QUOTA;
	struct link *link = heap_alloc(sizeof *link);
	if (!link)
		return ERR_MEMORY_QUOTA;
	link->id = request->id;
	memcpy(link->service, request->service, sizeof link->service);
	memcpy(link->label, request->label, sizeof link->label);
	link->next = component->links;
	component->links = link;
	component->session_count++;
	err_t err = link_open(component, link, message->caps[0], caps_out);
	if (err == OK)
		server_drop(&init_server, caps_out[0]);
	else
		link_end(component, &component->links);
	return err;
}

static err_t handle_session_close(void *object, const struct parent_session_close_request *request,
                                  struct rpc_message *message, struct parent_session_close_reply *reply,
                                  slot_t *caps_out)
{
	struct link **link = link_find(object, request->id);

	(void)message;
	(void)reply;
	(void)caps_out;
	if (!*link)
		return ERR_NOT_FOUND;
	link_end(object, link);
	return OK;
}

static err_t handle_announce(void *object, const struct parent_announce_request *request, struct rpc_message *message,
                             struct parent_announce_reply *reply, slot_t *caps_out)
{
	struct component *component = object;
	const char *route = NULL;
	int at = 0;

	(void)reply;
	(void)caps_out;
	if (string_ends(request->service, sizeof request->service))
		route = config_route(&init_config, request->service);
	if (!route || strcmp(route, component->instance ? "*" : component->name) != 0)
		return ERR_DENIED;
	while (at < ANNOUNCED && component->announced[at].ep)
		at++;
	if (at == ANNOUNCED || announced_find(component, request->service) >= 0)
		return ERR_EXISTS;
	memcpy(component->announced[at].service, request->service, sizeof request->service);
	component->announced[at].ep = rpc_keep(message, 0);
	component->announced[at].signal = rpc_keep(message, 1);
	component->state = INSTANCE_READY;
	if (component->instance)
		launcher_report();
	return OK;
}

static err_t handle_session_info(void *object, const struct parent_session_info_request *request,
                                 struct rpc_message *message, struct parent_session_info_reply *reply,
                                 slot_t *caps_out)
{
	(void)message;
	(void)caps_out;
	for (uint32_t i = 0; i < COMPONENTS; i++)
		for (const struct link *link = components[i] ? components[i]->links : NULL; link; link = link->next) {
			if (link->server != object || link->badge != request->badge)
				continue;
			memcpy(reply->service, link->service, sizeof reply->service);
			return label_join(components[i], link, reply->label) ? OK : ERR_ARGUMENT;
		}
	return ERR_NOT_FOUND;
}

static err_t handle_session_ended(void *object, const struct parent_session_ended_request *request,
                                  struct rpc_message *message, struct parent_session_ended_reply *reply,
                                  slot_t *caps_out)
{
	(void)request;
	(void)message;
	(void)caps_out;
	reply->badge = ended_take(object);
	return OK;
}

static err_t handle_exit(void *object, const struct parent_exit_request *request, struct rpc_message *message,
                         struct parent_exit_reply *reply, slot_t *caps_out)
{
	(void)message;
	(void)reply;
	(void)caps_out;
	component_exited(object, request->status);
	return OK;
}

static err_t handle_note(void *object, const struct parent_note_request *request, struct rpc_message *message,
                         struct parent_note_reply *reply, slot_t *caps_out)
{
	struct component *component = object;

	(void)message;
	(void)reply;
	(void)caps_out;
	component->note = request->note;
	return OK;
}

err_t route_serve(struct component *component, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct parent_handlers handlers = {
		.session_open = handle_session_open, .session_close = handle_session_close,
		.announce = handle_announce,         .session_info = handle_session_info,
		.session_ended = handle_session_ended, .exit = handle_exit,
		.note = handle_note,
	};

	return parent_dispatch(&handlers, component, message, reply);
}
