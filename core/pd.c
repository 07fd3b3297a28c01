/* SPDX-License-Identifier: MIT */
/* Protection domains, see pd.h, and the PD service. */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <kernel/boot.h>
#include <kernel/machine.h>
#include <kernel/pd.h>

#include "core/map.h"
#include "core/memory.h"
#include "core/pd.h"
#include "core/service.h"

enum { SLOTS_LEAST = 16, SLOTS_MOST = 65536 };

/* A kernel object that a component asked for. */
struct kernel_object {
	struct object object;
	uint64_t donated;
	uint64_t id;
	slot_t slot;
};

err_t pd_charge(struct pd *pd, uint64_t bytes)
{
	if (!pd)
		return OK;
	if (pd->cap_used == pd->cap_limit)
		return ERR_CAP_QUOTA;
	if (bytes > pd->ram_limit - pd->ram_used)
		return ERR_MEMORY_QUOTA;
	pd->cap_used++;
	pd->ram_used += bytes;
	return OK;
}

void pd_discharge(struct pd *pd, uint64_t bytes)
{
	if (!pd)
		return;
	pd->cap_used--;
	pd->ram_used -= bytes;
}

static err_t kernel_object_make(enum kind kind, uint64_t *donated, slot_t *slot)
{
	err_t err = core_slot_take(slot);

	if (err != OK)
		return err;
	err = donation_take(donated);
	if (err == OK) {
		err = object_create(kind, CORE_MEMORY, *donated, OBJECT_SIZE, (host_t){0}, *slot);
		if (err == OK)
			return OK;
		donation_give(*donated);
	}
	core_slot_give(*slot);
	return err;
}

err_t kernel_object_take(enum kind kind, slot_t *slot)
{
	uint64_t donated;

	return kernel_object_make(kind, &donated, slot);
}

void kernel_destroy(struct object *object)
{
	struct kernel_object *kernel = (struct kernel_object *)object;
	err_t ignored = object_revoke((cap_t){kernel->slot});

	(void)ignored;
	core_slot_give(kernel->slot);
	donation_give(kernel->donated);
	object_unmake(object);
}

static void pd_free(struct pd *pd)
{
	if (cap_valid(pd->native)) {
		err_t ignored = object_revoke(cap_any(pd->native));
		(void)ignored;
		core_slot_give(pd->native.slot);
	}
	if (pd->donated_size)
		range_give(pd->donated, pd->donated_size);
	while (pd->more_count)
		range_give(pd->more[--pd->more_count], PD_MORE_SIZE);
	struct pd *parent = pd->object.owner;
	if (parent)
		parent->cap_used -= pd->cap_limit;
	object_unmake(&pd->object);
}

err_t pd_more(struct pd *pd)
{
	uint64_t offset;

	if (pd->more_count == PD_MORE || PD_MORE_SIZE > pd->ram_limit - pd->ram_used)
		return ERR_MEMORY_QUOTA;
	err_t err = range_take(PD_MORE_SIZE, &offset);
	if (err != OK)
		return err;
	err = pd_donate(pd->native, CORE_MEMORY, offset, PD_MORE_SIZE);
	if (err != OK) {
		range_give(offset, PD_MORE_SIZE);
		return err;
	}
	pd->ram_used += PD_MORE_SIZE;
	pd->more[pd->more_count++] = offset;
	return OK;
}

static err_t grant_find(const struct pd *parent, const char *name, host_t *host)
{
	const struct boot_info *info = (const struct boot_info *)BOOT_INFO;

	*host = (host_t){0};
	if (!*name)
		return OK;
	if (parent && parent->object.owner)
		return ERR_DENIED;
	for (uint32_t i = 0; i < info->grant_count; i++)
		if (strncmp(info->grants[i].name, name, sizeof info->grants[i].name) == 0) {
			*host = (host_t){info->grants[i].slot};
			return OK;
		}
	return ERR_NOT_FOUND;
}

static err_t pd_native_make(struct pd *pd, host_t host)
{
	err_t err = range_take(OBJECT_SIZE_PD + (uint64_t)pd->slots * OBJECT_SIZE_SLOT, &pd->donated);

	if (err != OK)
		return err;
	pd->donated_size = OBJECT_SIZE_PD + (uint64_t)pd->slots * OBJECT_SIZE_SLOT;
	slot_t slot;
	err = core_slot_take(&slot);
	if (err != OK)
		return err;
	err = object_create(KIND_PD, CORE_MEMORY, pd->donated, pd->donated_size, host, slot);
	if (err == OK)
		pd->native = (pd_t){slot};
	else
		core_slot_give(slot);
	return err;
}

