/* SPDX-License-Identifier: MIT */
/* Objects and capability spaces of the kernel for tests, see kernel.h: the checks are those of the hosted kernel. */
#include <stdlib.h>
#include <string.h>

#include <kernel/boot.h>
#include <kernel/pd.h>

#include "test/fuzz/kernel.h"

enum { DONATIONS_MAX = 1 << 16, IDS_BETWEEN = 20 };

static struct {
	uint32_t objects;
	uint32_t fail_after;
	struct pd *domains;
	struct donation {
		uint64_t offset, size;
		const struct object *object;
	} donation[DONATIONS_MAX];
	uint32_t donations, small, small_peak;
} model;

uint32_t kernel_object_count(void)
{
	return model.objects;
}

uint32_t kernel_donation_peak(void)
{
	return model.small_peak;
}

struct pd *kernel_domains(void)
{
	return model.domains;
}

void kernel_fail_after(uint32_t count)
{
	model.fail_after = count;
}

bool kernel_failure_due(void)
{
	return model.fail_after && --model.fail_after == 0;
}

err_t cap_lookup(struct pd *pd, uint64_t slot, enum kind kind, uint32_t rights, struct cap **cap)
{
	if (!slot || slot >= pd->slot_count || !pd->slots[slot].object)
		return ERR_CAPABILITY;
	if (kind != KIND_NONE && pd->slots[slot].object->kind != kind)
		return ERR_CAPABILITY;
	if ((pd->slots[slot].rights & rights) != rights)
		return ERR_RIGHTS;
	*cap = &pd->slots[slot];
	return OK;
}

err_t slot_lookup_empty(struct pd *pd, uint64_t slot, struct cap **cap)
{
	if (!slot || slot >= pd->slot_count)
		return ERR_CAPABILITY;
	if (pd->slots[slot].object)
		return ERR_SLOT_IN_USE;
	*cap = &pd->slots[slot];
	return OK;
}

err_t pd_lookup(uint64_t slot, uint32_t rights, struct pd **pd)
{
	struct cap *cap;

	*pd = kernel_current()->pd;
	if (!slot)
		return OK;
	err_t err = cap_lookup(*pd, slot, KIND_PD, rights, &cap);
	if (err == OK)
		*pd = (struct pd *)cap->object;
	return err;
}

struct object *kernel_object_make(enum kind kind)
{
	static const size_t sizes[KIND_COUNT] = {
		[KIND_PD] = sizeof(struct pd),         [KIND_THREAD] = sizeof(struct thread),
		[KIND_ENDPOINT] = sizeof(struct endpoint), [KIND_REPLY] = sizeof(struct reply),
		[KIND_SIGNAL] = sizeof(struct signal), [KIND_MEMORY] = sizeof(struct memory),
		[KIND_CONSOLE] = sizeof(struct object), [KIND_HOST] = sizeof(struct object),
		[KIND_INTERRUPT] = sizeof(struct interrupt),
	};
	struct object *object = calloc(1, sizes[kind]);

	FUZZ_CHECK(object, "no memory");
	object_init(object, kind);
	/* Ids go on as if billions of objects came in between: never are the low 32 bits all there is to them. */
	if ((uint32_t)object_last_id == IDS_BETWEEN)
		object_last_id = ((object_last_id >> 32) + 1) << 32;
	model.objects++;
	if (kind == KIND_ENDPOINT) {
		queue_init(&((struct endpoint *)object)->callers);
		queue_init(&((struct endpoint *)object)->waiters);
	} else if (kind == KIND_SIGNAL) {
		queue_init(&((struct signal *)object)->waiters);
	} else if (kind == KIND_THREAD) {
		kernel_thread_init((struct thread *)object);
	} else if (kind == KIND_PD) {
		struct pd *pd = (struct pd *)object;
		pd->machine = calloc(1, sizeof *pd->machine);
		FUZZ_CHECK(pd->machine, "no memory");
		pd->machine->next = model.domains;
		model.domains = pd;
	}
	return object;
}

