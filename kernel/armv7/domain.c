/* SPDX-License-Identifier: MIT */
/*
 * Protection domains: their parts, and address space identifiers.
 *
 * There are 255 identifiers and any number of domains: when they run out a new generation begins, the TLB is emptied,
 * and every domain gets a new one when it is entered next. So nothing need be flushed when a domain goes.
 */
#include <board.h>
#include <framework/memory.h>

#include "kernel/armv7/console.h"
#include "kernel/armv7/core.h"
#include "kernel/armv7/domain.h"
#include "kernel/armv7/map.h"
#include "kernel/armv7/page.h"
#include "kernel/object/machine.h"

enum { ASID_LAST = 255, TABLE_UNITS = 8, TABLE_WALK = 0x4a };

extern uint32_t kernel_table[];

struct pd *first_pd;
static uint32_t generation = 1, asid_next = 1;

/* Those that other cores have entered keep theirs. */
static void generation_begin(void)
{
	generation++;
	asid_next = 1;
	for (uint32_t i = 0; i < BOARD_CORES; i++)
		if (cores[i].entered)
			cores[i].entered->machine->generation = generation;
	cpu_tlb_all(0);
	cpu_dsb();
}

static bool asid_in_use(const struct pd_machine *machine)
{
	for (uint32_t i = 0; i < BOARD_CORES; i++)
		if (cores[i].entered && cores[i].entered->machine != machine && cores[i].entered->machine->asid == machine->asid)
			return true;
	return false;
}

static void asid_take(struct pd_machine *machine)
{
	if (machine->generation == generation)
		return;
	do {
		if (asid_next > ASID_LAST)
			generation_begin();
		machine->asid = asid_next++;
	} while (asid_in_use(machine));
	machine->generation = generation;
}

/* With no mapping below 2 GiB in force while identifier and table do not belong together (ARM ARM, B3.10.4). */
void domain_enter(struct pd *pd)
{
	struct core *own = core_own();

	if (pd == own->entered)
		return;
	own->entered = NULL;
	cpu_ttbr0_write(physical(kernel_table) | TABLE_WALK);
	cpu_isb();
	if (pd) {
		asid_take(pd->machine);
		cpu_dsb();              /* erratum 754322: walks begun with the identifier before */
		cpu_contextidr_write(pd->machine->asid);
		cpu_isb();
		cpu_ttbr0_write(physical(pd->machine->table) | TABLE_WALK);
		cpu_isb();
	}
	own->entered = pd;
}

void domain_flush_page(const struct pd *pd, uint32_t address)
{
	if (pd->machine->generation != generation)
		return;
	cpu_dsb();
	cpu_tlb_page((address & ~(uint32_t)(PAGE_SIZE - 1)) | pd->machine->asid);
	cpu_dsb();
	cpu_isb();
}

void domain_flush(const struct pd *pd)
{
	if (pd->machine->generation != generation)
		return;
	cpu_dsb();
	cpu_tlb_asid(pd->machine->asid);
	cpu_dsb();
	cpu_isb();
}

static uint32_t round_up(uint32_t size, uint32_t to)
{
	return (size + to - 1) & ~(to - 1);
}

err_t machine_pd_make(struct pd *pd, uint64_t slots, uint64_t size, struct object *host)
{
	uint32_t head = round_up(sizeof *pd, OBJECT_ALIGN) + sizeof(struct pd_machine);
	uint32_t slots_size = (uint32_t)slots * sizeof *pd->slots;

	(void)size;
	(void)host;
	pd->slots = (struct cap *)((uint8_t *)pd + head);
	pd->slot_count = (uint32_t)slots;
	pool_init(&pd->machine->pool, (uint8_t *)pd->slots + slots_size, pd->machine->donated - head - slots_size);
	pd->machine->table = pool_take(&pd->machine->pool, TABLE_UNITS, TABLE_UNITS);
	return pd->machine->table ? OK : ERR_MEMORY_QUOTA;
}

err_t machine_pd_donate(struct pd *pd, const struct memory *from, uint64_t offset, uint64_t size)
{
	uint32_t at = (uint32_t)(from->offset + offset);

	err_t err = page_donate(at, (uint32_t)size);
	if (err == OK)
		pool_add(&pd->machine->pool, virtual_of(at), (uint32_t)size);
	return err;
}

bool machine_pd_end(struct pd *pd, struct thread *asker)
{
	(void)asker;
	if (core_own()->entered == pd)
		domain_enter(NULL);
	if (pd == first_pd)
		machine_end(0);
	return false;
}

void machine_clock_changed(struct pd *pd, uint64_t now)
{
	(void)pd;
	(void)now;
}
