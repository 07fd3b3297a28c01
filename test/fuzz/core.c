/* SPDX-License-Identifier: MIT */
/* core on the kernel for tests, seen from core's side: see core.h. */
#include <stdio.h>
#include <stdlib.h>

#include <framework/memory.h>
#include <io_mem/session.h>
#include <irq/session.h>
#include <kernel/boot.h>
#include <kernel/machine.h>
#include <log/session.h>
#include <parent/session.h>
#include <rom/session.h>
#include <timer/session.h>

#include "core/map.h"
#include "core/memory.h"
#include "core/service.h"
#include "core/thread.h"
#include "test/fuzz/core.h"
#include "test/fuzz/heap.h"

enum { OBJECTS_SEEN = 1024, ROOT_CAPS = 4096 };

int component_main(addr_t argument);

static struct pd *root;

#define SIZE_ROW(service, name, in, out) [service##_op_##name] = sizeof(struct service##_##name##_request),
#define SIZE_TABLE(service, OPERATIONS)                                                            \
	static const uint32_t service##_sizes[service##_op_count] = {OPERATIONS(SIZE_ROW)};
SIZE_TABLE(parent, PARENT_OPERATIONS)
SIZE_TABLE(pd, PD_OPERATIONS)
SIZE_TABLE(dataspace, DATASPACE_OPERATIONS)
SIZE_TABLE(rm, RM_OPERATIONS)
SIZE_TABLE(cpu, CPU_OPERATIONS)
SIZE_TABLE(cpu_thread, CPU_THREAD_OPERATIONS)
SIZE_TABLE(rom, ROM_OPERATIONS)
SIZE_TABLE(log, LOG_OPERATIONS)
SIZE_TABLE(timer, TIMER_OPERATIONS)
SIZE_TABLE(rm_service, RM_SERVICE_OPERATIONS)
SIZE_TABLE(io_mem, IO_MEM_OPERATIONS)
SIZE_TABLE(irq, IRQ_OPERATIONS)

#define SIZES(service) {service##_sizes, service##_op_count}
static const struct {
	const uint32_t *size;
	uint32_t count;
} requests[TYPE_COUNT] = {
	[TYPE_PARENT] = SIZES(parent), [TYPE_PD] = SIZES(pd),   [TYPE_DATASPACE] = SIZES(dataspace),
	[TYPE_MAP] = SIZES(rm),        [TYPE_CPU] = SIZES(cpu), [TYPE_THREAD] = SIZES(cpu_thread),
	[TYPE_ROM] = SIZES(rom),       [TYPE_LOG] = SIZES(log), [TYPE_TIMER] = SIZES(timer),
	[TYPE_RM_SERVICE] = SIZES(rm_service), [TYPE_IO_MEM] = SIZES(io_mem), [TYPE_IRQ] = SIZES(irq),
};

static void check(bool condition, const char *sentence)
{
	if (condition)
		return;
	fprintf(stderr, "core: %s\n", sentence);
	abort();
}

static err_t root_give(const struct object *object, slot_t slot)
{
	return cap_copy(PD_SELF, core_ep.slot, root->native, slot, RIGHT_SEND, object->badge);
}

/* In place of core/init.c. */
err_t init_start(const struct boot_info *info)
{
	const struct pd_child_create_request request = {
		.ram = CORE_MEMORY_SIZE / 2, .caps = ROOT_CAPS, .slots = ROOT_SLOTS, .name = "root"};
	struct object *cpu, *log, *parent;
	err_t err = pd_make(NULL, &request, &root);

	(void)info;
	if (err == OK)
		err = object_make(NULL, TYPE_PARENT, sizeof *parent, 0, (void **)&parent);
	if (err == OK)
		err = cpu_open(root, "root", &cpu);
	if (err == OK)
		err = log_open(root, "root", &log);
	if (err == OK)
		err = root_give(parent, SLOT_PARENT);
	if (err == OK)
		err = root_give(&root->object, SLOT_PD);
	if (err == OK)
		err = root_give(cpu, SLOT_CPU);
	if (err == OK)
		err = root_give(log, SLOT_LOG);
	return err == OK ? root_give(map_object(root->space), SLOT_ADDRESS_SPACE) : err;
}