/* Donated memory belongs to one object and is mapped nowhere. */
static void donation_add(uint64_t offset, uint64_t size, const struct object *object)
{
	for (uint32_t i = 0; i < model.donations; i++)
		FUZZ_CHECK(offset >= model.donation[i].offset + model.donation[i].size ||
		           model.donation[i].offset >= offset + size, "memory was donated twice");
	for (struct pd *pd = model.domains; pd; pd = pd->machine->next)
		for (uint32_t i = 0; i < pd->machine->count; i++) {
			const struct mapping *mapping = &pd->machine->mapping[i];
			FUZZ_CHECK(offset >= mapping->offset + mapping->size || mapping->offset >= offset + size,
			           "memory that is mapped was donated");
		}
	FUZZ_CHECK(model.donations < DONATIONS_MAX, "too many donations");
	model.donation[model.donations++] = (struct donation){offset, size, object};
	if (size == OBJECT_SIZE && ++model.small > model.small_peak)
		model.small_peak = model.small;
}

static void donation_drop(const struct object *object)
{
	for (uint32_t i = 0; i < model.donations; i++)
		if (model.donation[i].object == object) {
			model.small -= model.donation[i].size == OBJECT_SIZE;
			model.donation[i] = model.donation[--model.donations];
			return;
		}
}

err_t object_create(enum kind kind, memory_t from, addr_t offset, addr_t size, host_t host, slot_t to)
{
	uint64_t least = kind == KIND_PD ? OBJECT_SIZE_PD + 2 * OBJECT_SIZE_SLOT : OBJECT_SIZE;
	struct cap *memory_cap, *target;

	(void)host;
	if (kind != KIND_PD && kind != KIND_THREAD && kind != KIND_ENDPOINT && kind != KIND_REPLY && kind != KIND_SIGNAL)
		return ERR_ARGUMENT;
	err_t err = cap_lookup(kernel_current()->pd, from.slot, KIND_MEMORY, RIGHT_CONTROL, &memory_cap);
	if (err == OK)
		err = slot_lookup_empty(kernel_current()->pd, to, &target);
	if (err != OK)
		return err;
	const struct memory *memory = (const struct memory *)memory_cap->object;
	if (memory->device || offset % OBJECT_ALIGN || size < least || offset > memory->size || size > memory->size - offset)
		return ERR_RANGE;
	if (kernel_failure_due())
		return ERR_UNSUPPORTED;
	struct object *object = kernel_object_make(kind);
	donation_add(memory->offset + offset, size, object);
	if (kind == KIND_PD) {
		struct pd *pd = (struct pd *)object;
		pd->slot_count = (uint32_t)((size - OBJECT_SIZE_PD) / OBJECT_SIZE_SLOT);
		pd->slots = calloc(pd->slot_count, sizeof *pd->slots);
		FUZZ_CHECK(pd->slots, "no memory");
	}
	cap_set(target, object, RIGHT_ALL, 0);
	return OK;
}

err_t memory_derive(memory_t from, addr_t offset, addr_t size, slot_t to)
{
	struct cap *cap, *target;
	err_t err = cap_lookup(kernel_current()->pd, from.slot, KIND_MEMORY, RIGHT_CONTROL, &cap);

	if (err == OK)
		err = slot_lookup_empty(kernel_current()->pd, to, &target);
	if (err != OK)
		return err;
	const struct memory *source = (const struct memory *)cap->object;
	if (!size || (offset | size) % PAGE_SIZE || offset > source->size || size > source->size - offset)
		return ERR_RANGE;
	if (kernel_failure_due())
		return ERR_UNSUPPORTED;
	struct memory *memory = (struct memory *)kernel_object_make(KIND_MEMORY);
	memory->offset = source->offset + offset;
	memory->size = size;
	memory->device = source->device;
	cap_set(target, &memory->object, cap->rights, 0);
	return OK;
}

static void thread_unbind(struct thread *thread)
{
	struct thread **link = &thread->pd->threads;

	FUZZ_CHECK(!thread->machine->entry, "a coroutine cannot be destroyed");
	thread_unlink(thread);
	while (*link != thread)
		link = &(*link)->next_in_pd;
	*link = thread->next_in_pd;
	cap_clear(&thread->fault_ep);
	thread->pd = NULL;
}

static void pd_drain(struct pd *pd)
{
	struct pd **link = &model.domains;

	while (pd->threads)
		thread_unbind(pd->threads);
	for (uint32_t i = 0; i < pd->slot_count; i++)
		cap_clear(&pd->slots[i]);
	while (*link != pd)
		link = &(*link)->machine->next;
	*link = pd->machine->next;
	free(pd->slots);
	free(pd->machine->mapping);
	free(pd->machine);
}

