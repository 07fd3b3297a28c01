/* SPDX-License-Identifier: MIT */
/* Registers, interrupt and memory of a device by the sessions of core: see device.h. */
#include <framework/memory.h>
#include <io_mem/session.h>
#include <irq/session.h>

#include "driver/device.h"

enum { SECOND_NS = 1000000000 };

static err_t registers_attach(struct device *device, const char *compatible)
{
	const struct io_mem_registers_request request = {};
	struct io_mem_registers_reply reply;
	void *address;
	ds_t ds;
	err_t err = slot_take(&ds.slot);

	if (err == OK)
		err = io_mem_registers(device->io_mem.ep, &request, NULL, &reply, &ds.slot);
	if (err == OK && strncmp(reply.compatible, compatible, sizeof reply.compatible) != 0)
		err = ERR_UNSUPPORTED;
	if (err == OK)
		err = ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address);
	if (err == OK)
		device->registers = (addr_t)address;
	return err;
}

err_t device_open(struct device *device, const char *name, const char *compatible, slot_t signal)
{
	const struct irq_bind_request request = {};
	struct irq_bind_reply reply;
	err_t err = session_open("IO_MEM", name, SECOND_NS, &device->io_mem);

	if (err == OK)
		err = session_open("IRQ", name, SECOND_NS, &device->irq);
	if (err == OK)
		err = registers_attach(device, compatible);
	if (err == OK)
		err = slot_take(&device->line.slot);
	return err == OK ? irq_bind(device->irq.ep, &request, &signal, &reply, &device->line.slot) : err;
}

void device_acknowledge(const struct device *device)
{
	err_t ignored = interrupt_acknowledge(device->line);   /* the session is there, so the line is */
	(void)ignored;
}

err_t device_memory(const struct device *device, uint32_t size, void **address, uint32_t *bus_address)
{
	const struct io_mem_buffer_request request = {size};
	struct io_mem_buffer_reply reply;
	ds_t ds;
	err_t err = slot_take(&ds.slot);

	if (err == OK)
		err = io_mem_buffer(device->io_mem.ep, &request, NULL, &reply, &ds.slot);
	if (err == OK && reply.bus_address > UINT32_MAX)
		err = ERR_UNSUPPORTED;
	if (err == OK)
		err = ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, address);
	if (err == OK)
		*bus_address = (uint32_t)reply.bus_address;
	return err;
}
