/* SPDX-License-Identifier: MIT */
/* PD, dataspaces, region maps of the target, see intercept.h. */
#include "rtcr/intercept.h"

static err_t pd_ram_alloc_handle(void *object, const struct pd_ram_alloc_request *request, struct rpc_message *message,
                                 struct pd_ram_alloc_reply *reply, slot_t *caps_out)
{
	struct dataspace_entry *dataspace;
	err_t err = dataspace_add(request->size, 0, &dataspace);

	(void)object, (void)message, (void)reply;
	if (err == OK)
		registry_name(&dataspace->entry, caps_out);
	target.refused |= err == ERR_MEMORY_QUOTA;
	return err;
}

static err_t pd_ram_free_handle(void *object, const struct pd_ram_free_request *request, struct rpc_message *message,
                                struct pd_ram_free_reply *reply, slot_t *caps_out)
{
	struct entry *entry;
	err_t err = registry_sent(message, 0, ENTRY_DATASPACE, &entry, NULL);

	(void)object, (void)request, (void)reply, (void)caps_out;
	if (err != OK)
		return err;
	if (((struct dataspace_entry *)entry)->origin != IMAGE_ORIGIN_ANONYMOUS)
		return ERR_DENIED;
	/* The terminal's server writes into what it was lent: that has to be there. */
	for (struct entry *at = registry.first_of[ENTRY_SESSION]; at; at = at->next_alike)
		if (((const struct session_entry *)at)->buffer == entry->id)
			return ERR_BUSY;
	dataspace_remove((struct dataspace_entry *)entry);
	return OK;
}

static err_t pd_object_alloc_handle(void *object, const struct pd_object_alloc_request *request,
                                    struct rpc_message *message, struct pd_object_alloc_reply *reply, slot_t *caps_out)
{
	struct object_entry *made;
	err_t err = object_add(request->kind, 0, &made);

	(void)object, (void)message, (void)reply;
	caps_out[0] = err == OK ? made->slot : 0;
	return err;
}

static err_t pd_object_free_handle(void *object, const struct pd_object_free_request *request,
                                   struct rpc_message *message, struct pd_object_free_reply *reply, slot_t *caps_out)
{
	struct entry *entry;
	err_t err = registry_sent(message, 0, ENTRY_OBJECT, &entry, NULL);

	(void)object, (void)caps_out;
	if (err != OK)
		return err;
	if (((struct object_entry *)entry)->kind == KIND_INTERRUPT)
		return ERR_DENIED;   /* it goes with its session */
	const slot_t slot = ((struct object_entry *)entry)->slot;
	err = pd_object_free((ep_t){target.child.pd}, request, &slot, reply, NULL);   /* whose quota paid for it */
	if (err != OK)
		return err;
	slot_give(slot);
	registry_remove(entry);
	return OK;
}

static err_t pd_address_space_handle(void *object, const struct pd_address_space_request *request,
                                     struct rpc_message *message, struct pd_address_space_reply *reply,
                                     slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply;
	registry_name(registry_find(target.space), caps_out);
	return OK;
}

static err_t pd_quota_handle(void *object, const struct pd_quota_request *request, struct rpc_message *message,
                             struct pd_quota_reply *reply, slot_t *caps_out)
{
	(void)object, (void)message, (void)caps_out;
	return pd_quota((ep_t){target.child.pd}, request, NULL, reply, NULL);
}

/* A target has no children of its own here, and no quota to give. */
static err_t pd_transfer_handle(void *object, const struct pd_transfer_request *request, struct rpc_message *message,
                                struct pd_transfer_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_UNSUPPORTED;
}

static err_t pd_child_create_handle(void *object, const struct pd_child_create_request *request,
                                    struct rpc_message *message, struct pd_child_create_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_UNSUPPORTED;
}

static err_t pd_child_destroy_handle(void *object, const struct pd_child_destroy_request *request,
                                     struct rpc_message *message, struct pd_child_destroy_reply *reply,
                                     slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_UNSUPPORTED;
}

