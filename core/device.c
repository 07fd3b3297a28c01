/* SPDX-License-Identifier: MIT */
/*
 * IO_MEM and IRQ: the devices of the machine (kernel/boot.h), each of which one session of either kind has. What names it
 * is the last element of the session's label; who may have which is for the parent to say.
 */
#include <framework/memory.h>
#include <io_mem/session.h>
#include <irq/session.h>
#include <kernel/device.h>

#include "core/service.h"

enum use { USE_IO_MEM, USE_IRQ, USES };

/* Not in use: NULL. */
static struct object *users[BOOT_DEVICES][USES];

struct io_mem {
	struct object object;
	uint32_t device;
	uint32_t badge;          /* of the registers, a dataspace ... */
	uint64_t serial;         /* ... if it is still that one */
};

struct irq {
	struct object object;
	uint32_t device;
	slot_t line;
};

static const struct boot_info *info;

void devices_start(const struct boot_info *boot)
{
	info = boot;
}

static err_t device_find(const char *label, enum use use, uint32_t *device)
{
	for (uint32_t i = 0; i < info->device_count && i < BOOT_DEVICES; i++)
		if (strncmp(info->devices[i].name, label_last(label), sizeof info->devices[i].name) == 0) {
			*device = i;
			return users[i][use] ? ERR_BUSY : OK;
		}
	return ERR_NOT_FOUND;
}

static err_t registers_make(struct pd *payer, const struct boot_device *device, struct dataspace **made)
{
	err_t err = object_make(payer, TYPE_DATASPACE, sizeof **made, 0, (void **)made);

	if (err != OK)
		return err;
	(*made)->offset = device->offset;
	(*made)->size = device->size;
	(*made)->rights = RIGHT_READ | RIGHT_WRITE;
	(*made)->nature = NATURE_DEVICE;
	return OK;
}

err_t io_mem_open(struct pd *payer, const char *label, struct object **session)
{
	struct dataspace *registers;
	struct io_mem *io_mem;
	uint32_t device;
	err_t err = device_find(label, USE_IO_MEM, &device);

	if (err == OK)
		err = registers_make(payer, &info->devices[device], &registers);
	if (err != OK)
		return err;
	err = object_make(payer, TYPE_IO_MEM, sizeof *io_mem, 0, (void **)&io_mem);
	if (err != OK) {
		dataspace_destroy(&registers->object);
		return err;
	}
	io_mem->device = device;
	io_mem->badge = registers->object.badge;
	io_mem->serial = registers->object.serial;
	users[device][USE_IO_MEM] = &io_mem->object;
	*session = &io_mem->object;
	return OK;
}

static struct object *registers_of(const struct io_mem *io_mem)
{
	struct object *registers = object_of_badge(io_mem->badge);

	return registers && registers->serial == io_mem->serial ? registers : NULL;
}

void io_mem_destroy(struct object *object)
{
	struct io_mem *io_mem = (struct io_mem *)object;

	if (registers_of(io_mem))
		dataspace_destroy(registers_of(io_mem));
	users[io_mem->device][USE_IO_MEM] = NULL;
	object_unmake(object);
}

static err_t handle_registers(void *object, const struct io_mem_registers_request *request, struct rpc_message *message,
                              struct io_mem_registers_reply *reply, slot_t *caps_out)
{
	const struct io_mem *io_mem = object;
	struct object *registers = registers_of(io_mem);

	(void)request;
	(void)message;
	if (!registers)
		return ERR_GONE;
	reply->size = ((struct dataspace *)registers)->size;
	memcpy(reply->compatible, info->devices[io_mem->device].compatible, sizeof reply->compatible);
	object_name(registers, caps_out);
	return OK;
}

static err_t handle_buffer(void *object, const struct io_mem_buffer_request *request, struct rpc_message *message,
                           struct io_mem_buffer_reply *reply, slot_t *caps_out)
{
	struct object *session = object;
	struct dataspace *dataspace;
	err_t err = dataspace_make(session->owner, request->size, &dataspace);

	(void)message;
	if (err != OK)
		return err;
	dataspace->nature = NATURE_UNCACHED;
	dataspace->rights = RIGHT_READ | RIGHT_WRITE;
	reply->bus_address = info->memory_bus + dataspace->offset;
	object_name(&dataspace->object, caps_out);
	return OK;
}

err_t io_mem_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct io_mem_handlers handlers = {.registers = handle_registers, .buffer = handle_buffer};

	return io_mem_dispatch(&handlers, object, message, reply);
}

err_t irq_open(struct pd *payer, const char *label, struct object **session)
{
	struct irq *irq;
	uint32_t device;
	slot_t line;
	err_t err = device_find(label, USE_IRQ, &device);

	if (err == OK)
		err = core_slot_take(&line);
	if (err != OK)
		return err;
	err = interrupt_make((interrupt_t){BOOT_SLOT_INTERRUPTS}, info->devices[device].interrupt, line);
	if (err == OK) {
		err = object_make(payer, TYPE_IRQ, sizeof *irq, 0, (void **)&irq);
		if (err == OK) {
			irq->device = device;
			irq->line = line;
			users[device][USE_IRQ] = &irq->object;
			*session = &irq->object;
			return OK;
		}
		err_t ignored = object_revoke((cap_t){line});
		(void)ignored;
	}
	core_slot_free(line);
	return err;
}

void irq_destroy(struct object *object)
{
	struct irq *irq = (struct irq *)object;
	err_t ignored = object_revoke((cap_t){irq->line});

	(void)ignored;
	core_slot_free(irq->line);
	users[irq->device][USE_IRQ] = NULL;
	object_unmake(object);
}

/*
 * The kernel keeps a binding of its own, so the capability that came need not be kept. One of core's own is no signal. Who gets
 * no capability to acknowledge with has nothing bound: that comes last.
 */
static err_t handle_bind(void *object, const struct irq_bind_request *request, struct rpc_message *message,
                         struct irq_bind_reply *reply, slot_t *caps_out)
{
	const struct irq *irq = object;
	err_t err = message->caps[0] ? slot_lend(irq->line, RIGHT_SEND, caps_out) : ERR_CAPABILITY;

	(void)reply;
	return err == OK ? interrupt_bind((interrupt_t){irq->line}, (signal_t){message->caps[0]}, request->masked) : err;
}

static err_t handle_device(void *object, const struct irq_device_request *request, struct rpc_message *message,
                           struct irq_device_reply *reply, slot_t *caps_out)
{
	const struct irq *irq = object;

	(void)request;
	(void)message;
	(void)caps_out;
	memcpy(reply->compatible, info->devices[irq->device].compatible, sizeof reply->compatible);
	return OK;
}

err_t irq_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct irq_handlers handlers = {.bind = handle_bind, .device = handle_device};

	return irq_dispatch(&handlers, object, message, reply);
}
