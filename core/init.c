/* SPDX-License-Identifier: MIT */
/* The first child: the module "init", with everything the machine has left and the sessions it starts with. */
#include <framework/layout.h>
#include <framework/memory.h>
#include <kernel/machine.h>
#include <kernel/pd.h>
#include <parent/session.h>

#include "core/map.h"
#include "core/memory.h"
#include "core/service.h"
#include "core/thread.h"

enum { INIT_SLOTS = 32768, INIT_CAPS = BOOT_SLOTS / CORE_SLOTS_EACH };
#define RESERVE ((uint64_t)16 << 20)         /* kept for core's own bookkeeping, and one part in 64 */

static err_t segment_load(struct pd *pd, const uint8_t *program, const struct elf_segment *segment)
{
	uint64_t start = segment->address & ~(PAGE_SIZE - 1), lead = segment->address - start, at;
	struct dataspace *dataspace;
	err_t err = dataspace_make(pd, lead + segment->memory_size, &dataspace);

	if (err != OK)
		return err;
	err = pd_map(PD_SELF, CORE_WINDOW, CORE_MEMORY, dataspace->offset, dataspace->size, RIGHT_READ | RIGHT_WRITE);
	if (err != OK)
		return err;
	memcpy((uint8_t *)CORE_WINDOW + lead, program + segment->file_offset, segment->file_size);
	err = pd_unmap(PD_SELF, CORE_WINDOW, dataspace->size);
	if (err != OK)
		return err;
	const struct rm_attach_request request = {start, 0, 0, segment->rights, 0};
	return map_attach(pd->space, &request, &dataspace->object, &at);
}

static err_t image_load(struct pd *pd, uint64_t *entry)
{
	static struct elf_plan plan;
	const char *sentence = "";
	uint64_t size;
	const struct dataspace *rom = rom_find("init", &size);

	if (!rom)
		return ERR_NOT_FOUND;
	err_t err = pd_map(PD_SELF, CORE_WINDOW_ROM, CORE_MEMORY, rom->offset, rom->size, RIGHT_READ);
	if (err == OK)
		err = elf_read((const void *)CORE_WINDOW_ROM, size, MACHINE_ELF, &plan, &sentence);
	for (uint32_t i = 0; i < plan.segment_count && err == OK; i++)
		err = segment_load(pd, (const uint8_t *)CORE_WINDOW_ROM, &plan.segments[i]);
	*entry = plan.entry;
	return err == OK ? pd_unmap(PD_SELF, CORE_WINDOW_ROM, rom->size) : err;
}

static err_t cap_give(const struct pd *pd, struct object *object, slot_t slot)
{
	object->named = true;
	return cap_copy(PD_SELF, core_ep.slot, pd->native, slot, RIGHT_SEND, object->badge);
}

static err_t caps_give(struct pd *pd, struct object **cpu)
{
	struct object *log, *parent;
	err_t err = object_make(NULL, TYPE_PARENT, sizeof *parent, 0, (void **)&parent);

	if (err == OK)
		err = cpu_open(pd, "init", cpu);
	if (err == OK)
		err = log_open(pd, "init", &log);
	if (err == OK)
		err = cap_give(pd, parent, SLOT_PARENT);
	if (err == OK)
		err = cap_give(pd, &pd->object, SLOT_PD);
	if (err == OK)
		err = cap_give(pd, *cpu, SLOT_CPU);
	if (err == OK)
		err = cap_give(pd, log, SLOT_LOG);
	return err == OK ? cap_give(pd, map_object(pd->space), SLOT_ADDRESS_SPACE) : err;
}

static err_t stack_make(struct pd *pd)
{
	const struct rm_attach_request request = {BOOT_STACK_TOP - BOOT_STACK, 0, 0, RIGHT_READ | RIGHT_WRITE, 0};
	struct dataspace *stack;
	uint64_t at;
	err_t err = dataspace_make(pd, BOOT_STACK, &stack);

	return err == OK ? map_attach(pd->space, &request, &stack->object, &at) : err;
}

err_t init_start(const struct boot_info *info)
{
	const struct pd_child_create_request request = {
		.ram = page_round(ranges_free() - ranges_free() / 64 - RESERVE), .caps = INIT_CAPS, .slots = INIT_SLOTS,
		.name = "init"};
	struct object *cpu;
	uint64_t entry;
	struct pd *pd;
	err_t err = pd_make(NULL, &request, &pd);

	(void)info;
	if (err == OK)
		err = caps_give(pd, &cpu);
	if (err == OK)
		err = image_load(pd, &entry);
	if (err == OK)
		err = stack_make(pd);
	return err == OK ? thread_first_start(cpu, pd, entry) : err;
}
