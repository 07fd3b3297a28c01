/* SPDX-License-Identifier: MIT */
/* Dataspaces, the RTCR's own address space, and region maps as lists of steps: see services.h. */
#include <stdlib.h>
#include <string.h>

#include <framework/server.h>
#include <kernel/machine.h>
#include <pd/session.h>
#include <rm/session.h>

#include "test/fuzz/services.h"

enum { RIGHTS = RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE, DEPTH_MAX = 4, SIZE_LIMIT = 1 << 23 };

err_t served_memory_make(struct served *pd, uint64_t size, struct served **made)
{
	if (!size || size > INT64_MAX)
		return ERR_ARGUMENT;
	size = (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	if (size > SIZE_LIMIT || size > pd->ram - pd->used)
		return ERR_MEMORY_QUOTA;
	struct served *memory = served_make(SERVED_DATASPACE, pd);
	memory->bytes = aligned_alloc(PAGE_SIZE, size);
	FUZZ_CHECK(memory->bytes, "no memory");
	memset(memory->bytes, 0, size);
	memory->object = kernel_object_make(KIND_MEMORY);
	((struct memory *)memory->object)->size = size;
	memory->size = size;
	pd->used += size;
	*made = memory;
	return OK;
}

static bool range_inside(uint64_t offset, uint64_t *size, uint64_t available)
{
	if (offset % PAGE_SIZE || offset >= available)
		return false;
	if (!*size)
		*size = available - offset;
	return !(*size % PAGE_SIZE) && *size <= available - offset;
}

HANDLER(dataspace, info)
{
	UNUSED;
	reply->size = ((const struct served *)object)->size;
	reply->rights = RIGHTS;
	return OK;
}

HANDLER(dataspace, native)
{
	UNUSED;
	served_answer(((const struct served *)object)->object, 0, 0);
	return OK;
}

HANDLER(dataspace, discard)
{
	uint64_t size = request->size, whole = ((const struct served *)object)->size;

	UNUSED;
	return size && range_inside(request->offset, &size, whole) ? OK : ERR_RANGE;
}

/* In the RTCR's own space memory is shown where it is. */
static err_t space_attach_serve(void *object, const struct rm_attach_request *request, struct rpc_message *message,
                                struct rm_attach_reply *reply, slot_t *caps_out)
{
	struct served *memory = served_of_slot(message->caps[0], SERVED_DATASPACE);
	uint64_t size = request->size;

	UNUSED;
	if (!memory)
		return ERR_CAPABILITY;
	if (!range_inside(request->offset, &size, memory->size))
		return ERR_RANGE;
	reply->address = (addr_t)memory->bytes + request->offset;
	if (request->address == RM_ANYWHERE)
		memory->shown++;
	else
		FUZZ_CHECK(request->address == reply->address && memory->shown, "the RTCR attached over something");
	return OK;
}

static err_t space_detach_serve(void *object, const struct rm_detach_request *request, struct rpc_message *message,
                                struct rm_detach_reply *reply, slot_t *caps_out)
{
	struct served *memory = served_first();

	UNUSED;
	while (memory && (!memory->bytes || (addr_t)memory->bytes != request->address))
		memory = memory->next;
	if (!memory)   /* gone, and with it all attachments */
		return OK;
	FUZZ_CHECK(memory->shown && request->size && request->size <= memory->size,
	           "the RTCR detached what is not attached");
	memory->shown--;
	return OK;
}

bool served_map_look(const struct served *map, uint64_t address, struct map_step *seen)
{
	const struct map_step *protect = NULL;

	for (uint32_t i = map->count; i-- > 0;) {
		const struct map_step *step = &map->steps[i];
		if (address < step->address || address - step->address >= step->size)
			continue;
		if (step->kind == STEP_DETACH)
			return false;
		if (step->kind == STEP_PROTECT) {
			protect = protect ? protect : step;
			continue;
		}
		if (!served_find(step->source))
			return false;
		*seen = *step;
		seen->offset += address - step->address;
		seen->rights = protect ? protect->rights : step->rights;
		return true;
	}
	return false;
}

static void step_add(struct served *map, struct map_step step)
{
	map->steps = realloc(map->steps, (map->count + 1) * sizeof step);
	FUZZ_CHECK(map->steps, "no memory");
	map->steps[map->count++] = step;
}

/* How deep `map` nests what was ever attached; more than DEPTH_MAX also if `within` is among it. */
static uint32_t depth_of(const struct served *map, const struct served *within, uint32_t limit)
{
	uint32_t deepest = 0;

	if (map == within || !limit)
		return DEPTH_MAX + 1;
	for (uint32_t i = 0; i < map->count; i++) {
		const struct served *source = map->steps[i].source ? served_find(map->steps[i].source) : NULL;
		uint32_t depth = source && source->type == SERVED_MAP ? depth_of(source, within, limit - 1) : 0;
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + 1;
}

static bool range_valid(const struct served *map, uint64_t address, uint64_t size)
{
	return size && !((address | size) % PAGE_SIZE) && size <= map->size && address <= map->size - size &&
	       (!map->owner || address >= PD_LOW);
}

HANDLER(rm, attach)
{
	struct served *map = object, *source = served_of_slot(message->caps[0], SERVED_TYPES);
	struct map_step step = {STEP_ATTACH, request->address, request->size, request->offset, 0, request->rights};

	UNUSED;
	if (!source || (source->type != SERVED_DATASPACE && source->type != SERVED_MAP))
		return ERR_CAPABILITY;
	if (source->type == SERVED_MAP && (source->owner || depth_of(source, map, DEPTH_MAX) > 2))
		return ERR_UNSUPPORTED;
	if (request->flags & ~(uint32_t)RM_POPULATE || request->rights & ~(uint32_t)RIGHTS)
		return ERR_ARGUMENT;
	if (!range_inside(step.offset, &step.size, source->size))
		return ERR_RANGE;
	if (step.address == RM_ANYWHERE) {
		step.address = map->search;
		if (step.size > map->size || step.address > map->size - step.size)
			return ERR_RANGE;
		map->search += step.size;
	} else if (!range_valid(map, step.address, step.size)) {
		return ERR_RANGE;
	}
	step.source = source->badge;
	step_add(map, step);
	reply->address = step.address;
	return OK;
}

HANDLER(rm, detach)
{
	UNUSED;
	if (!range_valid(object, request->address, request->size))
		return ERR_RANGE;
	step_add(object, (struct map_step){STEP_DETACH, request->address, request->size, 0, 0, 0});
	return OK;
}

HANDLER(rm, protect)
{
	UNUSED;
	if (request->rights & ~(uint32_t)RIGHTS)
		return ERR_ARGUMENT;
	if (!range_valid(object, request->address, request->size))
		return ERR_RANGE;
	step_add(object, (struct map_step){STEP_PROTECT, request->address, request->size, 0, 0, request->rights});
	return OK;
}

HANDLER(rm, fault_handler)
{
	UNUSED;
	return OK;
}

HANDLER(rm, state)
{
	UNUSED;
	return OK;
}

HANDLER(rm, dataspace)
{
	const struct served *map = object;

	UNUSED;
	if (map->owner)
		return ERR_UNSUPPORTED;
	reply->size = map->size;
	served_answer_self(map);
	return OK;
}

HANDLER(rm_service, create)
{
	UNUSED;
	if (!request->size || request->size % PAGE_SIZE || request->size > INT64_MAX)
		return ERR_ARGUMENT;
	struct served *map = served_make(SERVED_MAP, NULL);
	map->size = request->size;
	served_answer_self(map);
	return OK;
}

HANDLER(rm_service, destroy)
{
	struct served *map = served_of_slot(message->caps[0], SERVED_MAP);

	UNUSED;
	if (!map || map->owner)
		return ERR_CAPABILITY;
	served_destroy(map);
	return OK;
}

err_t served_memory_call(struct served *served, struct rpc_message *in, struct rpc_message *out)
{
	static const struct dataspace_handlers dataspace = {dataspace_info_serve, dataspace_native_serve,
	                                                    dataspace_discard_serve};
	static const struct rm_handlers space = {.attach = space_attach_serve, .detach = space_detach_serve};
	static const struct rm_handlers map = {rm_attach_serve,        rm_detach_serve, rm_protect_serve,
	                                       rm_fault_handler_serve, rm_state_serve,  rm_dataspace_serve};
	static const struct rm_service_handlers service = {rm_service_create_serve, rm_service_destroy_serve};

	switch (served->type) {
	case SERVED_DATASPACE: return dataspace_dispatch(&dataspace, served, in, out);
	case SERVED_SPACE: return rm_dispatch(&space, served, in, out);
	case SERVED_MAP: return rm_dispatch(&map, served, in, out);
	case SERVED_RM: return rm_service_dispatch(&service, served, in, out);
	default: return ERR_UNSUPPORTED;
	}
}
