/* SPDX-License-Identifier: MIT */
/*
 * Faults. One that hits a hole of a map, or a region of it with too few rights, waits for the map's fault handler: the
 * reply object by which the thread would be answered is kept here, and core goes on with another. It is
 * tried again when something changes there. What nobody resolves is reflected to the component, or stops the thread.
 */
#include <framework/heap.h>
#include <kernel/boot.h>
#include <kernel/ipc.h>
#include <kernel/machine.h>
#include <kernel/thread.h>

#include "core/map.h"
#include "core/memory.h"
#include "core/service.h"
#include "core/thread.h"

struct waiting {
	struct waiting *next;
	reply_t reply;
	uint32_t badge;        /* of the thread */
	struct map *map;
	uint64_t address;      /* in map */
	uint32_t access;
};

static struct {
	struct waiting *first, **last;
	struct waiting *spare;  /* each with a reply object; as many as ever waited at once */
} faults = {.last = &faults.first};

static void answer(struct waiting **link, uint32_t how)
{
	struct waiting *waiting = *link;
	struct utcb *utcb = utcb_self();

	*link = waiting->next;
	if (!waiting->next)
		faults.last = link;
	utcb->words[0] = how;
	utcb->word_count = 1;
	utcb->cap_count = 0;
	err_t ignored = ipc_reply(waiting->reply);   /* the thread may be gone */
	(void)ignored;
	waiting->next = faults.spare;
	faults.spare = waiting;
}

void faults_retry(const struct map *map, uint64_t address, uint64_t size)
{
	for (struct waiting **link = &faults.first; *link;) {
		if ((*link)->map == map && (*link)->address - address < size)
			answer(link, FAULT_RETRY);
		else
			link = &(*link)->next;
	}
}

void faults_of_thread_drop(uint32_t badge)
{
	for (struct waiting **link = &faults.first; *link;) {
		if ((*link)->badge == badge)
			answer(link, FAULT_STOP);
		else
			link = &(*link)->next;
	}
}

void fault_first(const struct map *map, struct rm_state_reply *state)
{
	*state = (struct rm_state_reply){0};
	for (const struct waiting *waiting = faults.first; waiting; waiting = waiting->next) {
		if (waiting->map != map)
			continue;
		if (!state->waiting++) {
			state->address = waiting->address;
			state->access = waiting->access;
		}
	}
}

static struct waiting *waiting_take(void)
{
	struct waiting *waiting = faults.spare;

	if (waiting) {
		faults.spare = waiting->next;
		return waiting;
	}
	waiting = heap_alloc(sizeof *waiting);
	if (waiting && kernel_object_take(KIND_REPLY, &waiting->reply.slot) == OK)
		return waiting;
	heap_free(waiting);
	return NULL;
}

/* Keep the fault that core_reply is bound to. */
static bool fault_keep(struct map *map, uint64_t address, uint32_t access, uint32_t badge)
{
	struct waiting *waiting = waiting_take();

	if (!waiting)
		return false;
	reply_t other = waiting->reply;
	*waiting = (struct waiting){NULL, core_reply, badge, map, address & ~(PAGE_SIZE - 1), access};
	*faults.last = waiting;
	faults.last = &waiting->next;
	core_reply = other;
	err_t ignored = signal_submit((signal_t){map->handler});   /* revoked: then it waits until a handler is set */
	(void)ignored;
	return true;
}

/* Reflect, if the component asked for that; else the thread stops and its parent hears of it. */
static uint32_t fault_unresolved(struct thread *thread, const uint32_t *words)
{
	static struct thread_state state;

	/* It stands as long as it has no reply: no pause, which would be refused while somebody pauses its domain. */
	if (words[0] != FAULT_DEAD && thread_read(thread->native, &state) == OK && state.utcb.fault_entry)
		return FAULT_REFLECT;
	thread->exception = (struct cpu_thread_exception_reply){
		.address = words[2] | (uint64_t)words[3] << 32, .instruction = words[4] | (uint64_t)words[5] << 32,
		.fault = words[0], .detail = words[6]};
	thread_exception_report(thread);
	return FAULT_STOP;
}

bool fault_serve(uint32_t badge, const uint32_t *message, uint32_t *how)
{
	uint32_t words[7];
	struct object *object = object_of_badge(badge);

	for (int i = 0; i < 7; i++)
		words[i] = message[i];
	*how = FAULT_STOP;
	if (!object || object->type != TYPE_THREAD)
		return true;
	struct thread *thread = (struct thread *)object;
	uint64_t address = words[2] | (uint64_t)words[3] << 32, place;
	uint32_t rights, access = words[1];
	struct map *map;
	if (words[0] != FAULT_PAGE) {
		*how = fault_unresolved(thread, words);
		return true;
	}
	const struct region *region = map_look(thread->pd->space, address & ~(PAGE_SIZE - 1), &rights, &map, &place);
	if (region && (rights & access) == access) {
		err_t err = page_show(thread->pd, address & ~(PAGE_SIZE - 1), region, place, rights);
		*how = err == OK ? FAULT_RETRY : fault_unresolved(thread, words);
		return true;
	}
	if (map->handler && fault_keep(map, place, access, badge))
		return false;
	*how = fault_unresolved(thread, words);
	return true;
}
