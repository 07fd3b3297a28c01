/* SPDX-License-Identifier: MIT */
/* Mappings: see map.h. What a piece of a range needs is checked and taken first, then it is mapped, which cannot fail. */
#include <kernel/machine.h>
#include <kernel/pd.h>

#include "kernel/armv7/core.h"
#include "kernel/armv7/cpu.h"
#include "kernel/armv7/device.h"
#include "kernel/armv7/map.h"
#include "kernel/armv7/page.h"
#include "kernel/armv7/work.h"
#include "kernel/object/machine.h"

enum { TABLE_SHIFT = 20, TABLE_ENTRIES = 256, TABLE_COUNT = 2048, TABLE_VALID = 1 };
enum { PTE_XN = 1, PTE_VALID = 2, PTE_KERNEL = 0x10, PTE_USER = 0x30, PTE_WAS_WRITABLE = 0x80, PTE_WRITABLE = 0x100,
       PTE_READ_ONLY = 0x200, PTE_SHARED = 0x400, PTE_NOT_GLOBAL = 0x800 };
enum { PTE_DEVICE = 4, PTE_UNCACHED = 8, PTE_NORMAL = 0xc, PTE_TYPE = 0xc };
enum { BLOCK_UNITS = UTCB_SIZE / POOL_UNIT, PAGE_UNITS = 4096 / POOL_UNIT, LINE = 32, FLUSH_PAGES = 32,
       PIECE_PAGES = 4, PIECE_TABLES = 64 };

static uint32_t page_of(uint32_t entry)
{
	return entry & ~(PAGE_SIZE - 1);
}

/* The entry for `address`; NULL if there is no table. */
static uint32_t *entry_find(const struct pd *pd, uint32_t address)
{
	uint32_t table = pd->machine->table[address >> TABLE_SHIFT];

	if (!table)
		return NULL;
	return (uint32_t *)virtual_of(table & ~(POOL_UNIT - 1u)) + address / PAGE_SIZE % TABLE_ENTRIES;
}

static err_t tables_make(struct pd *pd, uint32_t address, uint32_t size)
{
	for (uint32_t i = address >> TABLE_SHIFT; i <= (address + size - 1) >> TABLE_SHIFT; i++) {
		if (pd->machine->table[i])
			continue;
		void *table = pool_take(&pd->machine->pool, 1, 1);
		if (!table)
			return ERR_MEMORY_QUOTA;
		cpu_dsb();              /* another core's walks see it empty, not what it was before */
		pd->machine->table[i] = physical(table) | TABLE_VALID;
	}
	return OK;
}

static bool is_device(uint32_t entry)
{
	return (entry & PTE_TYPE) == PTE_DEVICE;
}

/* `kept`: type of memory, and PTE_WAS_WRITABLE or not. */
static uint32_t entry_make(uint32_t page, uint32_t rights, uint32_t kept, bool populated)
{
	uint32_t entry = page | PTE_VALID | PTE_SHARED | PTE_NOT_GLOBAL | kept;

	if (rights & RIGHT_WRITE)
		entry |= PTE_WRITABLE;
	if (!(rights & RIGHT_EXECUTE) || is_device(entry))
		entry |= PTE_XN;
	if (!rights)
		return entry | PTE_KERNEL;
	return entry | PTE_USER | (rights & RIGHT_WRITE && populated ? 0 : PTE_READ_ONLY);
}

static void entry_drop(struct pd *pd, uint32_t *entry, uint32_t address, bool flush)
{
	if (!*entry)
		return;
	if (!is_device(*entry))
		page_at(page_of(*entry))->mappings--;
	*entry = 0;
	if (flush)
		domain_flush_page(pd, address);
}

/* What was written through other mappings must be seen by the instruction side. */
static void instructions_sync(uint32_t page)
{
	cpu_dsb();                      /* erratum 764369 */
	for (uint32_t at = 0; at < PAGE_SIZE; at += LINE)
		cpu_data_clean((uint32_t)(uintptr_t)virtual_of(page + at));
}

static void instructions_forget(void)
{
	cpu_dsb();
	cpu_instructions_invalidate(0);
	cpu_branches_invalidate(0);
	cpu_dsb();
	cpu_isb();
}

/* Nothing of the page may lie in the cache any more, nor come back from there. */
static void page_flush(uint32_t page)
{
	cpu_dsb();
	for (uint32_t at = 0; at < PAGE_SIZE; at += LINE)
		cpu_data_flush((uint32_t)(uintptr_t)virtual_of(page + at));
}

/* What others may see of the page is in order before it is mapped. */
static void page_prepare(uint32_t page, uint32_t rights)
{
	struct page *target = page_at(page);

	if (target->state == PAGE_UNKNOWN)
		page_clear(target, page);
	if (rights & (MAP_POPULATE_NOW | MAP_UNCACHED))
		page_populate(target);
	if (rights & MAP_UNCACHED)
		page_flush(page);
	if (rights & RIGHT_EXECUTE)
		instructions_sync(page);
}