static err_t pd_native_handle(void *object, const struct pd_native_request *request, struct rpc_message *message,
                              struct pd_native_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t dataspace_info_handle(void *object, const struct dataspace_info_request *request,
                                   struct rpc_message *message, struct dataspace_info_reply *reply, slot_t *caps_out)
{
	const struct dataspace_entry *dataspace = object;

	(void)request, (void)message, (void)caps_out;
	reply->size = dataspace->size;
	reply->rights = RIGHT_READ | (dataspace->origin == IMAGE_ORIGIN_DEVICE ? 0 : RIGHT_EXECUTE) |
	                (dataspace->origin == IMAGE_ORIGIN_ROM ? 0 : RIGHT_WRITE);
	return OK;
}

static err_t dataspace_native_handle(void *object, const struct dataspace_native_request *request,
                                     struct rpc_message *message, struct dataspace_native_reply *reply,
                                     slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t dataspace_discard_handle(void *object, const struct dataspace_discard_request *request,
                                      struct rpc_message *message, struct dataspace_discard_reply *reply,
                                      slot_t *caps_out)
{
	const struct dataspace_entry *dataspace = object;

	(void)message, (void)caps_out;
	if (dataspace->origin != IMAGE_ORIGIN_ANONYMOUS)
		return dataspace->origin == IMAGE_ORIGIN_ROM ? ERR_RIGHTS : ERR_UNSUPPORTED;
	return dataspace_discard(cap_ep(dataspace->real), request, NULL, reply, NULL);
}

static err_t rm_attach_handle(void *object, const struct rm_attach_request *request, struct rpc_message *message,
                              struct rm_attach_reply *reply, slot_t *caps_out)
{
	struct region region = {request->address, request->size, request->offset, 0, request->rights};
	struct entry *source;
	err_t err = registry_sent(message, 0, ENTRY_DATASPACE, &source, NULL);

	(void)caps_out;
	if (err != OK)
		err = registry_sent(message, 0, ENTRY_MAP, &source, NULL);
	if (err != OK)
		return err;
	if (request->flags & ~(uint32_t)RM_POPULATE)   /* of regions that outlive their source an image knows nothing */
		return ERR_UNSUPPORTED;
	region.source = source->id;
	err = map_attach(object, &region, request->address == RM_ANYWHERE, request->flags);
	reply->address = region.address;
	return err;
}

static err_t rm_detach_handle(void *object, const struct rm_detach_request *request, struct rpc_message *message,
                              struct rm_detach_reply *reply, slot_t *caps_out)
{
	struct map_entry *map = object;
	err_t err = regions_reserve(map);

	(void)message, (void)caps_out;
	if (err == OK)
		err = rm_detach(cap_ep(map->real), request, NULL, reply, NULL);
	if (err == OK)
		regions_detach(map, request->address, request->size);
	return err;
}

/* The dataspace behind a ROM is one that could be written. */
static bool shows_rom(const struct map_entry *map, uint64_t address, uint64_t size)
{
	for (uint32_t i = 0; i < map->count; i++) {
		const struct region *region = &map->regions[i];
		const struct entry *source = registry_find(region->source);
		if (region->address + region->size > address && region->address < address + size &&
		    source->kind == ENTRY_DATASPACE && ((const struct dataspace_entry *)source)->origin == IMAGE_ORIGIN_ROM)
			return true;
	}
	return false;
}

static err_t rm_protect_handle(void *object, const struct rm_protect_request *request, struct rpc_message *message,
                               struct rm_protect_reply *reply, slot_t *caps_out)
{
	struct map_entry *map = object;
	err_t err = regions_reserve(map);

	(void)message, (void)caps_out;
	if (request->rights & RIGHT_WRITE && shows_rom(map, request->address, request->size))
		return ERR_RIGHTS;
	if (err == OK)
		err = rm_protect(cap_ep(map->real), request, NULL, reply, NULL);
	if (err == OK)
		regions_protect(map, request->address, request->size, request->rights);
	return err;
}

static err_t rm_fault_handler_handle(void *object, const struct rm_fault_handler_request *request,
                                     struct rpc_message *message, struct rm_fault_handler_reply *reply,
                                     slot_t *caps_out)
{
	uint32_t signal, badge;
	err_t err = handler_take(message, 0, &signal, &badge);

	(void)request, (void)reply, (void)caps_out;
	if (err == OK)
		err = map_handler_set(object, signal, badge, message->caps[0]);
	if (err == OK)
		(void)rpc_keep(message, 0);
	return err;
}

static err_t rm_state_handle(void *object, const struct rm_state_request *request, struct rpc_message *message,
                             struct rm_state_reply *reply, slot_t *caps_out)
{
	const struct map_entry *map = object;

	(void)message, (void)caps_out;
	return rm_state(cap_ep(map->real), request, NULL, reply, NULL);
}

static err_t rm_dataspace_handle(void *object, const struct rm_dataspace_request *request, struct rpc_message *message,
                                 struct rm_dataspace_reply *reply, slot_t *caps_out)
{
	struct map_entry *map = object;

	(void)request, (void)message;
	if (!cap_valid(map->real_ds))
		return ERR_UNSUPPORTED;
	reply->size = map->size;
	registry_name(&map->entry, caps_out);
	return OK;
}

static err_t rm_create_handle(void *object, const struct rm_service_create_request *request,
                              struct rpc_message *message, struct rm_service_create_reply *reply, slot_t *caps_out)
{
	struct map_entry *map;

	(void)object, (void)message, (void)reply;
	if (!request->size)
		return ERR_ARGUMENT;
	err_t err = map_add(request->size, 0, &map);
	if (err == OK)
		registry_name(&map->entry, caps_out);
	return err;
}

static err_t rm_destroy_handle(void *object, const struct rm_service_destroy_request *request,
                               struct rpc_message *message, struct rm_service_destroy_reply *reply, slot_t *caps_out)
{
	struct entry *entry;
	err_t err = registry_sent(message, 0, ENTRY_MAP, &entry, NULL);

	(void)object, (void)request, (void)reply, (void)caps_out;
	if (err != OK)
		return err;
	if (!cap_valid(((struct map_entry *)entry)->real_ds))
		return ERR_DENIED;
	map_remove((struct map_entry *)entry);
	return OK;
}

const struct pd_handlers intercept_pd = {
	.ram_alloc = pd_ram_alloc_handle,       .ram_free = pd_ram_free_handle,
	.object_alloc = pd_object_alloc_handle, .object_free = pd_object_free_handle,
	.address_space = pd_address_space_handle, .quota = pd_quota_handle,
	.transfer = pd_transfer_handle,         .child_create = pd_child_create_handle,
	.child_destroy = pd_child_destroy_handle, .native = pd_native_handle};

const struct dataspace_handlers intercept_dataspace = {dataspace_info_handle, dataspace_native_handle,
                                                        dataspace_discard_handle};

const struct rm_handlers intercept_map = {rm_attach_handle,        rm_detach_handle, rm_protect_handle,
                                          rm_fault_handler_handle, rm_state_handle,  rm_dataspace_handle};

const struct rm_service_handlers intercept_rm = {rm_create_handle, rm_destroy_handle};
