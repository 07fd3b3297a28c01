/* SPDX-License-Identifier: MIT */
/* PARENT, for the first child: sessions of core's own services. */
#include <framework/heap.h>
#include <framework/memory.h>
#include <kernel/boot.h>
#include <kernel/object.h>
#include <parent/session.h>

#include "core/service.h"

struct opened {
	struct opened *next;
	uint32_t id;
	uint32_t badge;          /* of the session's object ... */
	uint64_t serial;         /* ... if it is still that one */
};

/* The sessions of the one component that asks core. */
static struct opened *all;

static const struct {
	const char *name;
	err_t (*open)(struct pd *payer, const char *label, struct object **session);
} services[] = {
	{"CPU", cpu_open}, {"ROM", rom_open}, {"LOG", log_open}, {"TIMER", timer_open}, {"RM", rm_service_open},
	{"IO_MEM", io_mem_open}, {"IRQ", irq_open},
};

static struct opened **opened_find(uint32_t id)
{
	struct opened **link = &all;

	while (*link && (*link)->id != id)
		link = &(*link)->next;
	return link;
}

static err_t handle_session_open(void *object, const struct parent_session_open_request *request,
                                 struct rpc_message *message, struct parent_session_open_reply *reply,
                                 slot_t *caps_out)
{
	struct object *payer, *session = NULL;
	err_t err = object_sent(message, 0, TYPE_PD, &payer);

	(void)object;
	(void)reply;
	if (err != OK)
		return err;
	if (!request->id || !string_ends(request->service, sizeof request->service) ||
	    !string_ends(request->label, sizeof request->label))
		return ERR_ARGUMENT;
	if (*opened_find(request->id))
		return ERR_EXISTS;
	struct opened *opened = heap_alloc(sizeof *opened);
	if (!opened)
		return ERR_MEMORY_QUOTA;
	err = ERR_NOT_FOUND;
	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (strcmp(services[i].name, request->service) == 0)
			err = services[i].open((struct pd *)payer, request->label, &session);
	if (err == OK)
		object_name(session, caps_out);
	if (err != OK) {
		heap_free(opened);
		return err;
	}
	*opened = (struct opened){all, request->id, session->badge, session->serial};
	all = opened;
	return OK;
}

static err_t handle_session_close(void *object, const struct parent_session_close_request *request,
                                  struct rpc_message *message, struct parent_session_close_reply *reply,
                                  slot_t *caps_out)
{
	struct opened **link = opened_find(request->id), *opened = *link;

	(void)object;
	(void)message;
	(void)reply;
	(void)caps_out;
	if (!opened)
		return ERR_NOT_FOUND;
	*link = opened->next;
	struct object *session = object_of_badge(opened->badge);
	if (session && session->serial == opened->serial)
		object_destroy(session);
	heap_free(opened);
	return OK;
}

static err_t handle_announce(void *object, const struct parent_announce_request *request, struct rpc_message *message,
                             struct parent_announce_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)request;
	(void)message;
	(void)reply;
	(void)caps_out;
	return ERR_DENIED;
}

static err_t handle_session_info(void *object, const struct parent_session_info_request *request,
                                 struct rpc_message *message, struct parent_session_info_reply *reply,
                                 slot_t *caps_out)
{
	(void)object;
	(void)request;
	(void)message;
	(void)reply;
	(void)caps_out;
	return ERR_NOT_FOUND;
}

static err_t handle_session_ended(void *object, const struct parent_session_ended_request *request,
                                  struct rpc_message *message, struct parent_session_ended_reply *reply,
                                  slot_t *caps_out)
{
	(void)object;
	(void)request;
	(void)message;
	(void)caps_out;
	reply->badge = 0;
	return OK;
}

static err_t handle_exit(void *object, const struct parent_exit_request *request, struct rpc_message *message,
                         struct parent_exit_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)message;
	(void)reply;
	(void)caps_out;
	console_line("core: the first component ended with status %d, and the node with it", request->status);
	return object_revoke((cap_t){BOOT_SLOT_PD});
}

static err_t handle_note(void *object, const struct parent_note_request *request, struct rpc_message *message,
                         struct parent_note_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)request;
	(void)message;
	(void)reply;
	(void)caps_out;
	return ERR_UNSUPPORTED;
}

err_t parent_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct parent_handlers handlers = {
		.session_open = handle_session_open, .session_close = handle_session_close,
		.announce = handle_announce,         .session_info = handle_session_info,
		.session_ended = handle_session_ended, .exit = handle_exit,
		.note = handle_note,
	};

	return parent_dispatch(&handlers, object, message, reply);
}
