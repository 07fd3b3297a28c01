/* SPDX-License-Identifier: MIT */
/* The registry as records, see records.h and image/record.h. */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include <inttypes.h>

#include "rtcr/records.h"
#include "rtcr/target.h"

struct item {
	uint32_t fixed, pieces;
	uint32_t length[IMAGE_PIECES_MAX];
	uint32_t size;                   /* of all of it */
};

void records_clear(struct records *records)
{
	records->used = 0;
}

static err_t add(struct records *records, const void *record, uint32_t fixed, const struct image_piece *pieces,
                 uint32_t count)
{
	struct item item = {.fixed = fixed, .pieces = count};
	uint64_t size = sizeof item + fixed;

	for (uint32_t i = 0; i < count; i++) {
		item.length[i] = pieces[i].size;
		size += pieces[i].size;
	}
	size = (size + 7) & ~(uint64_t)7;
	item.size = (uint32_t)size;
	if (records->used + size > records->room) {
		uint64_t room = (records->used + size) * 2;
		uint8_t *grown = heap_resize(records->bytes, room);
		if (!grown)
			return ERR_MEMORY_QUOTA;
		records->bytes = grown;
		records->room = room;
	}
	uint8_t *at = records->bytes + records->used;
	memcpy(at, &item, sizeof item);
	memcpy(at + sizeof item, record, fixed);
	at += sizeof item + fixed;
	for (uint32_t i = 0; i < count; i++) {
		memcpy(at, pieces[i].bytes, pieces[i].size);
		at += pieces[i].size;
	}
	records->used += size;
	return OK;
}

err_t records_write(const struct records *records, struct image_writer *writer)
{
	err_t err = OK;

	for (uint64_t at = 0; at < records->used && err == OK;) {
		const struct item *item = (const struct item *)(records->bytes + at);
		const uint8_t *fixed = (const uint8_t *)(item + 1), *bytes = fixed + item->fixed;
		struct image_piece pieces[IMAGE_PIECES_MAX];
		for (uint32_t i = 0; i < item->pieces; i++) {
			pieces[i] = (struct image_piece){bytes, item->length[i]};
			bytes += item->length[i];
		}
		err = image_write_record(writer, (const struct image_record *)fixed, pieces);
		at += item->size;
	}
	return err;
}

static struct image_record head(uint16_t kind, uint32_t id, uint32_t owner)
{
	return (struct image_record){.kind = kind, .id = id, .target = owner};
}

err_t record_target(struct records *records, uint64_t clock)
{
	const struct image_target record = {.record = head(IMAGE_KIND_target, 1, 0), .ram_quota = target.ram,
	                                    .clock_ns = clock, .cap_quota = target.caps, .region_map = target.space};
	char state[96];
	uint32_t length = (uint32_t)text_format(state, sizeof state, "core=%u priority=%u flags=%u output=%" PRIu64,
	                                        target.core, target.priority, target.flags, target.output) + 1;
	const struct image_piece pieces[3] = {{target.name, (uint32_t)strlen(target.name)}, {state, length}, {"", 0}};

	return add(records, &record, sizeof record, pieces, 3);
}

err_t record_dataspaces(struct records *records)
{
	err_t err = OK;

	for (struct entry *entry = registry.first; entry && err == OK; entry = entry->next) {
		const struct dataspace_entry *ds = (const struct dataspace_entry *)entry;
		char name[PARENT_LABEL + 24] = "";
		if (entry->kind != ENTRY_DATASPACE)
			continue;
		struct image_dataspace record = {.record = head(IMAGE_KIND_dataspace, entry->id, 1), .size = ds->size,
		                                 .origin = ds->origin};
		if (ds->origin == IMAGE_ORIGIN_ROM) {
			text_format(name, sizeof name, "%" PRIu64 " %s", ds->rom_size, ds->name);
			memcpy(record.digest, ds->digest, sizeof record.digest);
		} else if (ds->origin == IMAGE_ORIGIN_DEVICE) {
			text_copy(name, sizeof name, ds->name);
		}
		const struct image_piece piece = {name, (uint32_t)strlen(name)};
		err = add(records, &record, sizeof record, &piece, 1);
	}
	return err;
}

