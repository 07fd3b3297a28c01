/* SPDX-License-Identifier: MIT */
/* Dataspaces, see pd.h. */
#include <kernel/boot.h>
#include <kernel/pd.h>

#include "core/map.h"
#include "core/memory.h"
#include "core/pd.h"

memory_t dataspace_memory(const struct dataspace *dataspace)
{
	return dataspace->nature == NATURE_DEVICE ? CORE_DEVICES : CORE_MEMORY;
}

err_t dataspace_make(struct pd *owner, uint64_t size, struct dataspace **made)
{
	struct dataspace *dataspace;
	uint64_t offset;

	if (!size || size > INT64_MAX)
		return ERR_ARGUMENT;
	size = page_round(size);
	err_t err = object_make(owner, TYPE_DATASPACE, sizeof *dataspace, size, (void **)&dataspace);
	if (err != OK)
		return err;
	err = range_take(size, &offset);
	if (err != OK) {
		object_unmake(&dataspace->object);
		return err;
	}
	dataspace->offset = offset;
	dataspace->size = size;
	dataspace->rights = RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE;
	dataspace->owned = true;
	*made = dataspace;
	return OK;
}

void dataspace_destroy(struct object *object)
{
	struct dataspace *dataspace = (struct dataspace *)object;

	map_uses_detach(object, &dataspace->uses);
	if (cap_valid(dataspace->native)) {
		err_t ignored = object_revoke(cap_any(dataspace->native));
		(void)ignored;
		core_slot_free(dataspace->native.slot);
	}
	if (dataspace->owned)
		range_give(dataspace->offset, dataspace->size);
	object_unmake(object);
}

static err_t handle_info(void *object, const struct dataspace_info_request *request, struct rpc_message *message,
                         struct dataspace_info_reply *reply, slot_t *caps_out)
{
	const struct dataspace *dataspace = object;

	(void)request;
	(void)message;
	(void)caps_out;
	reply->size = dataspace->size;
	reply->rights = dataspace->rights;
	return OK;
}

static err_t handle_native(void *object, const struct dataspace_native_request *request, struct rpc_message *message,
                           struct dataspace_native_reply *reply, slot_t *caps_out)
{
	struct dataspace *dataspace = object;

	(void)request;
	(void)message;
	(void)reply;
	if (!cap_valid(dataspace->native)) {
		slot_t slot;
		err_t err = core_slot_take(&slot);
		if (err != OK)
			return err;
		err = memory_derive(dataspace_memory(dataspace), dataspace->offset, dataspace->size, slot);
		if (err != OK) {
			core_slot_give(slot);
			return err;
		}
		dataspace->native = (memory_t){slot};
	}
	return slot_lend(dataspace->native.slot, 0, caps_out);
}

static err_t handle_discard(void *object, const struct dataspace_discard_request *request, struct rpc_message *message,
                            struct dataspace_discard_reply *reply, slot_t *caps_out)
{
	const struct dataspace *dataspace = object;

	(void)message;
	(void)reply;
	(void)caps_out;
	if (dataspace->nature != NATURE_PLAIN)
		return ERR_UNSUPPORTED;
	if (!(dataspace->rights & RIGHT_WRITE))
		return ERR_RIGHTS;
	if (request->size > DATASPACE_DISCARD_MAX || request->offset > dataspace->size ||
	    request->size > dataspace->size - request->offset)
		return ERR_RANGE;
	return memory_discard(CORE_MEMORY, dataspace->offset + request->offset, request->size);
}

err_t dataspace_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct dataspace_handlers handlers = {
		.info = handle_info, .native = handle_native, .discard = handle_discard};

	return dataspace_dispatch(&handlers, object, message, reply);
}