void core_main(void)
{
	struct boot_info *info = (struct boot_info *)BOOT_INFO;

	info->memory_free = PAGE_SIZE * 2;
	info->module_count = 1;
	info->modules[0] = (struct boot_module){CORE_MODULE, 0, CORE_MODULE_SIZE};
	info->device_count = 2;
	info->devices[0] = (struct boot_device){"first", "a,device", 0, PAGE_SIZE, 0};
	info->devices[1] = (struct boot_device){"second", "another,device", 2 * PAGE_SIZE, 2 * PAGE_SIZE, 1};
	check(component_main(BOOT_INFO) == 0, "it returned");
}

static void pd_check(const struct pd *pd)
{
	uint64_t ram = 0, caps = 0;

	for (const struct object *owned = pd->objects; owned; owned = owned->next) {
		check(owned->owner == pd, "an object in the list of another domain");
		check(object_of_badge(owned->badge) == owned, "an object that its badge does not name");
		ram += owned->charge;
		caps++;
		if (owned->type != TYPE_PD)
			continue;
		caps += ((const struct pd *)owned)->cap_limit;
		check(owned->charge >= ((const struct pd *)owned)->ram_limit, "a domain got memory that nobody pays");
		pd_check((const struct pd *)owned);
	}
	check(ram + pd->space_ram == pd->ram_used, "memory used is not the sum of what is owned");
	check(caps == pd->cap_used, "capabilities used are not the sum of what is owned");
	check(pd->ram_used <= pd->ram_limit, "more memory used than the limit");
	check(pd->cap_used <= pd->cap_limit, "more capabilities used than the limit");
}

void core_quota_check(void)
{
	pd_check(root);
}

bool core_look(uint32_t native, uint64_t address, uint64_t *offset, uint32_t *rights)
{
	for (uint32_t badge = 1; badge < OBJECTS_SEEN; badge++) {
		struct object *object = object_of_badge(badge);
		if (!object || object->type != TYPE_PD || ((struct pd *)object)->native.slot != native)
			continue;
		struct map *where;
		uint64_t at;
		const struct region *region = map_look(((struct pd *)object)->space, address, rights, &where, &at);
		if (!region)
			return false;
		const struct dataspace *dataspace = (const struct dataspace *)region->source;
		check(object_of_badge(dataspace->object.badge) == &dataspace->object, "a region of a dataspace that is gone");
		*rights &= dataspace->rights;
		*offset = dataspace->offset + (dataspace->spare ? 0 : region->offset + (at - region->address));
		*offset += dataspace->nature == NATURE_DEVICE ? CORE_DEVICE_MEMORY : 0;
		return true;
	}
	return false;
}

uint32_t core_request_size(uint32_t badge, uint32_t opcode)
{
	const struct object *object = object_of_badge(badge);

	if (!object || opcode >= requests[object->type].count)
		return UINT32_MAX;
	return requests[object->type].size[opcode];
}

uint32_t core_slot_ep(void)
{
	return core_ep.slot;
}

uint32_t core_slots_free(void)
{
	static slot_t taken[BOOT_SLOTS];
	uint32_t count = 0;

	while (core_slot_take(&taken[count]) == OK)
		count++;
	for (uint32_t i = 0; i < count; i++)
		core_slot_give(taken[i]);
	return count;
}

void core_state_read(struct core_state *state)
{
	*state = (struct core_state){.blocks = heap_blocks(), .memory_free = ranges_free()};
	for (uint32_t badge = 1; badge < OBJECTS_SEEN; badge++)
		state->objects += object_of_badge(badge) != NULL;
}
