/* SPDX-License-Identifier: MIT */
/* The kernel interface as functions, for components on any kernel. */
#include <framework/memory.h>
#include <kernel/device.h>
#include <kernel/enter.h>
#include <kernel/ipc.h>
#include <kernel/machine.h>
#include <kernel/object.h>
#include <kernel/pd.h>
#include <kernel/thread.h>

#include "kernel/object/call.h"

_Static_assert(sizeof(struct registers) <= UTCB_FAULT - UTCB_FOREIGN, "control block");
_Static_assert(sizeof(struct thread_state) <= UTCB_BULK_SIZE, "bulk area");
_Static_assert(sizeof(struct utcb) <= UTCB_BULK, "control block");
enum { LIST_MOST = CAP_LIST_MAX - 1 };   /* leaves room for bulk_mark */
_Static_assert(LIST_MOST * sizeof(struct cap_entry) <= UTCB_BULK_SIZE - sizeof(uint64_t), "mark");

/* A result of 64 bits, low word first. */
static uint64_t extra_wide(uint32_t place)
{
	const addr_t *extra = utcb_self()->extra;

	return (uint32_t)extra[place] | (uint64_t)extra[place + 1] << 32;
}

static void *bulk(void)
{
	return (void *)((addr_t)utcb_self() + UTCB_BULK);
}

err_t object_create(enum kind kind, memory_t from, addr_t offset, addr_t size, host_t host, slot_t to)
{
	utcb_self()->extra[0] = host.slot;
	return (err_t)enter(CALL_OBJECT_CREATE, kind, from.slot, offset, size, to);
}

err_t memory_derive(memory_t from, addr_t offset, addr_t size, slot_t to)
{
	return (err_t)enter(CALL_MEMORY_DERIVE, from.slot, offset, size, to, 0);
}

err_t object_revoke(cap_t cap)
{
	return (err_t)enter(CALL_OBJECT_REVOKE, cap.slot, 0, 0, 0, 0);
}

err_t cap_revoke_badge(cap_t cap, uint32_t badge)
{
	return (err_t)enter(CALL_CAP_REVOKE_BADGE, cap.slot, badge, 0, 0, 0);
}

err_t cap_copy(pd_t from, slot_t source, pd_t to, slot_t target, uint32_t rights, uint32_t badge)
{
	utcb_self()->extra[0] = badge;
	return (err_t)enter(CALL_CAP_COPY, from.slot, source, to.slot, target, rights);
}

err_t cap_delete(pd_t pd, slot_t slot)
{
	return (err_t)enter(CALL_CAP_DELETE, pd.slot, slot, 0, 0, 0);
}

/* In the last word of the bulk area, which no list reaches. It is gone after a restore, and so is the rest. */
static volatile uint64_t *bulk_mark(void)
{
	return (volatile uint64_t *)((addr_t)bulk() + UTCB_BULK_SIZE) - 1;
}

err_t cap_list(pd_t pd, slot_t first, uint32_t max, struct cap_entry *entries, uint32_t *count, slot_t *next)
{
	uint32_t found;

	max = max < LIST_MOST ? max : LIST_MOST;
	do {
		*bulk_mark() = 1;
		err_t err = (err_t)enter(CALL_CAP_LIST, pd.slot, first, max, 0, 0);
		if (err != OK)
			return err;
		found = (uint32_t)utcb_self()->extra[0];
		if (found > max)
			return ERR_ARGUMENT;
		*next = (slot_t)utcb_self()->extra[1];
		memcpy(entries, bulk(), found * sizeof *entries);
	} while (*bulk_mark() != 1);
	*count = found;
	return OK;
}

err_t pd_map(pd_t pd, addr_t address, memory_t memory, addr_t offset, addr_t size, uint32_t rights)
{
	utcb_self()->extra[0] = rights;
	return (err_t)enter(CALL_PD_MAP, pd.slot, address, memory.slot, offset, size);
}

