/* SPDX-License-Identifier: MIT */
/* The table of objects and core's own slots, see object.h. */
#include <framework/heap.h>
#include <framework/slots.h>
#include <kernel/boot.h>

#include "core/object.h"
#include "core/pd.h"
#include "core/service.h"

ep_t core_ep;

static struct {
	struct object **by_badge;  /* entry 0 is never used */
	uint32_t size;
	uint32_t hint;
	uint64_t serial;
	struct slots slots;
	uint64_t used[BOOT_SLOTS / 64];
	slot_t lent[MESSAGE_CAPS * 2];
	uint32_t lent_count;
} table;

err_t core_slot_take(slot_t *slot)
{
	return slots_take(&table.slots, slot);
}

void core_slot_give(slot_t slot)
{
	if (!slot)
		return;
	err_t ignored = cap_delete(PD_SELF, slot);   /* empty already is as good */
	(void)ignored;
	slots_give(&table.slots, slot);
}

void core_slot_free(slot_t slot)
{
	slots_give(&table.slots, slot);
}

err_t objects_start(void)
{
	slots_init(&table.slots, table.used, BOOT_SLOT_HOST + BOOT_GRANTS, BOOT_SLOTS);
	return kernel_object_take(KIND_ENDPOINT, &core_ep.slot);
}

static err_t badge_take(uint32_t *badge)
{
	for (uint32_t i = 0; i < table.size; i++) {
		uint32_t at = (table.hint + i) % table.size;
		if (at && !table.by_badge[at]) {
			table.hint = at + 1;
			*badge = at;
			return OK;
		}
	}
	uint32_t size = table.size ? table.size * 2 : 1024;
	if (size > OBJECTS_MAX)
		return ERR_CAP_QUOTA;
	struct object **grown = heap_resize(table.by_badge, size * sizeof *grown);
	if (!grown)
		return ERR_MEMORY_QUOTA;
	*badge = table.size ? table.size : 1;
	table.by_badge = grown;
	table.size = size;
	table.hint = *badge + 1;
	return OK;
}

err_t object_make(struct pd *owner, enum type type, uint64_t size, uint64_t charge, void **made)
{
	uint32_t badge;
	err_t err = pd_charge(owner, charge);

	if (err != OK)
		return err;
	err = badge_take(&badge);
	struct object *object = err == OK ? heap_alloc(size) : NULL;
	if (!object) {
		pd_discharge(owner, charge);
		return err == OK ? ERR_MEMORY_QUOTA : err;
	}
	*object = (struct object){.type = type, .badge = badge, .owner = owner,
	                           .serial = ++table.serial, .charge = charge};
	if (owner) {
		object->next = owner->objects;
		object->link = &owner->objects;
		if (object->next)
			object->next->link = &object->next;
		owner->objects = object;
	}
	table.by_badge[badge] = object;
	*made = object;
	return OK;
}

void object_unmake(struct object *object)
{
	if (object->named) {
		err_t ignored = cap_revoke_badge(cap_any(core_ep), object->badge);
		(void)ignored;
	}
	table.by_badge[object->badge] = NULL;
	if (object->link) {
		*object->link = object->next;
		if (object->next)
			object->next->link = object->link;
	}
	pd_discharge(object->owner, object->charge);
	heap_free(object);
}

void object_destroy(struct object *object)
{
	static void (*const destroy[TYPE_COUNT])(struct object *) = {
		[TYPE_PARENT] = object_unmake,   [TYPE_PD] = pd_destroy,          [TYPE_DATASPACE] = dataspace_destroy,
		[TYPE_MAP] = map_destroy,        [TYPE_CPU] = cpu_destroy,        [TYPE_THREAD] = thread_destroy,
		[TYPE_KERNEL] = kernel_destroy,  [TYPE_ROM] = object_unmake,      [TYPE_LOG] = object_unmake,
		[TYPE_TIMER] = timer_destroy,    [TYPE_RM_SERVICE] = object_unmake,
		[TYPE_IO_MEM] = io_mem_destroy,  [TYPE_IRQ] = irq_destroy,
	};

	destroy[object->type](object);
}

struct object *object_of_badge(uint32_t badge)
{
	return badge < table.size ? table.by_badge[badge] : NULL;
}

static err_t slot_look(slot_t slot, struct cap_entry *entry)
{
	uint32_t count;
	slot_t next;
	err_t err = cap_list(PD_SELF, slot, 1, entry, &count, &next);

	if (err != OK)
		return err;
	return count == 1 && entry->slot == slot ? OK : ERR_CAPABILITY;
}

err_t object_sent(const struct rpc_message *message, uint32_t index, enum type type, struct object **object)
{
	struct object *found = message->known[index] ? object_of_badge(message->known[index]) : NULL;

	if (!found || found->type != type)
		return ERR_CAPABILITY;
	*object = found;
	return OK;
}

err_t kernel_object_of_slot(slot_t slot, uint64_t *id)
{
	struct cap_entry entry;
	err_t err = slot_look(slot, &entry);

	if (err == OK)
		*id = entry.object;
	return err;
}

void object_name(struct object *object, slot_t *caps_out)
{
	object->named = true;
	caps_out[0] = core_ep.slot;
	caps_out[RPC_MINT] = object->badge;
}

err_t slot_lend(slot_t from, uint32_t rights, slot_t *slot)
{
	slot_t to;

	if (table.lent_count == sizeof table.lent / sizeof *table.lent)
		return ERR_CAP_QUOTA;
	err_t err = core_slot_take(&to);
	if (err != OK)
		return err;
	err = cap_copy(PD_SELF, from, PD_SELF, to, rights, 0);
	if (err != OK) {
		core_slot_give(to);
		return err;
	}
	table.lent[table.lent_count++] = to;
	*slot = to;
	return OK;
}

void lent_return(void)
{
	while (table.lent_count)
		core_slot_give(table.lent[--table.lent_count]);
}