static void page_map(uint32_t *entry, uint32_t page, uint32_t rights)
{
	uint32_t kept = (rights & MAP_UNCACHED ? PTE_UNCACHED : PTE_NORMAL) | (rights & RIGHT_WRITE ? PTE_WAS_WRITABLE : 0);
	struct page *target = page_at(page);

	target->mappings++;
	rights &= RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE;
	*entry = entry_make(page, rights, kept, target->state == PAGE_POPULATED);
}

static void device_map(uint32_t *entry, uint32_t page, uint32_t rights)
{
	uint32_t kept = PTE_DEVICE | (rights & RIGHT_WRITE ? PTE_WAS_WRITABLE : 0);

	*entry = entry_make(page, rights & (RIGHT_READ | RIGHT_WRITE), kept, true);
}

static bool mappable(const struct memory *memory, uint32_t first, uint32_t length)
{
	if (memory->device)
		return device_has(first, length);
	for (uint32_t done = 0; done < length; done += PAGE_SIZE)
		if (page_at(first + done)->donated)
			return false;
	return true;
}

static void pages_map(struct pd *pd, uint32_t at, const struct memory *memory, uint32_t first, uint32_t length,
                      uint32_t rights)
{
	for (uint32_t done = 0; done < length && !memory->device; done += PAGE_SIZE)
		page_prepare(first + done, rights);
	cpu_dsb();
	if (rights & RIGHT_EXECUTE)
		instructions_forget();
	for (uint32_t done = 0; done < length; done += PAGE_SIZE)
		(memory->device ? device_map : page_map)(entry_find(pd, at + done), first + done, rights);
	cpu_dsb();
}

/* A piece of a mapping: what was mapped there goes in any case. */
static err_t piece_map(struct pd *pd, uint32_t at, const struct memory *memory, uint32_t first, uint32_t length,
                       uint32_t rights)
{
	if (!mappable(memory, first, length))
		return ERR_RANGE;
	err_t err = tables_make(pd, at, length);
	if (err != OK)
		return err;
	for (uint32_t done = 0; done < length; done += PAGE_SIZE)
		entry_drop(pd, entry_find(pd, at + done), at + done, true);
	pages_map(pd, at, memory, first, length, rights);
	return OK;
}

/* Pages from `done` on. True if all of them are unmapped, false if the work stopped. */
static bool pages_unmap(struct pd *pd, uint32_t start, uint32_t length, uint32_t done)
{
	bool single = length <= FLUSH_PAGES * PAGE_SIZE, stop = false;

	for (uint32_t step = 1; done < length && !stop; step++) {
		uint32_t at = start + done, *entry = entry_find(pd, at);
		if (entry)
			entry_drop(pd, entry, at, single);
		done += entry ? PAGE_SIZE : (1u << TABLE_SHIFT) - at % (1u << TABLE_SHIFT);
		stop = step % PIECE_PAGES == 0 && done < length && machine_work_stop(done);
	}
	if (!single)
		domain_flush(pd);
	return !stop;
}

err_t machine_map(struct pd *pd, uint64_t address, const struct memory *memory, uint64_t offset, uint64_t size,
                  uint32_t rights, struct thread *asker, bool *blocked)
{
	uint32_t at = (uint32_t)address, length = (uint32_t)size, first = (uint32_t)(memory->offset + offset);
	uint32_t done = (uint32_t)machine_work_done();

	(void)blocked;
	while (work_failed() == OK && done < length) {
		uint32_t piece = length - done < PIECE_PAGES * PAGE_SIZE ? length - done : PIECE_PAGES * PAGE_SIZE;
		err_t err = piece_map(pd, at + done, memory, first + done, piece, rights);
		if (err != OK && !asker)
			return err;
		done = err == OK ? done + piece : 0;
		if (err != OK)
			work_fail(err);
		else if (done < length && machine_work_stop(done))
			return OK;
	}
	if (work_failed() != OK && pages_unmap(pd, at, length, done))
		return work_failed();
	return OK;
}

err_t machine_unmap(struct pd *pd, uint64_t address, uint64_t size, struct thread *asker, bool *blocked)
{
	(void)asker;
	(void)blocked;
	pages_unmap(pd, (uint32_t)address, (uint32_t)size, (uint32_t)machine_work_done());
	return OK;
}

static bool may_protect(const struct pd *pd, uint32_t address, uint32_t rights)
{
	const uint32_t *entry = rights & RIGHT_WRITE ? entry_find(pd, address) : NULL;

	return !entry || !*entry || *entry & PTE_WAS_WRITABLE;
}

/* It is going to be executed. */
static void page_sync(const struct pd *pd, uint32_t address)
{
	const uint32_t *entry = entry_find(pd, address);

	if (entry && *entry && !is_device(*entry))
		instructions_sync(page_of(*entry));
}

