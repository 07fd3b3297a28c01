/* SPDX-License-Identifier: MIT */
/*
 * IRQ and IO_MEM of the target, see intercept.h. A device is not part of a checkpoint: what stands in its registers stays
 * there. What the component has of it is: the sessions, where the registers are attached, the signal that the line is bound
 * to, the capability to acknowledge with, and whether the line is masked until then.
 */
#include <framework/memory.h>

#include "rtcr/intercept.h"

err_t registers_take(struct session_entry *session, uint32_t id)
{
	const struct io_mem_registers_request request = {};
	struct io_mem_registers_reply reply;
	struct dataspace_entry *registers = registry_add(ENTRY_DATASPACE, id);

	if (!registers)
		return id ? ERR_CORRUPT : ERR_MEMORY_QUOTA;
	registers->origin = IMAGE_ORIGIN_DEVICE;
	memcpy(registers->name, session->label, sizeof registers->name);
	err_t err = slot_take(&registers->real.slot);
	if (err == OK)
		err = io_mem_registers(session->real.ep, &request, NULL, &reply, &registers->real.slot);
	if (err != OK) {
		slot_give(registers->real.slot);
		registry_remove(&registers->entry);
		return err;
	}
	registers->size = reply.size;
	session->source = registers->entry.id;
	return OK;
}

static err_t line_add(struct session_entry *session, slot_t slot)
{
	struct object_entry *line = registry_add(ENTRY_OBJECT, session->source);

	if (!line)
		return session->source ? ERR_CORRUPT : ERR_MEMORY_QUOTA;
	line->kind = KIND_INTERRUPT;
	line->slot = slot;
	err_t err = object_learn(line);
	if (err != OK) {
		registry_remove(&line->entry);
		return err;
	}
	session->source = line->entry.id;
	session->line = slot;
	return OK;
}

/* Each answer is a capability to the same line; one is enough. */
static err_t bind(struct session_entry *session, slot_t signal)
{
	const struct irq_bind_request request = {session->masked, 0};
	struct irq_bind_reply reply;
	slot_t slot;
	err_t err = slot_take(&slot);

	if (err != OK)
		return err;
	err = irq_bind(session->real.ep, &request, &signal, &reply, &slot);
	if (err == OK && !session->line) {
		err = line_add(session, slot);
		if (err == OK)
			return OK;
	}
	slot_give(slot);
	return err;
}

err_t line_bind(struct session_entry *session, slot_t slot)
{
	signal_t gone = {slot};
	err_t err = slot ? OK : signal_alloc(&gone);

	if (err != OK)
		return err;
	session->masked |= !slot;
	err = bind(session, gone.slot);
	session->masked = false;
	if (!slot)
		object_free(cap_any(gone));
	return err;
}

err_t lines_read(bool *changed)
{
	err_t err = OK;

	*changed = false;
	for (struct entry *entry = registry.first_of[ENTRY_SESSION]; entry && err == OK; entry = entry->next_alike) {
		const struct session_entry *session = (const struct session_entry *)entry;
		struct cap_entry cap;
		if (!session->line)
			continue;
		err = slot_look(session->line, &cap);
		if (err != OK)
			break;
		struct object_entry *line = (struct object_entry *)registry_find(session->source);
		*changed |= line->count != cap.pending_count;
		line->count = cap.pending_count;
	}
	return err;
}

/* Called when the session itself is closed: what it gave is gone. */
void device_leave(struct session_entry *session)
{
	struct entry *entry = registry_find(session->source);

	if (session->service == SERVICE_IO_MEM && entry) {
		regions_forget(entry->id);
		slot_free(((struct dataspace_entry *)entry)->real.slot);
		registry_remove(entry);
	} else if (session->line) {
		slot_free(session->line);
		registry_remove(entry);
	}
}

/* One that the own target has is given back before it is asked for again. */
err_t device_offered(enum service service, const char *label)
{
	struct session session;

	for (const struct entry *entry = registry.first_of[ENTRY_SESSION]; entry; entry = entry->next_alike) {
		const struct session_entry *own = (const struct session_entry *)entry;
		if (own->service == service && strcmp(own->label, label) == 0)
			return OK;
	}
	err_t err = session_open(service_names[service], label, 0, &session);
	if (err == OK)
		session_close(&session);
	return err;
}

static err_t bind_handle(void *object, const struct irq_bind_request *request, struct rpc_message *message,
                         struct irq_bind_reply *reply, slot_t *caps_out)
{
	struct session_entry *session = object;
	uint32_t signal, badge;
	err_t err = handler_take(message, 0, &signal, &badge);

	(void)reply;
	if (err != OK)
		return err;
	session->masked = request->masked;
	err = session_handler_set(session, signal, badge, message->caps[0]);
	if (err != OK)
		return err;
	(void)rpc_keep(message, 0);
	caps_out[0] = session->line;
	return OK;
}

static err_t registers_handle(void *object, const struct io_mem_registers_request *request, struct rpc_message *message,
                              struct io_mem_registers_reply *reply, slot_t *caps_out)
{
	struct entry *registers = registry_find(((struct session_entry *)object)->source);

	(void)request, (void)message;
	reply->size = ((const struct dataspace_entry *)registers)->size;
	registry_name(registers, caps_out);
	return OK;
}

/* The device would find it elsewhere after a restore, and go on with where it was. */
static err_t buffer_handle(void *object, const struct io_mem_buffer_request *request, struct rpc_message *message,
                           struct io_mem_buffer_reply *reply, slot_t *caps_out)
{
	(void)request, (void)message, (void)reply, (void)caps_out;
	log_line("device %s: memory for the device itself is not given to a component that can be checkpointed",
	         ((const struct session_entry *)object)->label);
	return ERR_UNSUPPORTED;
}

const struct irq_handlers intercept_irq = {bind_handle};

const struct io_mem_handlers intercept_io_mem = {registers_handle, buffer_handle};
