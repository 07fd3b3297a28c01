/* SPDX-License-Identifier: MIT */
/* Address spaces and threads of the kernel for tests, see kernel.h. Mappings are kept as ranges and never touched. */
#include <stdlib.h>
#include <string.h>

#include <kernel/machine.h>
#include <kernel/pd.h>

#include "test/fuzz/kernel.h"

enum { RIGHTS_MAP = RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE };

static bool range_in_pd(uint64_t address, uint64_t size)
{
	return size && !((address | size) % PAGE_SIZE) && address >= PD_LOW && address < PD_HIGH &&
	       size <= PD_HIGH - address;
}

static uint32_t mapping_after(const struct pd_machine *machine, uint64_t address)
{
	uint32_t at = 0;

	while (at < machine->count && machine->mapping[at].address + machine->mapping[at].size <= address)
		at++;
	return at;
}

static void mapping_insert(struct pd_machine *machine, uint32_t at, const struct mapping *mapping)
{
	if (machine->count == machine->capacity) {
		machine->capacity = machine->capacity ? machine->capacity * 2 : 16;
		machine->mapping = realloc(machine->mapping, machine->capacity * sizeof *mapping);
		FUZZ_CHECK(machine->mapping, "no memory");
	}
	memmove(&machine->mapping[at + 1], &machine->mapping[at], (machine->count - at) * sizeof *mapping);
	machine->mapping[at] = *mapping;
	machine->count++;
}

/* Make `address` a border. */
static void mapping_cut(struct pd_machine *machine, uint64_t address)
{
	uint32_t at = mapping_after(machine, address);

	if (at == machine->count || machine->mapping[at].address >= address)
		return;
	struct mapping right = machine->mapping[at];
	uint64_t left = address - right.address;
	machine->mapping[at].size = left;
	right.address += left;
	right.offset += left;
	right.size -= left;
	mapping_insert(machine, at + 1, &right);
}

void domain_unmap(struct pd *pd, uint64_t address, uint64_t size)
{
	struct pd_machine *machine = pd->machine;

	mapping_cut(machine, address);
	mapping_cut(machine, address + size);
	uint32_t first = mapping_after(machine, address), end = first;
	while (end < machine->count && machine->mapping[end].address < address + size)
		end++;
	if (end == first)
		return;
	memmove(&machine->mapping[first], &machine->mapping[end], (machine->count - end) * sizeof *machine->mapping);
	machine->count -= end - first;
}

err_t domain_map(struct pd *pd, const struct mapping *mapping)
{
	domain_unmap(pd, mapping->address, mapping->size);
	if (kernel_failure_due())
		return ERR_UNSUPPORTED;
	mapping_insert(pd->machine, mapping_after(pd->machine, mapping->address), mapping);
	return OK;
}

err_t pd_map(pd_t pd_cap, addr_t address, memory_t memory_cap, addr_t offset, addr_t size, uint32_t rights)
{
	struct pd *pd;
	struct cap *cap;
	err_t err = pd_lookup(pd_cap.slot, RIGHT_WRITE, &pd);

	if (err == OK)
		err = cap_lookup(kernel_current()->pd, memory_cap.slot, KIND_MEMORY, (rights & RIGHTS_MAP) | RIGHT_READ,
		                 &cap);
	if (err != OK)
		return err;
	if (rights & ~(uint32_t)(RIGHTS_MAP | MAP_POPULATE_NOW | MAP_UNCACHED))
		return ERR_ARGUMENT;
	const struct memory *memory = (const struct memory *)cap->object;
	if (!range_in_pd(address, size) || offset % PAGE_SIZE || offset > memory->size || size > memory->size - offset)
		return ERR_RANGE;
	const struct mapping mapping = {address, size, memory->offset + offset, rights & RIGHTS_MAP,
	                               rights & RIGHTS_MAP};
	return domain_map(pd, &mapping);
}

/* Cutting what is mapped can fail where a whole range cannot. */
err_t pd_unmap(pd_t pd_cap, addr_t address, addr_t size)
{
	struct pd *pd;
	err_t err = pd_lookup(pd_cap.slot, RIGHT_WRITE, &pd);

	if (err != OK)
		return err;
	if (!range_in_pd(address, size))
		return ERR_RANGE;
	if (size != PD_HIGH - PD_LOW && kernel_failure_due())
		return ERR_UNSUPPORTED;
	domain_unmap(pd, address, size);
	return OK;
}

/* This kernel keeps nothing in what is donated, so it never asks for more. */
err_t pd_donate(pd_t name, memory_t memory, addr_t offset, addr_t size)
{
	(void)name;
	(void)memory;
	(void)offset;
	(void)size;
	return ERR_UNSUPPORTED;
}

