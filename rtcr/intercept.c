/* SPDX-License-Identifier: MIT */
/*
 * Calls of the target: which entry of the registry a call is for, and the parent's own service. What a target gets in hand
 * are capabilities to here, and kernel objects.
 */
#include <framework/memory.h>

#include "rtcr/intercept.h"

/* The signal that came along; kept if `set` takes it. */
err_t handler_take(struct rpc_message *message, uint32_t index, uint32_t *signal, uint32_t *badge)
{
	struct entry *entry;
	err_t err = registry_sent(message, index, ENTRY_OBJECT, &entry, badge);

	if (err == OK && ((struct object_entry *)entry)->kind != KIND_SIGNAL)
		err = ERR_CAPABILITY;
	if (err == OK)
		*signal = entry->id;
	return err;
}

static struct session_entry *session_of(uint32_t client_id)
{
	for (struct entry *entry = registry.first_of[ENTRY_SESSION]; entry; entry = entry->next_alike)
		if (((struct session_entry *)entry)->client_id == client_id)
			return (struct session_entry *)entry;
	return NULL;
}

static err_t rom_of(const char *label, uint32_t *id)
{
	for (const struct entry *entry = registry.first; entry; entry = entry->next) {
		const struct dataspace_entry *rom = (const struct dataspace_entry *)entry;
		if (entry->kind == ENTRY_DATASPACE && rom->origin == IMAGE_ORIGIN_ROM && strcmp(rom->name, label) == 0) {
			*id = entry->id;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

static err_t parent_session_open_handle(void *object, const struct parent_session_open_request *request,
                                        struct rpc_message *message, struct parent_session_open_reply *reply,
                                        slot_t *caps_out)
{
	struct session_entry *session;
	uint32_t service = SERVICE_CPU, rom = 0;
	err_t err = OK;

	(void)object, (void)message, (void)reply;
	if (!request->id || !string_ends(request->service, sizeof request->service) ||
	    !string_is_name(request->label, sizeof request->label))
		return ERR_ARGUMENT;
	if (session_of(request->id))
		return ERR_EXISTS;
	while (service < SERVICES && strcmp(service_names[service], request->service) != 0)
		service++;
	if (service == SERVICES)
		return ERR_NOT_FOUND;
	if (service == SERVICE_ROM)
		err = rom_of(request->label, &rom);
	if (err == OK)
		err = session_add((enum service)service, request->label, request->id, 0, &session);
	if (err == OK && service == SERVICE_IO_MEM) {
		err = registers_take(session, 0);
		if (err != OK)
			session_remove(session);
	}
	if (err != OK)
		return err;
	if (service == SERVICE_ROM)
		session->source = rom;
	registry_name(&session->entry, caps_out);
	return OK;
}

static err_t parent_session_close_handle(void *object, const struct parent_session_close_request *request,
                                         struct rpc_message *message, struct parent_session_close_reply *reply,
                                         slot_t *caps_out)
{
	struct session_entry *session = request->id ? session_of(request->id) : NULL;

	(void)object, (void)message, (void)reply, (void)caps_out;
	if (!session)
		return ERR_NOT_FOUND;
	session_remove(session);
	return OK;
}

static err_t parent_announce_handle(void *object, const struct parent_announce_request *request,
                                    struct rpc_message *message, struct parent_announce_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t parent_session_info_handle(void *object, const struct parent_session_info_request *request,
                                        struct rpc_message *message, struct parent_session_info_reply *reply,
                                        slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_NOT_FOUND;
}

static err_t parent_session_ended_handle(void *object, const struct parent_session_ended_request *request,
                                         struct rpc_message *message, struct parent_session_ended_reply *reply,
                                         slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_NOT_FOUND;
}

/* The target ends when this call is over: its registry is in use until then. */
static err_t parent_exit_handle(void *object, const struct parent_exit_request *request, struct rpc_message *message,
                                struct parent_exit_reply *reply, slot_t *caps_out)
{
	(void)object, (void)message, (void)reply, (void)caps_out;
	target_exited(request->status);
	return OK;
}

static err_t parent_note_handle(void *object, const struct parent_note_request *request, struct rpc_message *message,
                                struct parent_note_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_UNSUPPORTED;
}

const struct parent_handlers intercept_parent = {
	parent_session_open_handle, parent_session_close_handle, parent_announce_handle,
	parent_session_info_handle, parent_session_ended_handle, parent_exit_handle,
	parent_note_handle};

static err_t session_intercept(struct session_entry *session, struct rpc_message *in, struct rpc_message *out)
{
	switch (session->service) {
	case SERVICE_PARENT: return parent_dispatch(&intercept_parent, session, in, out);
	case SERVICE_PD: return pd_dispatch(&intercept_pd, session, in, out);
	case SERVICE_CPU: return cpu_dispatch(&intercept_cpu, session, in, out);
	case SERVICE_LOG: return log_dispatch(&intercept_log, session, in, out);
	case SERVICE_ROM: return rom_dispatch(&intercept_rom, session, in, out);
	case SERVICE_TIMER: return timer_dispatch(&intercept_timer, session, in, out);
	case SERVICE_RM: return rm_service_dispatch(&intercept_rm, session, in, out);
	case SERVICE_TERMINAL: return terminal_dispatch(&intercept_terminal, session, in, out);
	case SERVICE_IRQ: return irq_dispatch(&intercept_irq, session, in, out);
	case SERVICE_IO_MEM: return io_mem_dispatch(&intercept_io_mem, session, in, out);
	default: return ERR_UNSUPPORTED;
	}
}

err_t intercept(struct entry *entry, struct rpc_message *in, struct rpc_message *out)
{
	switch (entry->kind) {
	case ENTRY_SESSION: return session_intercept((struct session_entry *)entry, in, out);
	case ENTRY_DATASPACE: return dataspace_dispatch(&intercept_dataspace, entry, in, out);
	case ENTRY_MAP: return rm_dispatch(&intercept_map, entry, in, out);
	case ENTRY_THREAD: return cpu_thread_dispatch(&intercept_thread, entry, in, out);
	default: return ERR_UNSUPPORTED;
	}
}