err_t pd_make(struct pd *parent, const struct pd_child_create_request *request, struct pd **made)
{
	struct pd *pd;
	host_t host;
	uint64_t own = page_round(OBJECT_SIZE_PD + (uint64_t)request->slots * OBJECT_SIZE_SLOT);

	if (request->slots < SLOTS_LEAST || request->slots > SLOTS_MOST ||
	    !string_ends(request->name, sizeof request->name) || !string_ends(request->grant, sizeof request->grant))
		return ERR_ARGUMENT;
	if (request->ram > UINT64_MAX - own)
		return ERR_MEMORY_QUOTA;
	if (parent && request->caps >= parent->cap_limit - parent->cap_used)
		return ERR_CAP_QUOTA;
	err_t err = grant_find(parent, request->grant, &host);
	if (err == OK)
		err = object_make(parent, TYPE_PD, sizeof *pd, request->ram + own, (void **)&pd);
	if (err != OK)
		return err;
	pd->ram_limit = request->ram;
	pd->cap_limit = request->caps;
	pd->slots = request->slots;
	memcpy(pd->name, request->name, sizeof pd->name);
	if (parent)
		parent->cap_used += request->caps;
	err = pd_native_make(pd, host);
	if (err == OK)
		err = map_make(NULL, PD_HIGH, pd, &pd->space);
	if (err == OK)
		*made = pd;
	else
		pd_free(pd);
	return err;
}

/* Nothing of it runs from here on. Its slot stays taken, so that it names nothing else. */
static void pd_stop(struct pd *pd)
{
	for (struct object *owned = pd->objects, *next; owned; owned = next) {
		next = owned->next;
		if (owned->type == TYPE_THREAD)
			object_destroy(owned);
	}
	err_t ignored = object_revoke(cap_any(pd->native));
	(void)ignored;
}

static struct pd *pd_inner(const struct pd *pd)
{
	struct object *owned = pd->objects;

	while (owned && owned->type != TYPE_PD)
		owned = owned->next;
	return (struct pd *)owned;
}

/* All that it owns, newest first; no domains are among that. */
static void pd_end(struct pd *pd)
{
	if (pd->space)
		map_destroy(map_object(pd->space));
	pd->space = NULL;
	while (pd->objects)
		object_destroy(pd->objects);
	pd_free(pd);
}

/* From the innermost domain outwards, without recursion: they may be nested as deep as quota allows. */
void pd_destroy(struct object *object)
{
	struct pd *at = (struct pd *)object, *owner, *inner;

	pd_stop(at);
	for (bool last = false; !last; at = owner) {
		while ((inner = pd_inner(at)) != NULL) {
			pd_stop(inner);
			at = inner;
		}
		owner = at->object.owner;
		last = &at->object == object;
		pd_end(at);
	}
}

static err_t handle_ram_alloc(void *object, const struct pd_ram_alloc_request *request, struct rpc_message *message,
                              struct pd_ram_alloc_reply *reply, slot_t *caps_out)
{
	struct dataspace *dataspace;
	err_t err = dataspace_make(object, request->size, &dataspace);

	(void)message;
	(void)reply;
	if (err != OK)
		return err;
	object_name(&dataspace->object, caps_out);
	return OK;
}

static err_t handle_ram_free(void *object, const struct pd_ram_free_request *request, struct rpc_message *message,
                             struct pd_ram_free_reply *reply, slot_t *caps_out)
{
	struct object *found;
	err_t err = object_sent(message, 0, TYPE_DATASPACE, &found);

	(void)request;
	(void)reply;
	(void)caps_out;
	if (err != OK)
		return err;
	if (found->owner != object)
		return ERR_DENIED;
	dataspace_destroy(found);
	return OK;
}

static err_t handle_object_alloc(void *object, const struct pd_object_alloc_request *request,
                                 struct rpc_message *message, struct pd_object_alloc_reply *reply, slot_t *caps_out)
{
	struct kernel_object *kernel;

	(void)message;
	(void)reply;
	if (request->kind != KIND_ENDPOINT && request->kind != KIND_REPLY && request->kind != KIND_SIGNAL)
		return ERR_ARGUMENT;
	err_t err = object_make(object, TYPE_KERNEL, sizeof *kernel, OBJECT_SIZE, (void **)&kernel);
	if (err != OK)
		return err;
	err = kernel_object_make((enum kind)request->kind, &kernel->donated, &kernel->slot);
	if (err != OK) {
		object_unmake(&kernel->object);
		return err;
	}
	err = kernel_object_of_slot(kernel->slot, &kernel->id);
	if (err == OK)
		err = slot_lend(kernel->slot, RIGHT_ALL & ~RIGHT_DESTROY, caps_out);
	if (err != OK)
		kernel_destroy(&kernel->object);
	return err;
}