err_t pd_protect(pd_t pd_cap, addr_t address, addr_t size, uint32_t rights)
{
	struct pd *pd;
	err_t err = pd_lookup(pd_cap.slot, RIGHT_WRITE, &pd);

	if (err != OK)
		return err;
	if (rights & ~(uint32_t)RIGHTS_MAP)
		return ERR_ARGUMENT;
	if (!range_in_pd(address, size))
		return ERR_RANGE;
	if (kernel_failure_due())
		return ERR_UNSUPPORTED;
	mapping_cut(pd->machine, address);
	mapping_cut(pd->machine, address + size);
	uint32_t first = mapping_after(pd->machine, address), end = first;
	for (; end < pd->machine->count && pd->machine->mapping[end].address < address + size; end++)
		if (rights & ~pd->machine->mapping[end].limit & RIGHT_WRITE)
			return ERR_RIGHTS;
	for (uint32_t i = first; i < end; i++)
		pd->machine->mapping[i].rights = rights;
	return OK;
}

err_t pd_pause(pd_t pd_cap, uint64_t limit)
{
	struct pd *pd;
	err_t err = pd_lookup(pd_cap.slot, RIGHT_CONTROL, &pd);

	(void)limit;
	if (err != OK)
		return err;
	if (pd->paused)
		return ERR_STATE;
	if (kernel_failure_due())
		return ERR_TIMEOUT;
	pd->paused = true;
	return OK;
}

err_t pd_resume(pd_t pd_cap)
{
	struct pd *pd;
	err_t err = pd_lookup(pd_cap.slot, RIGHT_CONTROL, &pd);

	if (err != OK)
		return err;
	if (!pd->paused)
		return ERR_STATE;
	pd->paused = false;
	for (struct thread *thread = pd->threads; thread; thread = thread->next_in_pd)
		if (!thread_is_paused(thread))
			thread_rematch(thread);
	return OK;
}

err_t pd_clock_get(pd_t pd_cap, uint64_t *now)
{
	struct pd *pd;
	err_t err = pd_lookup(pd_cap.slot, RIGHT_CONTROL, &pd);

	if (err == OK)
		*now = clock_now() - (uint64_t)kernel_current()->pd->clock_offset + (uint64_t)pd->clock_offset;
	return err;
}

err_t pd_clock_set(pd_t pd_cap, uint64_t now)
{
	struct pd *pd;
	err_t err = pd_lookup(pd_cap.slot, RIGHT_CONTROL, &pd);

	if (err == OK)
		pd->clock_offset = (int64_t)(now - (clock_now() - (uint64_t)kernel_current()->pd->clock_offset));
	return err;
}

/* As if the first page of each were written, and the last of those that have more than two. */
err_t memory_populated(const memory_t *list, uint32_t list_count, struct range_place *place, struct populated *ranges,
                       uint32_t *count)
{
	uint32_t found = 0, number = place->memory;
	struct cap *cap;

	if (list_count > POPULATED_LIST_MAX || number > list_count)
		return ERR_ARGUMENT;
	for (; number < list_count && found + 1 < POPULATED_MAX; number++) {
		err_t err = cap_lookup(kernel_current()->pd, list[number].slot, KIND_MEMORY, 0, &cap);
		if (err != OK)
			return err;
		uint64_t size = ((const struct memory *)cap->object)->size;
		ranges[found++] = (struct populated){0, PAGE_SIZE, number, 0};
		if (size > 2 * PAGE_SIZE)
			ranges[found++] = (struct populated){size - PAGE_SIZE, PAGE_SIZE, number, 0};
	}
	*place = (struct range_place){0, number, 0};
	*count = found;
	return OK;
}

/* Which ranges are populated does not change. */
err_t memory_epoch(const memory_t *list, uint32_t list_count, uint64_t *epoch)
{
	struct cap *cap;
	err_t err = list_count > POPULATED_LIST_MAX ? ERR_ARGUMENT : OK;

	for (uint32_t i = 0; i < list_count && err == OK; i++)
		err = cap_lookup(kernel_current()->pd, list[i].slot, KIND_MEMORY, 0, &cap);
	if (err == OK)
		*epoch = 1;
	return err;
}

/* The time of day: as if the machine had started on a certain day. */
uint64_t clock_real(void)
{
	return 1700000000000000000u + clock_now();
}

err_t memory_discard(memory_t memory, uint64_t offset, uint64_t size)
{
	struct cap *cap;
	err_t err = cap_lookup(kernel_current()->pd, memory.slot, KIND_MEMORY, RIGHT_CONTROL, &cap);

	if (err != OK)
		return err;
	const struct memory *found = (const struct memory *)cap->object;
	bool fits = offset <= found->size && size <= found->size - offset;
	return size && !((offset | size) % PAGE_SIZE) && fits ? OK : ERR_RANGE;
}

err_t console_write(console_t console, const char *text, uint32_t length)
{
	struct cap *cap;
	err_t err = cap_lookup(kernel_current()->pd, console.slot, KIND_CONSOLE, 0, &cap);

	for (uint32_t i = 0; err == OK && i < length; i++)
		FUZZ_CHECK((uint8_t)text[i] >= 32 || text[i] == '\n', "a control character for the console");
	return err;
}

static err_t thread_lookup(thread_t name, struct thread **found)
{
	struct cap *cap;
	err_t err = cap_lookup(kernel_current()->pd, name.slot, KIND_THREAD, RIGHT_CONTROL, &cap);

	if (err != OK)
		return err;
	if (!((struct thread *)cap->object)->pd)
		return ERR_STATE;
	*found = (struct thread *)cap->object;
	return OK;
}