static void page_protect(struct pd *pd, uint32_t address, uint32_t rights)
{
	uint32_t *entry = entry_find(pd, address);

	if (!entry || !*entry)
		return;
	uint32_t page = page_of(*entry), kept = *entry & (PTE_WAS_WRITABLE | PTE_TYPE);
	*entry = entry_make(page, rights, kept, is_device(*entry) || page_at(page)->state == PAGE_POPULATED);
}

/* First all is looked at, then all is changed; looked at again, because others may have run between two pieces. */
err_t machine_protect(struct pd *pd, uint64_t address, uint64_t size, uint32_t rights, struct thread *asker,
                      bool *blocked)
{
	uint64_t done = machine_work_done();
	bool right = true, stop = false, changed = false;

	(void)asker;
	(void)blocked;
	while (done < 2 * size && right && !stop) {
		uint32_t at = (uint32_t)(address + (done < size ? done : done - size));
		right = may_protect(pd, at, rights);
		if (right && done < size && rights & RIGHT_EXECUTE)
			page_sync(pd, at);
		if (done == size && rights & RIGHT_EXECUTE)
			instructions_forget();
		if (right && done >= size) {
			page_protect(pd, at, rights);
			changed = true;
		}
		done += PAGE_SIZE;
		stop = done / PAGE_SIZE % PIECE_PAGES == 0 && machine_work_stop(done);
	}
	if (changed)
		domain_flush(pd);
	return right ? OK : ERR_RIGHTS;
}

bool map_has(const struct pd *pd, uint32_t address)
{
	const uint32_t *entry = address < PD_HIGH ? entry_find(pd, address) : NULL;

	return entry && *entry && !is_device(*entry);
}

bool map_allows(const struct pd *pd, uint32_t address, uint32_t access)
{
	const uint32_t *entry = address < PD_HIGH ? entry_find(pd, address) : NULL;

	if (!entry || (*entry & PTE_USER) != PTE_USER)
		return false;
	return access == RIGHT_READ || (access == RIGHT_EXECUTE && !(*entry & PTE_XN));
}

bool map_populate(struct pd *pd, uint32_t address)
{
	uint32_t *entry = address < PD_HIGH ? entry_find(pd, address) : NULL;

	if (!entry || !(*entry & PTE_WRITABLE))
		return false;
	if (*entry & PTE_READ_ONLY)
		page_populate(page_at(page_of(*entry)));
	*entry &= ~(uint32_t)PTE_READ_ONLY;
	domain_flush_page(pd, address);
	return true;
}

/* What was donated beside the object; nobody walks through the tables in it any more. False: the work stopped. */
static bool runs_return(struct pd *pd)
{
	if (core_own()->entered == pd)
		domain_enter(NULL);
	while (pd->machine->pool.next) {
		struct pool *run = pd->machine->pool.next;
		pd->machine->pool.next = run->next;
		page_return(physical(run), run->donated);
		if (machine_work_stop(PD_HIGH >> TABLE_SHIFT))
			return false;
	}
	return true;
}

/* Nothing is mapped any more once there is no table; its memory goes with the pool. */
bool machine_pd_empty(struct pd *pd)
{
	for (uint32_t i = (uint32_t)machine_work_done(); pd->machine->table && i < PD_HIGH >> TABLE_SHIFT; i++) {
		uint32_t *entry = entry_find(pd, i << TABLE_SHIFT);
		for (uint32_t j = 0; entry && j < TABLE_ENTRIES; j++)
			entry_drop(pd, entry + j, 0, false);
		if ((entry || i % PIECE_TABLES == 0) && machine_work_stop(i + 1))
			return false;
	}
	pd->machine->table = NULL;
	return runs_return(pd);
}

err_t map_block(struct pd *pd, uint32_t index, void **block)
{
	uint32_t address = utcb_address(index);
	err_t err = tables_make(pd, address, UTCB_SIZE);

	if (err != OK)
		return err;
	if (*entry_find(pd, address))
		return ERR_BUSY;
	void *taken = pool_take(&pd->machine->pool, BLOCK_UNITS, PAGE_UNITS);
	if (!taken)
		return ERR_MEMORY_QUOTA;
	cpu_dsb();
	for (uint32_t at = 0; at < UTCB_SIZE; at += PAGE_SIZE)
		*entry_find(pd, address + at) = entry_make(physical(taken) + at, RIGHT_READ | RIGHT_WRITE, PTE_NORMAL, true);
	cpu_dsb();
	*block = taken;
	return OK;
}

void map_block_drop(struct pd *pd, uint32_t index, void *block)
{
	uint32_t address = utcb_address(index);

	for (uint32_t at = 0; at < UTCB_SIZE; at += PAGE_SIZE) {
		*entry_find(pd, address + at) = 0;
		domain_flush_page(pd, address + at);
	}
	pool_give(&pd->machine->pool, block, BLOCK_UNITS);
}
