/* SPDX-License-Identifier: MIT */
/* Devices of components: see device.h. An interrupt's object lies in a table by its number; one that no slot names is free. */
#include <board.h>
#include <framework/memory.h>

#include "kernel/armv7/device.h"
#include "kernel/armv7/interrupt.h"
#include "kernel/object/ipc.h"
#include "kernel/object/machine.h"

static struct interrupt lines[INTERRUPT_LINES];

static const struct boot_device *device_at(uint32_t address)
{
	for (uint32_t i = 0; i < board_device_count; i++)
		if (address - (uint32_t)board_devices[i].offset < board_devices[i].size)
			return &board_devices[i];
	return NULL;
}

bool device_has(uint32_t address, uint32_t size)
{
	for (uint32_t done = 0; done < size; done += PAGE_SIZE)
		if (!device_at(address + done))
			return false;
	return true;
}

void device_describe(struct boot_info *info, struct memory *memory, struct interrupt *all)
{
	object_init(&memory->object, KIND_MEMORY);
	memory->offset = BOARD_DEVICES;
	memory->size = BOARD_DEVICES_SIZE;
	memory->device = true;
	object_init(&all->object, KIND_INTERRUPT);
	all->number = INTERRUPT_ALL;
	for (uint32_t i = 0; i < board_device_count && i < BOOT_DEVICES; i++) {
		struct boot_device *device = &info->devices[info->device_count++];
		*device = board_devices[i];
		device->offset -= BOARD_DEVICES;
	}
}

err_t machine_interrupt_make(uint32_t number, struct interrupt **interrupt)
{
	bool found = false;

	for (uint32_t i = 0; i < board_device_count; i++)
		found = found || board_devices[i].interrupt == number;
	if (!found || number >= INTERRUPT_LINES)
		return ERR_RANGE;
	if (lines[number].object.caps)
		return ERR_BUSY;
	*interrupt = &lines[number];
	return OK;
}

void machine_interrupt_mask(uint32_t number, bool masked)
{
	if (masked)
		interrupt_disable(number);
	else
		interrupt_enable(number);
}

/* What nobody made an object for is not enabled; a spurious one is masked as well. */
void interrupt_deliver(uint32_t number)
{
	if (number < INTERRUPT_LINES && lines[number].object.id)
		interrupt_arrive(&lines[number]);
	else if (number < INTERRUPT_LINES)
		interrupt_disable(number);
}
