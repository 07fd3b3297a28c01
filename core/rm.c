/* SPDX-License-Identifier: MIT */
/* The RM service over map.h: what a region map answers, and the session that makes further ones. */
#include <framework/heap.h>

#include "core/map.h"
#include "core/memory.h"
#include "core/service.h"

void map_destroy(struct object *object)
{
	struct map *map = (struct map *)object;

	map_uses_detach(object, &map->uses);
	map_regions_drop(map);
	faults_retry(map, 0, map->size);
	core_slot_give(map->handler);
	heap_free(map->regions);
	object_unmake(object);
}

static err_t source_of(const struct rpc_message *message, struct object **source)
{
	if (object_sent(message, 0, TYPE_DATASPACE, source) == OK)
		return OK;
	return object_sent(message, 0, TYPE_MAP, source);
}

static err_t handle_attach(void *object, const struct rm_attach_request *request, struct rpc_message *message,
                           struct rm_attach_reply *reply, slot_t *caps_out)
{
	struct object *source;
	err_t err = source_of(message, &source);

	(void)caps_out;
	return err == OK ? map_attach(object, request, source, &reply->address) : err;
}

static err_t handle_detach(void *object, const struct rm_detach_request *request, struct rpc_message *message,
                           struct rm_detach_reply *reply, slot_t *caps_out)
{
	(void)message;
	(void)reply;
	(void)caps_out;
	return map_detach(object, request->address, request->size);
}

static err_t handle_protect(void *object, const struct rm_protect_request *request, struct rpc_message *message,
                            struct rm_protect_reply *reply, slot_t *caps_out)
{
	(void)message;
	(void)reply;
	(void)caps_out;
	return map_protect(object, request->address, request->size, request->rights);
}

static err_t handle_fault_handler(void *object, const struct rm_fault_handler_request *request,
                                  struct rpc_message *message, struct rm_fault_handler_reply *reply, slot_t *caps_out)
{
	struct map *map = object;

	(void)request;
	(void)reply;
	(void)caps_out;
	core_slot_give(map->handler);
	map->handler = rpc_keep(message, 0);
	faults_retry(map, 0, map->size);
	return OK;
}

static err_t handle_state(void *object, const struct rm_state_request *request, struct rpc_message *message,
                          struct rm_state_reply *reply, slot_t *caps_out)
{
	(void)request;
	(void)message;
	(void)caps_out;
	fault_first(object, reply);
	return OK;
}

static err_t handle_dataspace(void *object, const struct rm_dataspace_request *request, struct rpc_message *message,
                              struct rm_dataspace_reply *reply, slot_t *caps_out)
{
	struct map *map = object;

	(void)request;
	(void)message;
	if (map->pd)
		return ERR_UNSUPPORTED;
	reply->size = map->size;
	object_name(&map->object, caps_out);
	return OK;
}

err_t map_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct rm_handlers handlers = {
		.attach = handle_attach,   .detach = handle_detach, .protect = handle_protect,
		.fault_handler = handle_fault_handler, .state = handle_state, .dataspace = handle_dataspace,
	};

	return rm_dispatch(&handlers, object, message, reply);
}

static err_t handle_create(void *object, const struct rm_service_create_request *request,
                           struct rpc_message *message, struct rm_service_create_reply *reply, slot_t *caps_out)
{
	const struct object *session = object;
	struct map *map;

	(void)message;
	(void)reply;
	if (!request->size || request->size % PAGE_SIZE || request->size > INT64_MAX)
		return ERR_ARGUMENT;
	err_t err = map_make(session->owner, request->size, NULL, &map);
	if (err != OK)
		return err;
	object_name(&map->object, caps_out);
	return OK;
}

static err_t handle_destroy(void *object, const struct rm_service_destroy_request *request,
                            struct rpc_message *message, struct rm_service_destroy_reply *reply, slot_t *caps_out)
{
	const struct object *session = object;
	struct object *found;
	err_t err = object_sent(message, 0, TYPE_MAP, &found);

	(void)request;
	(void)reply;
	(void)caps_out;
	if (err != OK)
		return err;
	if (found->owner != session->owner || !found->owner)
		return ERR_DENIED;
	map_destroy(found);
	return OK;
}

err_t rm_service_open(struct pd *payer, const char *label, struct object **session)
{
	(void)label;
	return object_make(payer, TYPE_RM_SERVICE, sizeof **session, 0, (void **)session);
}

err_t rm_service_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct rm_service_handlers handlers = {.create = handle_create, .destroy = handle_destroy};

	return rm_service_dispatch(&handlers, object, message, reply);
}