err_t pd_unmap(pd_t pd, addr_t address, addr_t size)
{
	return (err_t)enter(CALL_PD_UNMAP, pd.slot, address, size, 0, 0);
}

err_t pd_protect(pd_t pd, addr_t address, addr_t size, uint32_t rights)
{
	return (err_t)enter(CALL_PD_PROTECT, pd.slot, address, size, rights, 0);
}

err_t pd_donate(pd_t pd, memory_t from, addr_t offset, addr_t size)
{
	return (err_t)enter(CALL_PD_DONATE, pd.slot, from.slot, offset, size, 0);
}

err_t pd_pause(pd_t pd, uint64_t limit)
{
	return (err_t)enter(CALL_PD_PAUSE, pd.slot, limit, 0, 0, 0);
}

err_t pd_resume(pd_t pd)
{
	return (err_t)enter(CALL_PD_RESUME, pd.slot, 0, 0, 0, 0);
}

err_t pd_clock_get(pd_t pd, uint64_t *now)
{
	err_t err = (err_t)enter(CALL_PD_CLOCK_GET, pd.slot, 0, 0, 0, 0);

	if (err == OK)
		*now = extra_wide(0);
	return err;
}

err_t pd_clock_set(pd_t pd, uint64_t now)
{
	return (err_t)enter(CALL_PD_CLOCK_SET, pd.slot, now, 0, 0, 0);
}

err_t memory_populated(const memory_t *list, uint32_t list_count, struct range_place *place, struct populated *ranges,
                       uint32_t *count)
{
	if (list_count > POPULATED_LIST_MAX)
		return ERR_ARGUMENT;
	memcpy(bulk(), list, list_count * sizeof *list);
	err_t err = (err_t)enter(CALL_MEMORY_POPULATED, list_count, place->memory, place->offset, 0, 0);
	if (err != OK)
		return err;
	uint32_t found = (uint32_t)utcb_self()->extra[0];
	if (found > POPULATED_MAX)
		return ERR_ARGUMENT;
	*place = (struct range_place){extra_wide(2), (uint32_t)utcb_self()->extra[1], 0};
	memcpy(ranges, bulk(), found * sizeof *ranges);
	*count = found;
	return OK;
}

err_t memory_epoch(const memory_t *list, uint32_t list_count, uint64_t *epoch)
{
	if (list_count > POPULATED_LIST_MAX)
		return ERR_ARGUMENT;
	memcpy(bulk(), list, list_count * sizeof *list);
	err_t err = (err_t)enter(CALL_MEMORY_EPOCH, list_count, 0, 0, 0, 0);
	if (err == OK)
		*epoch = extra_wide(0);
	return err;
}

err_t memory_discard(memory_t memory, uint64_t offset, uint64_t size)
{
	return (err_t)enter(CALL_MEMORY_DISCARD, memory.slot, offset, size, 0, 0);
}

err_t console_write(console_t console, const char *text, uint32_t length)
{
	while (length) {
		uint32_t part = length < UTCB_BULK_SIZE ? length : UTCB_BULK_SIZE;
		memcpy(bulk(), text, part);
		err_t err = (err_t)enter(CALL_CONSOLE_WRITE, console.slot, part, 0, 0, 0);
		if (err != OK)
			return err;
		text += part;
		length -= part;
	}
	return OK;
}

err_t thread_bind(thread_t thread, pd_t pd, uint32_t index, ep_t fault_ep)
{
	return (err_t)enter(CALL_THREAD_BIND, thread.slot, pd.slot, index, fault_ep.slot, 0);
}

err_t thread_resume(thread_t thread)
{
	return (err_t)enter(CALL_THREAD_RESUME, thread.slot, 0, 0, 0, 0);
}

err_t thread_pause(thread_t thread, uint64_t limit)
{
	return (err_t)enter(CALL_THREAD_PAUSE, thread.slot, limit, 0, 0, 0);
}

