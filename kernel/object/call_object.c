/* SPDX-License-Identifier: MIT */
/* Kernel calls on objects and capability spaces: decode, then act. */
#include "kernel/object/decode.h"
#include "kernel/object/ipc.h"
#include "kernel/object/machine.h"

static bool donation_fits(const struct memory *memory, uint64_t offset, uint64_t size, uint64_t least)
{
	return !memory->device && !(offset % OBJECT_ALIGN) && size >= least && offset <= memory->size && size <= memory->size - offset;
}

static void object_setup(struct object *object, enum kind kind)
{
	object_init(object, kind);
	if (kind == KIND_ENDPOINT) {
		queue_init(&((struct endpoint *)object)->callers);
		queue_init(&((struct endpoint *)object)->waiters);
	} else if (kind == KIND_SIGNAL) {
		queue_init(&((struct signal *)object)->waiters);
	}
}

err_t do_object_create(struct thread *thread, const uint64_t *word, bool *blocked)
{
	uint64_t kind = word[0], offset = word[2], size = word[3], host_slot = thread->utcb->extra[0];
	uint64_t slots = 0;
	struct cap *memory, *target, *host = NULL;
	struct object *object;

	(void)blocked;
	if (kind != KIND_PD && kind != KIND_THREAD && kind != KIND_ENDPOINT && kind != KIND_REPLY && kind != KIND_SIGNAL)
		return ERR_ARGUMENT;
	err_t err = cap_lookup(thread->pd, word[1], KIND_MEMORY, RIGHT_CONTROL, &memory);
	if (err == OK)
		err = slot_lookup_empty(thread->pd, word[4], &target);
	if (err == OK && kind == KIND_PD && host_slot)
		err = cap_lookup(thread->pd, host_slot, KIND_HOST, 0, &host);
	if (err != OK)
		return err;
	uint64_t least = kind == KIND_PD ? OBJECT_SIZE_PD + 2 * OBJECT_SIZE_SLOT : OBJECT_SIZE;
	if (!donation_fits((struct memory *)memory->object, offset, size, least))
		return ERR_RANGE;
	if (kind == KIND_PD)
		slots = (size - OBJECT_SIZE_PD) / OBJECT_SIZE_SLOT;
	if (slots > PD_SLOTS_MAX)
		return ERR_RANGE;
	err = machine_object_make((enum kind)kind, (struct memory *)memory->object, offset, size, &object);
	if (err != OK)
		return err;
	object_setup(object, (enum kind)kind);
	if (kind == KIND_PD)
		err = machine_pd_make((struct pd *)object, slots, size, host ? host->object : NULL);
	if (err != OK) {
		machine_object_free(object);
		return err;
	}
	cap_set(target, object, RIGHT_ALL, 0);
	return OK;
}

err_t do_memory_derive(struct thread *thread, const uint64_t *word, bool *blocked)
{
	uint64_t offset = word[1], size = word[2];
	struct cap *cap, *target;
	struct object *object;
	err_t err = cap_lookup(thread->pd, word[0], KIND_MEMORY, RIGHT_CONTROL, &cap);

	(void)blocked;
	if (err == OK)
		err = slot_lookup_empty(thread->pd, word[3], &target);
	if (err != OK)
		return err;
	struct memory *from = (struct memory *)cap->object;
	if (!size || (offset | size) % PAGE_SIZE || offset > from->size || size > from->size - offset)
		return ERR_RANGE;
	err = machine_object_make(KIND_MEMORY, NULL, 0, 0, &object);
	if (err != OK)
		return err;
	object_setup(object, KIND_MEMORY);
	struct memory *memory = (struct memory *)object;
	memory->offset = from->offset + offset;
	memory->size = size;
	memory->device = from->device;
	cap_set(target, &memory->object, cap->rights, 0);
	return OK;
}

enum { PIECE = 64 };   /* slots and capabilities that are emptied in one piece */
enum { CLEARING = 1, DRAINING };   /* how far a badge is revoked */

/* Threads, slots and mappings of a domain that is about to end. False: the work stopped. */
static bool pd_empty(struct pd *pd)
{
	pd->turn += !pd->ending;
	pd->ending = true;
	if (!machine_pd_stop(pd))
		return false;
	while (pd->threads) {
		struct thread *thread = pd->threads;
		thread_detach(thread);
		cap_clear(&thread->fault_ep);
		cap_clear(&thread->mark);
		thread->pd = NULL;
		if (machine_work_stop(0))
			return false;
	}
	while (pd->slot_top) {
		cap_clear(&pd->slots[--pd->slot_top]);
		if (pd->slot_top % PIECE == 0 && machine_work_stop(0))
			return false;
	}
	return machine_pd_empty(pd);
}

/* Every slot that names `object` but the one by which the call came, so that it can be made again. */
static bool object_clear_others(struct object *object, const struct cap *own)
{
	for (uint32_t i = 1;; i++) {
		struct cap *each = object->caps == own && own ? own->next : object->caps;
		if (!each)
			return true;
		cap_clear(each);
		if (i % PIECE == 0 && machine_work_stop(0))
			return false;
	}
}

/* What can be done piece by piece before an object goes. */
static bool object_empty(struct object *object, const struct cap *own)
{
	if (object->kind == KIND_PD && !pd_empty((struct pd *)object))
		return false;
	if (!object_clear_others(object, own))
		return false;
	while (object->kind == KIND_ENDPOINT && !endpoint_drain((struct endpoint *)object))
		if (machine_work_stop(0))
			return false;
	while (object->kind == KIND_SIGNAL && !signal_drain((struct signal *)object))
		if (machine_work_stop(0))
			return false;
	return true;
}