void kernel_object_destroy(struct object *object)
{
	donation_drop(object);
	object_clear_caps(object);
	if (object->kind == KIND_PD) {
		pd_drain((struct pd *)object);
	} else if (object->kind == KIND_THREAD) {
		if (((struct thread *)object)->pd)
			thread_unbind((struct thread *)object);
		kernel_thread_done((struct thread *)object);
	} else if (object->kind == KIND_ENDPOINT) {
		while (!endpoint_drain((struct endpoint *)object))
			;
	} else if (object->kind == KIND_REPLY) {
		reply_drain((struct reply *)object);
	} else if (object->kind == KIND_SIGNAL) {
		while (!signal_drain((struct signal *)object))
			;
	} else if (object->kind == KIND_INTERRUPT) {
		kernel_line_done((struct interrupt *)object);
	}
	model.objects--;
	free(object);
}

err_t object_revoke(cap_t name)
{
	struct cap *cap;
	err_t err = cap_lookup(kernel_current()->pd, name.slot, KIND_NONE, RIGHT_DESTROY, &cap);

	if (err != OK)
		return err;
	if (cap->object->kind == KIND_CONSOLE || cap->object->kind == KIND_HOST)
		return ERR_UNSUPPORTED;
	/* core ends the node when init says that it has ended; here it goes on, with more to say to it. */
	if (cap->object != &kernel_current()->pd->object)
		kernel_object_destroy(cap->object);
	return OK;
}

err_t cap_revoke_badge(cap_t name, uint32_t badge)
{
	struct cap *cap;
	err_t err = cap_lookup(kernel_current()->pd, name.slot, KIND_NONE, RIGHT_GRANT, &cap);

	if (err != OK)
		return err;
	if (cap->object->kind != KIND_ENDPOINT && cap->object->kind != KIND_SIGNAL)
		return ERR_CAPABILITY;
	if (!badge)
		return ERR_ARGUMENT;
	if (cap->badge)
		return ERR_RIGHTS;
	struct cap mark = {0};
	bool done = object_clear_badge(cap->object, badge, &mark, true, UINT32_MAX);
	(void)done;
	return OK;
}

err_t cap_copy(pd_t from_pd, slot_t source_slot, pd_t to_pd, slot_t target_slot, uint32_t rights, uint32_t badge)
{
	struct pd *from, *to;
	struct cap *source, *target;
	err_t err = pd_lookup(from_pd.slot, RIGHT_WRITE, &from);

	if (err == OK)
		err = pd_lookup(to_pd.slot, RIGHT_WRITE, &to);
	if (err == OK)
		err = cap_lookup(from, source_slot, KIND_NONE, 0, &source);
	if (err == OK)
		err = slot_lookup_empty(to, target_slot, &target);
	if (err != OK)
		return err;
	if (badge && source->object->kind != KIND_ENDPOINT && source->object->kind != KIND_SIGNAL)
		return ERR_CAPABILITY;
	if (badge && (source->badge || !(source->rights & RIGHT_GRANT)))
		return ERR_RIGHTS;
	cap_set(target, source->object, source->rights & rights, badge ? badge : source->badge);
	return OK;
}

err_t cap_delete(pd_t pd_cap, slot_t slot)
{
	struct pd *pd;
	struct cap *cap;
	err_t err = pd_lookup(pd_cap.slot, RIGHT_WRITE, &pd);

	if (err == OK)
		err = cap_lookup(pd, slot, KIND_NONE, 0, &cap);
	if (err == OK)
		cap_clear(cap);
	return err;
}

err_t cap_list(pd_t pd_cap, slot_t first, uint32_t max, struct cap_entry *entries, uint32_t *count, slot_t *next)
{
	struct pd *pd;
	uint32_t found = 0;
	slot_t slot = first ? first : 1;
	err_t err = pd_lookup(pd_cap.slot, RIGHT_CONTROL, &pd);

	if (err != OK)
		return err;
	for (; slot < pd->slot_count && found < max && found < CAP_LIST_MAX; slot++) {
		const struct cap *cap = &pd->slots[slot];
		if (!cap->object)
			continue;
		struct cap_entry *entry = &entries[found++];
		*entry = (struct cap_entry){.slot = slot, .object = cap->object->id, .badge = cap->badge,
		                            .kind = (uint16_t)cap->object->kind, .rights = cap->rights};
		if (cap->object->kind == KIND_SIGNAL) {
			entry->pending_badges = ((const struct signal *)cap->object)->badges;
			entry->pending_count = ((const struct signal *)cap->object)->count;
		}
	}
	*count = found;
	*next = slot < pd->slot_count ? slot : 0;
	return OK;
}