err_t thread_read(thread_t thread, struct thread_state *state)
{
	err_t err = (err_t)enter(CALL_THREAD_READ, thread.slot, 0, 0, 0, 0);

	if (err == OK)
		memcpy(state, bulk(), sizeof *state);
	return err;
}

err_t thread_write(thread_t thread, const struct thread_state *state, reply_t awaits)
{
	memcpy(bulk(), state, sizeof *state);
	return (err_t)enter(CALL_THREAD_WRITE, thread.slot, awaits.slot, 0, 0, 0);
}

err_t thread_schedule_set(thread_t thread, const struct thread_schedule *schedule)
{
	return (err_t)enter(CALL_THREAD_SCHEDULE_SET, thread.slot, schedule->priority, schedule->core, schedule->budget,
	             schedule->period);
}

err_t thread_schedule_get(thread_t thread, struct thread_schedule *schedule)
{
	err_t err = (err_t)enter(CALL_THREAD_SCHEDULE_GET, thread.slot, 0, 0, 0, 0);

	if (err == OK)
		memcpy(schedule, bulk(), sizeof *schedule);
	return err;
}

void thread_yield(void)
{
	(void)enter(CALL_THREAD_YIELD, 0, 0, 0, 0, 0);
}

err_t ipc_call(ep_t ep)
{
	return (err_t)enter(CALL_IPC_CALL, ep.slot, 0, 0, 0, 0);
}

err_t ipc_wait(ep_t ep, reply_t reply, signal_t signal, uint64_t deadline)
{
	return (err_t)enter(CALL_IPC_WAIT, ep.slot, reply.slot, signal.slot, deadline, 0);
}

err_t ipc_reply(reply_t reply)
{
	return (err_t)enter(CALL_IPC_REPLY, reply.slot, 0, 0, 0, 0);
}

err_t ipc_reply_wait(ep_t ep, reply_t reply, signal_t signal, uint64_t deadline)
{
	return (err_t)enter(CALL_IPC_REPLY_WAIT, ep.slot, reply.slot, signal.slot, deadline, 0);
}

err_t signal_submit(signal_t signal)
{
	return (err_t)enter(CALL_SIGNAL_SUBMIT, signal.slot, 0, 0, 0, 0);
}

err_t signal_wait(signal_t signal, uint64_t deadline, uint32_t *badges, uint32_t *count)
{
	err_t err = (err_t)enter(CALL_SIGNAL_WAIT, signal.slot, deadline, 0, 0, 0);

	if (err != OK)
		return err;
	*badges = utcb_self()->badge;
	*count = utcb_self()->words[0];
	return OK;
}

err_t signal_get(signal_t signal, uint32_t *badges, uint32_t *count)
{
	err_t err = (err_t)enter(CALL_SIGNAL_GET, signal.slot, 0, 0, 0, 0);

	if (err != OK)
		return err;
	*badges = (uint32_t)utcb_self()->extra[0];
	*count = (uint32_t)utcb_self()->extra[1];
	return OK;
}

err_t signal_set(signal_t signal, uint32_t badges, uint32_t count)
{
	return (err_t)enter(CALL_SIGNAL_SET, signal.slot, badges, count, 0, 0);
}

err_t interrupt_make(interrupt_t all, uint32_t number, slot_t to)
{
	return (err_t)enter(CALL_INTERRUPT_MAKE, all.slot, number, to, 0, 0);
}

err_t interrupt_bind(interrupt_t interrupt, signal_t signal, bool masked)
{
	return (err_t)enter(CALL_INTERRUPT_BIND, interrupt.slot, signal.slot, masked, 0, 0);
}

err_t interrupt_acknowledge(interrupt_t interrupt)
{
	return (err_t)enter(CALL_INTERRUPT_ACKNOWLEDGE, interrupt.slot, 0, 0, 0, 0);
}