err_t do_object_revoke(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_NONE, RIGHT_DESTROY, &cap);

	if (err != OK)
		return err;
	struct object *object = cap->object;
	if (object->kind == KIND_CONSOLE || object->kind == KIND_HOST || interrupt_is_all(object))
		return ERR_UNSUPPORTED;
	bool own = object == &thread->object || object == &thread->pd->object;
	if (!object_empty(object, cap))
		return OK;
	object_clear_caps(object);
	if (object->kind == KIND_PD) {
		*blocked = machine_pd_end((struct pd *)object, own ? NULL : thread);
	} else if (object->kind == KIND_THREAD) {
		struct thread *victim = (struct thread *)object;
		if (victim->pd)
			thread_detach(victim);
		cap_clear(&victim->fault_ep);
		cap_clear(&victim->mark);
	} else if (object->kind == KIND_REPLY) {
		reply_drain((struct reply *)object);
	} else if (object->kind == KIND_INTERRUPT) {
		interrupt_disconnect((struct interrupt *)object);
	}
	machine_object_free(object);
	*blocked |= own;
	return OK;
}

err_t do_cap_revoke_badge(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_NONE, RIGHT_GRANT, &cap);

	(void)blocked;
	if (err != OK)
		return err;
	if (cap->object->kind != KIND_ENDPOINT && cap->object->kind != KIND_SIGNAL)
		return ERR_CAPABILITY;
	if (!word[1] || word[1] > UINT32_MAX)
		return ERR_ARGUMENT;
	if (cap->badge)
		return ERR_RIGHTS;   /* its holder gives no badges, and the call could not be made again when it is gone */
	struct object *object = cap->object;
	uint32_t badge = (uint32_t)word[1];
	bool first = machine_work_done() == 0, drain = machine_work_done() == DRAINING;
	while (!drain && !object_clear_badge(object, badge, &thread->mark, first, PIECE)) {
		first = false;
		if (machine_work_stop(CLEARING))
			return OK;
	}
	while (object->kind == KIND_ENDPOINT && !endpoint_drain_badge((struct endpoint *)object, badge))
		if (machine_work_stop(DRAINING))
			return OK;
	return OK;
}

err_t do_cap_copy(struct thread *thread, const uint64_t *word, bool *blocked)
{
	uint64_t badge = thread->utcb->extra[0];
	struct pd *from, *to;
	struct cap *source, *target;
	err_t err = pd_lookup(thread, word[0], RIGHT_WRITE, &from);

	(void)blocked;
	if (err == OK)
		err = pd_lookup(thread, word[2], RIGHT_WRITE, &to);
	if (err == OK)
		err = cap_lookup(from, word[1], KIND_NONE, 0, &source);
	if (err == OK)
		err = slot_lookup_empty(to, word[3], &target);
	if (err != OK)
		return err;
	if (badge > UINT32_MAX)
		return ERR_ARGUMENT;
	if (badge && (source->object->kind != KIND_ENDPOINT && source->object->kind != KIND_SIGNAL))
		return ERR_CAPABILITY;
	if (badge && (source->badge || !(source->rights & RIGHT_GRANT)))
		return ERR_RIGHTS;
	cap_set_behind(target, source, source->rights & (uint32_t)word[4], badge ? (uint32_t)badge : source->badge);
	return OK;
}

err_t do_cap_delete(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct pd *pd;
	struct cap *cap;
	err_t err = pd_lookup(thread, word[0], RIGHT_WRITE, &pd);

	(void)blocked;
	if (err == OK)
		err = cap_lookup(pd, word[1], KIND_NONE, 0, &cap);
	if (err == OK)
		cap_clear(cap);
	return err;
}

err_t do_cap_list(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap_entry *entries = thread_bulk(thread);
	uint64_t max = word[2] < CAP_LIST_MAX ? word[2] : CAP_LIST_MAX;
	uint32_t count = 0;
	struct pd *pd;
	err_t err = pd_lookup(thread, word[0], RIGHT_CONTROL, &pd);

	(void)blocked;
	if (err != OK)
		return err;
	uint64_t slot = word[1] ? word[1] : 1;
	for (; slot < pd->slot_top && count < max; slot++) {
		const struct cap *cap = &pd->slots[slot];
		if (slot % PIECE == 0 && slot > word[1] && machine_interrupted())
			break;
		if (!cap->object)
			continue;
		struct cap_entry *entry = &entries[count++];
		entry->object = cap->object->id;
		entry->slot = (slot_t)slot;
		entry->badge = cap->badge;
		entry->kind = (uint16_t)cap->object->kind;
		entry->rights = cap->rights;
		entry->pending_badges = entry->pending_count = entry->reserved = 0;
		if (cap->object->kind == KIND_SIGNAL) {
			entry->pending_badges = ((const struct signal *)cap->object)->badges;
			entry->pending_count = ((const struct signal *)cap->object)->count;
		} else if (cap->object->kind == KIND_INTERRUPT) {
			entry->pending_count = ((const struct interrupt *)cap->object)->masked;
		}
	}
	thread->utcb->extra[0] = count;
	thread->utcb->extra[1] = slot < pd->slot_top ? slot : 0;
	return OK;
}
