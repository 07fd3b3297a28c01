/* SPDX-License-Identifier: MIT */
/* The kernel suite: device memory and interrupts as far as every machine has them, or says that it has none. */
#include <kernel/device.h>

#include "test/kernel/suite.h"

static const interrupt_t all = {BOOT_SLOT_INTERRUPTS};
static const memory_t devices = {BOOT_SLOT_DEVICES};

static void devices_absent(void)
{
	slot_t slot = slot_take();

	CHECK(interrupt_make(all, 1, slot) == ERR_CAPABILITY);
	CHECK(interrupt_bind((interrupt_t){BOOT_SLOT_CONSOLE}, (signal_t){0}, false) == ERR_CAPABILITY);
	CHECK(interrupt_acknowledge(all) == ERR_CAPABILITY);
	CHECK(pd_map(PD_SELF, unused_page, devices, 0, PAGE_SIZE, RIGHT_READ) == ERR_CAPABILITY);
	CHECK(memory_derive(devices, 0, PAGE_SIZE, slot) == ERR_CAPABILITY);
}

TEST(device_memory, "device memory is mapped and derived, but not executed, donated or discarded; a machine without says so")
{
	const struct boot_device *device = &boot_info()->devices[0];
	slot_t slot = slot_take(), object = slot_take();
	struct range_place place = {0, 0, 0};
	static struct populated ranges[POPULATED_MAX];
	uint32_t count;

	if (!boot_info()->device_count) {
		devices_absent();
		return;
	}
	CHECK(device->size && !(device->size % PAGE_SIZE) && !(device->offset % PAGE_SIZE));
	CHECK(memory_derive(devices, (addr_t)device->offset, device->size, slot) == OK);
	memory_t memory = {slot};
	CHECK(pd_map(PD_SELF, unused_page, memory, 0, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	CHECK(pd_protect(PD_SELF, unused_page, PAGE_SIZE, RIGHT_READ) == OK);
	CHECK(pd_protect(PD_SELF, unused_page, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	CHECK(pd_map(PD_SELF, unused_page, memory, 0, PAGE_SIZE, RIGHT_READ | RIGHT_EXECUTE) == ERR_RIGHTS);
	CHECK(pd_map(PD_SELF, unused_page, memory, device->size, PAGE_SIZE, RIGHT_READ) == ERR_RANGE);
	CHECK(object_create(KIND_SIGNAL, memory, 0, OBJECT_SIZE, (host_t){0}, object) == ERR_RANGE);
	CHECK(pd_donate(PD_SELF, memory, 0, PAGE_SIZE) == ERR_RANGE);
	CHECK(memory_discard(memory, 0, PAGE_SIZE) == ERR_RANGE);
	CHECK(memory_populated(&memory, 1, &place, ranges, &count) == OK && count == 0 && place.memory == 1);
	CHECK(pd_unmap(PD_SELF, unused_page, PAGE_SIZE) == OK);
	object_end(slot);
}

enum { DEVICE_PART = 16 << 20 };   /* of devices, the list is in order */

static uint32_t pages_mapped(addr_t from)
{
	uint32_t mapped = 0;

	for (addr_t offset = from; offset < from + DEVICE_PART; offset += PAGE_SIZE)
		mapped += pd_map(PD_SELF, unused_page, devices, offset, PAGE_SIZE, RIGHT_READ) == OK;
	return mapped;
}

/* What no device of the list has is the kernel's own, or nothing. */
TEST(device_list, "only pages and lines of devices in the list can be had, each line once; a machine without has none")
{
	slot_t slot = slot_take(), again = slot_take(), signal, weak = slot_take();
	static struct cap_entry entry;
	uint32_t count, mapped = 0;
	addr_t last = ~(addr_t)0;
	slot_t next;

	if (!boot_info()->device_count) {
		devices_absent();
		return;
	}
	signal = object_make(KIND_SIGNAL);
	for (uint32_t i = 0; i < boot_info()->device_count; i++) {
		addr_t part = (addr_t)boot_info()->devices[i].offset / DEVICE_PART;
		if (part != last)
			mapped += pages_mapped(part * DEVICE_PART);
		last = part;
		mapped -= boot_info()->devices[i].size / PAGE_SIZE;
	}
	CHECK(pd_unmap(PD_SELF, unused_page, PAGE_SIZE) == OK);
	CHECK(mapped == 0);
	CHECK(interrupt_make(all, 27, slot) == ERR_RANGE && interrupt_make(all, 100000, slot) == ERR_RANGE);
	CHECK(interrupt_make(all, ~0u, slot) == ERR_RANGE && interrupt_make(all, boot_info()->devices[0].interrupt, 0) == ERR_ARGUMENT);
	CHECK(interrupt_bind(all, (signal_t){signal}, false) == ERR_CAPABILITY && interrupt_acknowledge(all) == ERR_CAPABILITY);
	CHECK(object_revoke(cap_any(all)) == ERR_UNSUPPORTED);
	CHECK(interrupt_make(all, boot_info()->devices[0].interrupt, slot) == OK);
	CHECK(interrupt_make(all, boot_info()->devices[0].interrupt, again) == ERR_BUSY);
	CHECK(interrupt_make((interrupt_t){slot}, boot_info()->devices[1].interrupt, again) == ERR_CAPABILITY);
	CHECK(interrupt_acknowledge((interrupt_t){slot}) == ERR_STATE);
	CHECK(interrupt_bind((interrupt_t){slot}, (signal_t){BOOT_SLOT_CONSOLE}, false) == ERR_CAPABILITY);
	CHECK(cap_list(PD_SELF, slot, 1, &entry, &count, &next) == OK && entry.kind == KIND_INTERRUPT && entry.pending_count == 1);
	CHECK(cap_copy(PD_SELF, slot, PD_SELF, weak, RIGHT_SEND, 0) == OK);
	CHECK(interrupt_bind((interrupt_t){weak}, (signal_t){signal}, false) == ERR_RIGHTS);
	object_end(slot);
	CHECK(interrupt_acknowledge((interrupt_t){weak}) == ERR_CAPABILITY);
	object_end(signal);
}

/* Memory for a device: written uncached, seen cached after a new mapping, and the other way round. */
TEST(uncached, "memory mapped uncached holds what was written, is populated, and keeps its kind when protected")
{
	addr_t offset = memory_take(PAGE_SIZE);
	volatile uint32_t *plain = memory_see(offset, PAGE_SIZE), *raw = (volatile uint32_t *)unused_page;

	plain[5] = 55;
	CHECK(pd_map(PD_SELF, unused_page, MEMORY, offset, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE | MAP_UNCACHED) == OK);
	CHECK(raw[5] == 55);
	raw[6] = 66;
	CHECK(pd_protect(PD_SELF, unused_page, PAGE_SIZE, RIGHT_READ) == OK && raw[6] == 66);
	CHECK(pd_protect(PD_SELF, unused_page, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	raw[7] = 77;
	CHECK(raw[7] == 77);
	CHECK(pd_unmap(PD_SELF, unused_page, PAGE_SIZE) == OK);
}