static err_t handle_object_free(void *object, const struct pd_object_free_request *request,
                                struct rpc_message *message, struct pd_object_free_reply *reply, slot_t *caps_out)
{
	const struct pd *pd = object;
	uint64_t id;
	err_t err = kernel_object_of_slot(message->caps[0], &id);

	(void)request;
	(void)reply;
	(void)caps_out;
	if (err != OK)
		return err;
	for (struct object *owned = pd->objects; owned; owned = owned->next)
		if (owned->type == TYPE_KERNEL && ((struct kernel_object *)owned)->id == id) {
			kernel_destroy(owned);
			return OK;
		}
	return ERR_DENIED;
}

static err_t handle_address_space(void *object, const struct pd_address_space_request *request,
                                  struct rpc_message *message, struct pd_address_space_reply *reply, slot_t *caps_out)
{
	const struct pd *pd = object;

	(void)request;
	(void)message;
	(void)reply;
	object_name(map_object(pd->space), caps_out);
	return OK;
}

static err_t handle_quota(void *object, const struct pd_quota_request *request, struct rpc_message *message,
                          struct pd_quota_reply *reply, slot_t *caps_out)
{
	const struct pd *pd = object;

	(void)request;
	(void)message;
	(void)caps_out;
	*reply = (struct pd_quota_reply){pd->ram_limit, pd->ram_used, pd->cap_limit, pd->cap_used};
	return OK;
}

/* Between a parent and its child alone: only then the tree of limits stays true. */
static err_t handle_transfer(void *object, const struct pd_transfer_request *request, struct rpc_message *message,
                             struct pd_transfer_reply *reply, slot_t *caps_out)
{
	struct pd *from = object;
	struct object *found;
	err_t err = object_sent(message, 0, TYPE_PD, &found);

	(void)reply;
	(void)caps_out;
	if (err != OK)
		return err;
	struct pd *to = (struct pd *)found;
	if (to->object.owner != from && from->object.owner != to)
		return ERR_DENIED;
	if (request->ram > from->ram_limit - from->ram_used)
		return ERR_MEMORY_QUOTA;
	if (request->caps > from->cap_limit - from->cap_used)
		return ERR_CAP_QUOTA;
	if (to->object.owner == from) {
		from->ram_used += request->ram;
		from->cap_used += request->caps;
		to->object.charge += request->ram;
		to->ram_limit += request->ram;
		to->cap_limit += request->caps;
	} else {
		from->ram_limit -= request->ram;
		from->cap_limit -= request->caps;
		from->object.charge -= request->ram;
		to->ram_used -= request->ram;
		to->cap_used -= request->caps;
	}
	return OK;
}

static err_t handle_child_create(void *object, const struct pd_child_create_request *request,
                                 struct rpc_message *message, struct pd_child_create_reply *reply, slot_t *caps_out)
{
	struct pd *child;
	err_t err = pd_make(object, request, &child);

	(void)message;
	(void)reply;
	if (err != OK)
		return err;
	object_name(&child->object, caps_out);
	return OK;
}

static err_t handle_child_destroy(void *object, const struct pd_child_destroy_request *request,
                                  struct rpc_message *message, struct pd_child_destroy_reply *reply, slot_t *caps_out)
{
	struct object *found;
	err_t err = object_sent(message, 0, TYPE_PD, &found);

	(void)request;
	(void)reply;
	(void)caps_out;
	if (err != OK)
		return err;
	if (found->owner != object)
		return ERR_DENIED;
	pd_destroy(found);
	return OK;
}

static err_t handle_native(void *object, const struct pd_native_request *request, struct rpc_message *message,
                           struct pd_native_reply *reply, slot_t *caps_out)
{
	const struct pd *pd = object;

	(void)request;
	(void)message;
	reply->slots = pd->slots;
	return slot_lend(pd->native.slot, RIGHT_CONTROL | RIGHT_WRITE, caps_out);
}

err_t pd_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct pd_handlers handlers = {
		.ram_alloc = handle_ram_alloc,       .ram_free = handle_ram_free,
		.object_alloc = handle_object_alloc, .object_free = handle_object_free,
		.address_space = handle_address_space, .quota = handle_quota,
		.transfer = handle_transfer,         .child_create = handle_child_create,
		.child_destroy = handle_child_destroy, .native = handle_native,
	};

	return pd_dispatch(&handlers, object, message, reply);
}
