/* SPDX-License-Identifier: MIT */
/* Mappings: see map.h. What a range needs is checked and taken first, then it is mapped, which cannot fail. */
#include <kernel/machine.h>
#include <kernel/pd.h>

#include "kernel/armv7/cpu.h"
#include "kernel/armv7/device.h"
#include "kernel/armv7/map.h"
#include "kernel/armv7/page.h"
#include "kernel/object/machine.h"

enum { TABLE_SHIFT = 20, TABLE_ENTRIES = 256, TABLE_COUNT = 2048, TABLE_VALID = 1 };
enum { PTE_XN = 1, PTE_VALID = 2, PTE_KERNEL = 0x10, PTE_USER = 0x30, PTE_WAS_WRITABLE = 0x80, PTE_WRITABLE = 0x100,
       PTE_READ_ONLY = 0x200, PTE_SHARED = 0x400, PTE_NOT_GLOBAL = 0x800 };
enum { PTE_DEVICE = 4, PTE_UNCACHED = 8, PTE_NORMAL = 0xc, PTE_TYPE = 0xc };
enum { BLOCK_UNITS = UTCB_SIZE / POOL_UNIT, PAGE_UNITS = 4096 / POOL_UNIT, LINE = 32, FLUSH_PAGES = 32 };

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
	for (uint32_t at = 0; at < PAGE_SIZE; at += LINE)
		cpu_data_flush((uint32_t)(uintptr_t)virtual_of(page + at));
}

static void page_map(uint32_t *entry, uint32_t page, uint32_t rights)
{
	struct page *target = page_at(page);
	uint32_t kept = (rights & MAP_UNCACHED ? PTE_UNCACHED : PTE_NORMAL) | (rights & RIGHT_WRITE ? PTE_WAS_WRITABLE : 0);

	if (target->state == PAGE_UNKNOWN)
		page_clear(target, page);
	if (rights & (MAP_POPULATE_NOW | MAP_UNCACHED))
		page_populate(target);
	if (rights & MAP_UNCACHED)
		page_flush(page);
	target->mappings++;
	rights &= RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE;
	if (rights & RIGHT_EXECUTE)
		instructions_sync(page);
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

err_t machine_map(struct pd *pd, uint64_t address, const struct memory *memory, uint64_t offset, uint64_t size,
                  uint32_t rights, struct thread *asker, bool *blocked)
{
	uint32_t at = (uint32_t)address, length = (uint32_t)size, first = (uint32_t)(memory->offset + offset);

	if (!mappable(memory, first, length))
		return ERR_RANGE;
	err_t err = machine_unmap(pd, address, size, asker, blocked);
	if (err == OK)
		err = tables_make(pd, at, length);
	if (err != OK)
		return err;
	for (uint32_t done = 0; done < length; done += PAGE_SIZE)
		(memory->device ? device_map : page_map)(entry_find(pd, at + done), first + done, rights);
	cpu_dsb();
	if (rights & RIGHT_EXECUTE)
		instructions_forget();
	return OK;
}

err_t machine_unmap(struct pd *pd, uint64_t address, uint64_t size, struct thread *asker, bool *blocked)
{
	uint32_t at = (uint32_t)address, end = (uint32_t)(address + size);
	bool single = size <= FLUSH_PAGES * PAGE_SIZE;

	(void)asker;
	(void)blocked;
	while (at < end) {
		uint32_t *entry = entry_find(pd, at);
		if (entry)
			entry_drop(pd, entry, at, single);
		at = entry ? at + PAGE_SIZE : (at | ((1u << TABLE_SHIFT) - 1)) + 1;
	}
	if (!single)
		domain_flush(pd);
	return OK;
}

err_t machine_protect(struct pd *pd, uint64_t address, uint64_t size, uint32_t rights, struct thread *asker,
                      bool *blocked)
{
	uint32_t start = (uint32_t)address, end = (uint32_t)(address + size);

	(void)asker;
	(void)blocked;
	for (uint32_t at = start; at < end && rights & RIGHT_WRITE; at += PAGE_SIZE) {
		const uint32_t *entry = entry_find(pd, at);
		if (entry && *entry && !(*entry & PTE_WAS_WRITABLE))
			return ERR_RIGHTS;
	}
	for (uint32_t at = start; at < end; at += PAGE_SIZE) {
		uint32_t *entry = entry_find(pd, at);
		if (!entry || !*entry)
			continue;
		uint32_t page = page_of(*entry), kept = *entry & (PTE_WAS_WRITABLE | PTE_TYPE);
		if (rights & RIGHT_EXECUTE && !is_device(*entry))
			instructions_sync(page);
		*entry = entry_make(page, rights, kept, is_device(*entry) || page_at(page)->state == PAGE_POPULATED);
	}
	domain_flush(pd);
	if (rights & RIGHT_EXECUTE)
		instructions_forget();
	return OK;
}

bool map_populate(struct pd *pd, uint32_t address)
{
	uint32_t *entry = address < PD_HIGH ? entry_find(pd, address) : NULL;

	if (!entry || !(*entry & PTE_WRITABLE) || !(*entry & PTE_READ_ONLY))
		return false;
	page_populate(page_at(page_of(*entry)));
	*entry &= ~(uint32_t)PTE_READ_ONLY;
	domain_flush_page(pd, address);
	return true;
}

void map_drop_all(struct pd *pd)
{
	for (uint32_t i = 0; i < PD_HIGH >> TABLE_SHIFT; i++) {
		uint32_t *entry = entry_find(pd, i << TABLE_SHIFT);
		for (uint32_t j = 0; entry && j < TABLE_ENTRIES; j++)
			entry_drop(pd, entry + j, 0, false);
	}
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