err_t record_extent(struct records *records, uint32_t id, uint64_t offset, uint64_t size, uint32_t type)
{
	const struct image_extent record = {.record = head(IMAGE_KIND_extent, id, 0), .offset = offset, .size = size,
	                                    .type = type};

	return add(records, &record, sizeof record, NULL, 0);
}

static err_t attachments(struct records *records, const struct map_entry *map)
{
	err_t err = OK;

	for (uint32_t i = 0; i < map->count && err == OK; i++) {
		const struct region *region = &map->regions[i];
		const struct entry *source = registry_find(region->source);
		const struct image_attachment record = {
			.record = head(IMAGE_KIND_attachment, map->entry.id, 0), .address = region->address,
			.size = region->size, .offset = region->offset, .rights = region->rights,
			.source = {source->kind == ENTRY_MAP ? IMAGE_KIND_region_map : IMAGE_KIND_dataspace, source->id}};
		err = add(records, &record, sizeof record, NULL, 0);
	}
	return err;
}

/* What a handler or a buffer was may be gone: the target freed it. */
static uint32_t alive(uint32_t id)
{
	return registry_find(id) ? id : 0;
}

err_t record_maps(struct records *records)
{
	err_t err = OK;

	for (struct entry *entry = registry.first; entry && err == OK; entry = entry->next) {
		const struct map_entry *map = (const struct map_entry *)entry;
		if (entry->kind != ENTRY_MAP)
			continue;
		uint32_t handler = alive(map->handler);
		const struct image_region_map record = {.record = head(IMAGE_KIND_region_map, entry->id, 1),
		                                        .size = map->size, .fault_signal = handler,
		                                        .fault_badge = handler ? map->handler_badge : 0};
		err = add(records, &record, sizeof record, NULL, 0);
	}
	for (struct entry *entry = registry.first; entry && err == OK; entry = entry->next)
		if (entry->kind == ENTRY_MAP)
			err = attachments(records, (const struct map_entry *)entry);
	return err;
}

void records_pending(const struct cap_entry *caps, uint32_t count)
{
	for (struct entry *entry = registry.first; entry; entry = entry->next) {
		struct object_entry *object = (struct object_entry *)entry;
		if (entry->kind == ENTRY_OBJECT && object->kind != KIND_INTERRUPT)
			object->badges = object->count = object->thread = 0;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct entry *entry;
		if (caps[i].kind != KIND_SIGNAL || registry_of_cap(&caps[i], &entry) != OK)
			continue;
		((struct object_entry *)entry)->badges = caps[i].pending_badges;
		((struct object_entry *)entry)->count = caps[i].pending_count;
	}
}

static struct object_entry *object_awaited(const struct thread_state *state)
{
	const struct cap_entry cap = {.object = state->object};
	struct entry *entry;

	return registry_of_cap(&cap, &entry) == OK && entry->kind == ENTRY_OBJECT ? (struct object_entry *)entry : NULL;
}

void records_awaits(const struct thread_entry *thread, const struct thread_state *state)
{
	struct object_entry *object = state->run == THREAD_AWAITING ? object_awaited(state) : NULL;

	if (object)
		object->thread = thread->entry.id;
}

err_t record_objects(struct records *records)
{
	err_t err = OK;

	for (struct entry *entry = registry.first; entry && err == OK; entry = entry->next) {
		const struct object_entry *object = (const struct object_entry *)entry;
		if (entry->kind != ENTRY_OBJECT)
			continue;
		const struct image_object record = {.record = head(IMAGE_KIND_object, entry->id, 1), .kind = object->kind,
		                                    .badges = object->count ? object->badges : 0, .count = object->count,
		                                    .thread = object->thread};
		err = add(records, &record, sizeof record, NULL, 0);
	}
	return err;
}

