/* SPDX-License-Identifier: MIT */
/*
 * IRQ and IO_MEM of the target, see intercept.h. A device is not part of a checkpoint: what stands in its registers stays
 * there. What the component has of it is: the sessions, where the registers are attached, the signal that the line is bound
 * to, the capability to acknowledge with, and whether the line is masked until then.
 */
#include <framework/memory.h>

#include "rtcr/intercept.h"
#include "rtcr/reserve.h"

err_t device_look(enum service service, ep_t session, char compatible[DEVICE_COMPATIBLE], uint64_t *size)
{
	const struct irq_device_request device = {};
	const struct io_mem_registers_request registers = {};
	struct irq_device_reply line = {0};
	struct io_mem_registers_reply reply = {0};
	slot_t slot = 0;
	err_t err = service == SERVICE_IRQ ? irq_device(session, &device, NULL, &line, NULL) : slot_take(&slot);

	if (err == OK && slot)
		err = io_mem_registers(session, &registers, NULL, &reply, &slot);
	slot_give(slot);
	if (err != OK)
		return err;
	memcpy(compatible, slot ? reply.compatible : line.compatible, DEVICE_COMPATIBLE);
	compatible[DEVICE_COMPATIBLE - 1] = 0;
	*size = reply.size;
	return OK;
}

err_t device_open(struct session_entry *session)
{
	uint64_t size;

	if (!session->label[0])
		return ERR_NOT_FOUND;
	if (device_use(session))
		return OK;
	err_t err = session_open(service_names[session->service], session->label, 0, &session->real);
	if (err != OK)
		return err;
	err = device_look(session->service, session->real.ep, session->compatible, &size);
	if (err != OK)
		session_close(&session->real);
	return err;
}

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
static err_t bind(const struct session_entry *session, slot_t signal, bool masked, slot_t *line)
{
	const struct irq_bind_request request = {masked, 0};
	struct irq_bind_reply reply;
	slot_t slot;
	err_t err = slot_take(&slot);

	if (err != OK)
		return err;
	err = irq_bind(session->real.ep, &request, &signal, &reply, &slot);
	if (err == OK && line)
		*line = slot;
	else
		slot_give(slot);
	return err;
}

/* Whatever fails here leaves nothing armed: what it is bound to is gone. */
err_t line_take(struct session_entry *session)
{
	signal_t gone;
	slot_t slot = 0;
	err_t err = signal_alloc(&gone);

	if (err != OK)
		return err;
	err = bind(session, gone.slot, true, &slot);
	object_free(cap_any(gone));
	if (err == OK)
		err = line_add(session, slot);
	if (err != OK)
		slot_give(slot);
	return err;
}

err_t line_bind(struct session_entry *session, slot_t slot)
{
	err_t err = session->line ? OK : line_take(session);

	if (err == OK)
		err = bind(session, slot, session->masked, NULL);
	session->masked = false;
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

/* Called when the session itself is closed, and what it gave is gone; or kept for the next target, and that is asked for anew. */
void device_leave(struct session_entry *session)
{
	struct entry *entry = registry_find(session->source);

	if (session->service == SERVICE_IO_MEM && entry) {
		regions_forget(entry->id);
		slot_give(((struct dataspace_entry *)entry)->real.slot);
		registry_remove(entry);
	} else if (session->line) {
		slot_give(session->line);
		registry_remove(entry);
	}
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

static err_t device_handle(void *object, const struct irq_device_request *request, struct rpc_message *message,
                           struct irq_device_reply *reply, slot_t *caps_out)
{
	(void)request, (void)message, (void)caps_out;
	memcpy(reply->compatible, ((const struct session_entry *)object)->compatible, sizeof reply->compatible);
	return OK;
}

static err_t registers_handle(void *object, const struct io_mem_registers_request *request, struct rpc_message *message,
                              struct io_mem_registers_reply *reply, slot_t *caps_out)
{
	struct entry *registers = registry_find(((struct session_entry *)object)->source);

	(void)request, (void)message;
	reply->size = ((const struct dataspace_entry *)registers)->size;
	memcpy(reply->compatible, ((const struct session_entry *)object)->compatible, sizeof reply->compatible);
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

const struct irq_handlers intercept_irq = {bind_handle, device_handle};

const struct io_mem_handlers intercept_io_mem = {registers_handle, buffer_handle};