err_t thread_bind(thread_t name, pd_t pd_cap, uint32_t index, ep_t fault_ep)
{
	struct cap *cap, *fault = NULL;
	struct pd *pd;
	err_t err = cap_lookup(kernel_current()->pd, name.slot, KIND_THREAD, RIGHT_CONTROL, &cap);

	if (err == OK)
		err = pd_lookup(pd_cap.slot, RIGHT_GRANT, &pd);
	if (err == OK && fault_ep.slot)
		err = cap_lookup(kernel_current()->pd, fault_ep.slot, KIND_ENDPOINT, RIGHT_SEND, &fault);
	if (err != OK)
		return err;
	struct thread *thread = (struct thread *)cap->object;
	if (thread->pd)
		return ERR_STATE;
	if (index >= UTCB_COUNT)
		return ERR_RANGE;
	for (const struct thread *each = pd->threads; each; each = each->next_in_pd)
		if (each->index == index && !each->machine->entry)
			return ERR_BUSY;
	if (kernel_failure_due())
		return ERR_UNSUPPORTED;
	thread->pd = pd;
	thread->index = index;
	thread->next_in_pd = pd->threads;
	pd->threads = thread;
	thread->paused = true;
	if (fault)
		cap_set(&thread->fault_ep, fault->object, RIGHT_SEND, fault->badge);
	return OK;
}

err_t thread_resume(thread_t name)
{
	struct thread *thread;
	err_t err = thread_lookup(name, &thread);

	if (err != OK)
		return err;
	if (!thread->paused && thread->run != THREAD_STOPPED)
		return ERR_STATE;
	if (thread->run == THREAD_STOPPED)
		thread->run = THREAD_RUNNING;
	thread->paused = false;
	if (!thread_is_paused(thread))
		thread_rematch(thread);
	return OK;
}

err_t thread_pause(thread_t name, uint64_t limit)
{
	struct thread *thread;
	err_t err = thread_lookup(name, &thread);

	(void)limit;
	if (err != OK)
		return err;
	if (thread->paused)
		return ERR_STATE;
	if (kernel_failure_due())
		return ERR_TIMEOUT;
	thread->paused = true;
	return OK;
}

err_t thread_read(thread_t name, struct thread_state *state)
{
	struct thread *thread;
	err_t err = thread_lookup(name, &thread);

	if (err != OK)
		return err;
	if (!thread_is_paused(thread) && thread->run != THREAD_STOPPED)
		return ERR_STATE;
	memset(state, 0, sizeof *state);
	state->run = thread->run;
	state->object = thread->run == THREAD_AWAITING ? thread->awaits->object.id : 0;
	state->fault = thread->run == THREAD_FAULTED ? thread->fault : 0;
	state->access = thread->fault_access;
	state->fault_address = thread->fault_address;
	state->registers = thread->machine->registers;
	state->utcb = *thread->utcb;
	return OK;
}

err_t thread_write(thread_t name, const struct thread_state *state, reply_t awaits)
{
	struct thread *thread;
	struct cap *cap = NULL;
	err_t err = thread_lookup(name, &thread);

	if (err == OK && awaits.slot)
		err = cap_lookup(kernel_current()->pd, awaits.slot, KIND_REPLY, RIGHT_WAIT, &cap);
	if (err != OK)
		return err;
	struct reply *reply = cap ? (struct reply *)cap->object : NULL;
	if (reply && (reply->caller || reply->waiter))
		return ERR_STATE;
	if ((!thread_is_paused(thread) && thread->run != THREAD_STOPPED) || thread->awaits || thread->call_link.from)
		return ERR_STATE;
	if (state->run > THREAD_FAULTED || (state->run == THREAD_AWAITING) != (reply != NULL))
		return ERR_ARGUMENT;
	thread->machine->registers = state->registers;
	*thread->utcb = state->utcb;
	thread->utcb->self = (addr_t)thread->utcb;
	thread->paused = true;
	thread->run = state->run == THREAD_STOPPED ? THREAD_STOPPED : THREAD_RUNNING;
	if (reply) {
		thread->run = THREAD_AWAITING;
		thread->awaits = reply;
		reply->caller = thread;
	}
	return OK;
}

err_t thread_schedule_set(thread_t name, const struct thread_schedule *schedule)
{
	struct thread *thread;
	err_t err = thread_lookup(name, &thread);

	if (err != OK)
		return err;
	if (schedule->priority > PRIORITY_MAX)
		return ERR_ARGUMENT;
	if (schedule->budget || (schedule->core != AFFINITY_ANY && schedule->core > 1))
		return ERR_UNSUPPORTED;
	thread->schedule = *schedule;
	return OK;
}

err_t thread_schedule_get(thread_t name, struct thread_schedule *schedule)
{
	struct thread *thread;
	err_t err = thread_lookup(name, &thread);

	if (err == OK)
		*schedule = thread->schedule;
	return err;
}