err_t record_sessions(struct records *records)
{
	err_t err = OK;

	for (struct entry *entry = registry.first; entry && err == OK; entry = entry->next) {
		const struct session_entry *session = (const struct session_entry *)entry;
		if (entry->kind != ENTRY_SESSION)
			continue;
		const struct image_session record = {.record = head(IMAGE_KIND_session, entry->id, 1),
		                                     .badge = BADGE_OF(entry->id)};
		uint32_t buffer = alive(session->buffer), signal = alive(session->signal);
		if (session->service == SERVICE_TERMINAL && !buffer)
			signal = 0;
		const struct session_state state = {session->client_id, session->source, signal,
		                                    signal ? session->signal_badge : 0, buffer, 0, session->deadline,
		                                    session->period};
		const char *service = service_names[session->service];
		const struct image_piece pieces[4] = {{service, (uint32_t)strlen(service)},
		                                      {session->label, (uint32_t)strlen(session->label)},
		                                      {session->compatible, (uint32_t)strlen(session->compatible)},
		                                      {&state, sizeof state}};
		err = add(records, &record, sizeof record, pieces, 4);
	}
	return err;
}

err_t record_thread(struct records *records, const struct thread_entry *thread, const struct thread_state *state)
{
	const struct object_entry *awaited = state->run == THREAD_AWAITING ? object_awaited(state) : NULL;
	const struct image_thread record = {
		.record = head(IMAGE_KIND_thread, thread->entry.id, 1), .utcb_index = thread->index,
		/* Awaiting somebody outside: cannot be, its calls to here are answered or not received. */
		.run = state->run, .object = awaited ? awaited->entry.id : 0,
		.fault = state->run == THREAD_FAULTED ? state->fault : 0,
		.access = state->run == THREAD_FAULTED ? state->access : 0, .priority = thread->schedule.priority,
		.core = thread->schedule.core, .budget = thread->schedule.budget, .period = thread->schedule.period,
		.fault_address = state->run == THREAD_FAULTED ? state->fault_address : 0};
	const struct image_piece pieces[5] = {{thread->name, (uint32_t)strnlen(thread->name, sizeof thread->name)},
	                                      {&state->registers, sizeof state->registers},
	                                      {&state->utcb, sizeof state->utcb},
	                                      {&state->foreign, state->has_foreign ? sizeof state->foreign : 0},
	                                      {&state->fault_frame, state->has_fault ? sizeof state->fault_frame : 0}};

	if (state->run == THREAD_AWAITING && !awaited) {
		log_line("thread %s awaits a reply of nobody known", thread->name);
		return ERR_STATE;
	}
	return add(records, &record, sizeof record, pieces, 5);
}

err_t record_capability(struct records *records, const struct cap_entry *cap)
{
	static const uint16_t kinds[] = {[ENTRY_SESSION] = IMAGE_KIND_session, [ENTRY_DATASPACE] = IMAGE_KIND_dataspace,
	                                 [ENTRY_MAP] = IMAGE_KIND_region_map, [ENTRY_OBJECT] = IMAGE_KIND_object,
	                                 [ENTRY_THREAD] = IMAGE_KIND_thread};
	struct entry *entry;
	err_t err = registry_of_cap(cap, &entry);

	if (err != OK) {
		log_line("slot %u holds a capability that nobody here gave", cap->slot);
		return err;
	}
	const struct image_capability record = {.record = head(IMAGE_KIND_capability, cap->slot, 1),
	                                        .object = {kinds[entry->kind], entry->id}, .kind = cap->kind,
	                                        .badge = cap->badge, .rights = cap->rights};
	return add(records, &record, sizeof record, NULL, 0);
}

err_t record_terminals(struct records *records)
{
	err_t err = OK;

	for (struct entry *entry = registry.first; entry && err == OK; entry = entry->next) {
		const struct session_entry *session = (const struct session_entry *)entry;
		if (entry->kind != ENTRY_SESSION || session->service != SERVICE_TERMINAL)
			continue;
		const struct image_terminal record = {.record = head(IMAGE_KIND_terminal, entry->id, 0),
		                                      .output_offset = session->output};
		err = add(records, &record, sizeof record, NULL, 0);
	}
	return err;
}
