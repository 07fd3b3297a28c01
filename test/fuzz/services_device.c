/* SPDX-License-Identifier: MIT */
/* IRQ and IO_MEM: see services.h. Registers and line go with their sessions. */
#include <string.h>

#include <io_mem/session.h>
#include <irq/session.h>

#include "test/fuzz/services.h"

enum { REGISTERS_SIZE = 2 * PAGE_SIZE };

bool served_device_taken(enum served_type type, const char *label)
{
	const struct served *served = type == SERVED_IRQ || type == SERVED_IO_MEM ? served_first() : NULL;

	while (served && (served->type != type || strcmp(served->label, label) != 0))
		served = served->next;
	return served;
}

HANDLER(io_mem, registers)
{
	struct served *session = object, *registers = served_find(session->buffer);

	UNUSED;
	session->ram = REGISTERS_SIZE;
	err_t err = registers ? OK : served_memory_make(session, REGISTERS_SIZE, &registers);
	if (err != OK)
		return err;
	session->buffer = registers->badge;
	reply->size = REGISTERS_SIZE;
	strcpy(reply->compatible, SERVED_DEVICE);
	served_answer_self(registers);
	return OK;
}

HANDLER(io_mem, buffer)
{
	UNUSED;
	FUZZ_CHECK(false, "memory for the device itself");
	return ERR_UNSUPPORTED;
}

HANDLER(irq, bind)
{
	const struct cap *cap = &kernel_current()->pd->slots[message->caps[0]];
	struct served *session = object;

	UNUSED;
	if (cap->object->kind != KIND_SIGNAL)
		return ERR_CAPABILITY;
	if (!session->object)
		session->object = kernel_object_make(KIND_INTERRUPT);
	struct interrupt *line = (struct interrupt *)session->object;
	line->masked = request->masked;
	cap_clear(&line->signal);
	cap_set(&line->signal, cap->object, RIGHT_SEND, cap->badge);
	served_answer(session->object, RIGHT_SEND, 0);
	return OK;
}

HANDLER(irq, device)
{
	UNUSED;
	strcpy(reply->compatible, SERVED_DEVICE);
	return OK;
}

err_t served_device_call(struct served *served, struct rpc_message *in, struct rpc_message *out)
{
	static const struct io_mem_handlers io_mem = {io_mem_registers_serve, io_mem_buffer_serve};
	static const struct irq_handlers irq = {irq_bind_serve, irq_device_serve};

	return served->type == SERVED_IRQ ? irq_dispatch(&irq, served, in, out) : io_mem_dispatch(&io_mem, served, in, out);
}
