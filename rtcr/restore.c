/* SPDX-License-Identifier: MIT */
/*
 * A target from an image. The reader has checked that the image is whole and its references hold; here it is first checked
 * that this node can give everything it needs (all that is missing is said at once), then it is made:
 *
 *    domain, dataspaces and their content, kernel objects, region maps, sessions, threads, capabilities, clock, go
 *
 * What the target named by an id before it names by the same id again, at the same slot.
 */
#include <cpu/session.h>
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <pd/session.h>
#include <store/session.h>
#include <terminal/session.h>

#include <inttypes.h>

#include "rtcr/archive.h"
#include "rtcr/machine.h"
#include "rtcr/records.h"
#include "rtcr/reserve.h"
#include "rtcr/target.h"

static struct image image;

static err_t dataspaces_make(void)
{
	err_t err = OK;

	for (uint32_t i = 0; i < image_count(&image, IMAGE_KIND_dataspace) && err == OK; i++) {
		const struct image_dataspace *record = image_at(&image, IMAGE_KIND_dataspace, i);
		struct dataspace_entry *made;
		if (record->origin == IMAGE_ORIGIN_DEVICE)
			continue;   /* with its session */
		err = dataspace_add(record->size, record->record.id, &made);
		if (err != OK || record->origin != IMAGE_ORIGIN_ROM)
			continue;
		made->origin = IMAGE_ORIGIN_ROM;
		memcpy(made->digest, record->digest, sizeof made->digest);
		err = rom_name_read(record, &made->rom_size, made->name, sizeof made->name);
		if (err == OK)
			err = content_read(made);
	}
	return err;
}

/* Where the next bytes go. */
struct fill {
	uint32_t extent;               /* number of the next */
	struct dataspace_entry *dataspace;
	uint64_t offset, left;         /* in this one */
};

/* The next DATA extent, its pages present if it is seen whole; nothing is left if there is none. */
static err_t fill_next(struct fill *fill)
{
	const struct image_extent *extent = NULL;

	while (fill->extent < image_count(&image, IMAGE_KIND_extent) && (!extent || extent->type != IMAGE_EXTENT_DATA))
		extent = image_at(&image, IMAGE_KIND_extent, fill->extent++);
	if (!extent || extent->type != IMAGE_EXTENT_DATA)
		return OK;
	fill->dataspace = (struct dataspace_entry *)registry_find(extent->record.id);
	fill->offset = extent->offset;
	fill->left = extent->size;
	err_t err = view_keep(&fill->dataspace->source);
	if (err == OK && fill->dataspace->source.bytes)
		err = view_populate(&fill->dataspace->source, fill->offset, fill->left);
	return err;
}

static err_t chunk_fill(struct fill *fill, const uint8_t *chunk, uint64_t size)
{
	err_t err = OK;

	for (uint64_t at = 0; at < size && err == OK;) {
		if (!fill->left)
			err = fill_next(fill);
		if (err != OK || !fill->left)
			break;
		uint64_t part = fill->left;
		uint8_t *to;
		err = view_show(WINDOW_SOURCE, &fill->dataspace->source, fill->offset, &part, &to);
		if (err != OK)
			break;
		if (part > size - at)
			part = size - at;
		memcpy(to, chunk + at, part);
		fill->offset += part;
		fill->left -= part;
		at += part;
	}
	return err;
}

/* Chunks in order, their bytes to the extents in order: both are laid out the same way. */
static err_t memory_fill(void)
{
	struct fill fill = {0};
	uint8_t *chunk = NULL;
	struct image_fault fault;
	err_t err = archive_chunk_buffer(image.header.chunk_size, &chunk);

	for (uint64_t c = 0; c < image.trailer.chunk_count && err == OK; c++) {
		err = image_chunk_read(&image, c, chunk, &fault);
		if (err != OK)
			target_fail("restore: chunk %" PRIu64 ": %s", c, fault.sentence);
		else
			err = chunk_fill(&fill, chunk, image_chunk_size(&image, c));
	}
	target.status.memory_bytes = image.trailer.memory_size;
	target.status.image_bytes = image.trailer.image_size;
	return err;
}

static err_t objects_make(void)
{
	err_t err = OK;

	for (uint32_t i = 0; i < image_count(&image, IMAGE_KIND_object) && err == OK; i++) {
		const struct image_object *record = image_at(&image, IMAGE_KIND_object, i);
		struct object_entry *made;
		if (record->kind == KIND_INTERRUPT)
			continue;   /* with its session */
		err = object_add(record->kind, record->record.id, &made);
		if (err == OK && record->kind == KIND_SIGNAL && record->count)
			err = signal_set((signal_t){made->slot}, record->badges, record->count);
	}
	return err;
}

/* The object with `id` must be a signal; a capability to it with `badge`. */
static err_t signal_name(uint32_t id, uint32_t badge, slot_t *slot)
{
	const struct entry *entry = registry_find(id);

	if (!entry || entry->kind != ENTRY_OBJECT || ((const struct object_entry *)entry)->kind != KIND_SIGNAL)
		return ERR_CORRUPT;
	return cap_mint((cap_t){((const struct object_entry *)entry)->slot}, badge, RIGHT_SEND, slot);
}

static err_t maps_make(const struct image_target *description)
{
	err_t err = OK;

	for (uint32_t i = 0; i < image_count(&image, IMAGE_KIND_region_map) && err == OK; i++) {
		const struct image_region_map *record = image_at(&image, IMAGE_KIND_region_map, i);
		bool space = record->record.id == description->region_map;
		struct map_entry *made;
		slot_t slot;
		err = map_add(space ? 0 : record->size, record->record.id, &made);
		if (err != OK || !record->fault_signal)
			continue;
		err = signal_name(record->fault_signal, record->fault_badge, &slot);
		if (err != OK)
			continue;
		err = map_handler_set(made, record->fault_signal, record->fault_badge, slot);
		if (err != OK)
			slot_give(slot);
	}
	target.space = description->region_map;
	for (uint32_t i = 0; i < image_count(&image, IMAGE_KIND_attachment) && err == OK; i++) {
		const struct image_attachment *record = image_at(&image, IMAGE_KIND_attachment, i);
		struct region region = {record->address, record->size, record->offset, record->source.id, record->rights};
		err = map_attach((struct map_entry *)registry_find(record->record.id), &region, false, 0);
	}
	return err;
}

/* The device as it is now, and what the component had of it as it was; it is reserved, and what the image says of it holds. */
static err_t device_again(struct session_entry *session, const struct session_state *state)
{
	log_line("restore: device %s is given back as it is; its own state is not part of a checkpoint", session->label);
	if (session->service == SERVICE_IO_MEM)
		return registers_take(session, state->source);
	if (!session->source)
		return OK;
	const struct image_object *line = image_find(&image, IMAGE_KIND_object, session->source);
	session->masked = line->count;
	return line_take(session);
}

static err_t session_make(const struct image_session *record, enum service service)
{
	char label[PARENT_LABEL] = "";
	struct session_state state;
	struct session_entry *made;
	uint32_t length;
	const uint8_t *bytes = image_piece(record, 1, &length);

	memcpy(label, bytes, length < sizeof label ? length : sizeof label - 1);
	memcpy(&state, image_piece(record, 3, &length), sizeof state);
	err_t err = session_add(service, label, state.client_id, record->record.id, &made);
	if (err != OK)
		return err;
	made->source = service == SERVICE_IO_MEM ? 0 : state.source;
	made->buffer = state.buffer;
	made->deadline = state.deadline;
	made->period = state.period;
	target.timers_armed |= service == SERVICE_TIMER;
	slot_t slot;
	if (service == SERVICE_IRQ || service == SERVICE_IO_MEM)
		err = device_again(made, &state);
	if (!state.signal || err != OK)
		return err;
	err = signal_name(state.signal, state.signal_badge, &slot);
	if (err != OK)
		return err;
	err = session_handler_set(made, state.signal, state.signal_badge, slot);
	if (err != OK)
		slot_give(slot);
	return err;
}

static err_t sessions_make(void)
{
	err_t err = OK;

	for (uint32_t i = 0; i < image_count(&image, IMAGE_KIND_session) && err == OK; i++) {
		const struct image_session *record = image_at(&image, IMAGE_KIND_session, i);
		err = session_make(record, session_service(record));
		if (err != OK)
			target_fail("restore: a session of %s cannot be made: %s",
			            service_names[session_service(record)], err_sentence(err));
	}
	return err;
}

/* Output behind the checkpoint is taken back. */
static err_t output_restore(void)
{
	for (uint32_t i = 0; i < image_count(&image, IMAGE_KIND_terminal); i++) {
		const struct image_terminal *record = image_at(&image, IMAGE_KIND_terminal, i);
		struct session_entry *session = (struct session_entry *)registry_find(record->record.id);
		session->output = record->output_offset;
	}
	return terminals_cut(image.header.generation, target.status.generation);
}

static err_t thread_state_read(const struct image_thread *record, struct thread_state *state)
{
	const struct {
		void *to;
		uint32_t size;
		uint32_t *present;
	} parts[] = {{&state->registers, sizeof state->registers, NULL},
	             {&state->utcb, sizeof state->utcb, NULL},
	             {&state->foreign, sizeof state->foreign, &state->has_foreign},
	             {&state->fault_frame, sizeof state->fault_frame, &state->has_fault}};

	memset(state, 0, sizeof *state);
	state->run = record->run;
	for (uint32_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		uint32_t length;
		const uint8_t *bytes = image_piece(record, i + 1, &length);
		if (length != parts[i].size && (length || !parts[i].present))
			return ERR_CORRUPT;
		memcpy(parts[i].to, bytes, length);
		if (parts[i].present)
			*parts[i].present = length != 0;
	}
	return OK;
}

static err_t thread_make(const struct image_thread *record)
{
	static struct thread_state state;
	const struct thread_schedule schedule = {record->priority, record->core, record->budget, record->period};
	const struct cpu_thread_schedule_request limit = {record->priority, record->core, record->budget, record->period};
	struct cpu_thread_schedule_reply limited;
	struct thread_entry *made;
	reply_t awaits = {0};
	char name[CPU_NAME] = "";
	uint32_t length;
	const uint8_t *bytes = image_piece(record, 0, &length);

	memcpy(name, bytes, length < sizeof name ? length : sizeof name - 1);
	err_t err = thread_add(record->utcb_index, name, &schedule, record->record.id, &made);
	if (err == OK && record->budget)
		err = cpu_thread_schedule((ep_t){made->real}, &limit, NULL, &limited, NULL);
	if (err != OK) {
		target_fail("restore: thread %s with priority %u on core %d: %s", name, record->priority,
		            (int)record->core, err_sentence(err));
		return err;
	}
	err = thread_state_read(record, &state);
	if (err == OK && record->run == THREAD_AWAITING) {
		const struct entry *object = registry_find(record->object);
		if (!object || object->kind != ENTRY_OBJECT)
			return ERR_CORRUPT;
		awaits.slot = ((const struct object_entry *)object)->slot;
	}
	return err == OK ? thread_write(made->native, &state, awaits) : err;
}

static err_t threads_make(void)
{
	err_t err = OK;

	for (uint32_t i = 0; i < image_count(&image, IMAGE_KIND_thread) && err == OK; i++)
		err = thread_make(image_at(&image, IMAGE_KIND_thread, i));
	return err;
}

static err_t capabilities_make(void)
{
	const pd_t pd = {target.child.native};
	err_t err = OK;

	for (uint32_t i = 0; i < image_count(&image, IMAGE_KIND_capability) && err == OK; i++) {
		const struct image_capability *record = image_at(&image, IMAGE_KIND_capability, i);
		struct entry *entry = registry_find(record->object.id);
		uint32_t badge = BADGE_OF(record->object.id);
		slot_t from = rtcr_server.ep.slot;
		if (!entry)
			return ERR_CORRUPT;
		if (entry->kind == ENTRY_OBJECT) {
			from = ((const struct object_entry *)entry)->slot;
			badge = record->badge;
		}
		entry->named = true;
		err = cap_copy(PD_SELF, from, pd, record->record.id, record->rights, badge);
		if (err != OK)
			target_fail("restore: slot %u: %s", record->record.id, err_sentence(err));
	}
	return err;
}

static bool capability_same(const struct image_capability *record, const struct cap_entry *cap)
{
	const struct entry *entry = registry_find(record->object.id);
	const struct image_object *object = NULL;
	bool kernels = entry->kind == ENTRY_OBJECT;

	if (kernels)
		object = image_find(&image, IMAGE_KIND_object, record->object.id);
	return cap->slot == record->record.id && cap->kind == record->kind && cap->rights == record->rights &&
	       cap->badge == (kernels ? record->badge : BADGE_OF(record->object.id)) &&
	       (!kernels || cap->object == ((const struct object_entry *)entry)->kernel_id) &&
	       (!object || cap->pending_count >= object->count);   /* a terminal may have had news meanwhile */
}

/* The kernel's own list of the new capability space against the image, slot by slot. */
static err_t capabilities_compare(void)
{
	static struct cap_entry caps[CAP_LIST_MAX];
	uint32_t n = 0, count, total = image_count(&image, IMAGE_KIND_capability);
	slot_t next = 1;

	do {
		err_t err = cap_list((pd_t){target.child.native}, next, CAP_LIST_MAX, caps, &count, &next);
		if (err != OK)
			return err;
		for (uint32_t i = 0; i < count; i++, n++)
			if (n == total || !capability_same(image_at(&image, IMAGE_KIND_capability, n), &caps[i])) {
				target_fail("restore: slot %u is not what it was", caps[i].slot);
				return ERR_CORRUPT;
			}
	} while (next);
	return n == total ? OK : ERR_CORRUPT;
}

/*
 * What arrived for a terminal since the checkpoint is told by no signal any more, so each is given one: a signal without
 * news is harmless, its receiver looks.
 */
static void terminals_wake(void)
{
	for (const struct entry *entry = registry.first; entry; entry = entry->next) {
		const struct session_entry *session = (const struct session_entry *)entry;
		if (entry->kind != ENTRY_SESSION || session->service != SERVICE_TERMINAL || !session->signal_slot)
			continue;
		err_t ignored = signal_submit((signal_t){session->signal_slot});
		(void)ignored;
	}
}

/* A thread that was made but not started, or stopped for good, stays as it is: to resume it would be to start it. */
static err_t target_go(const struct image_target *description)
{
	err_t err = pd_clock_set((pd_t){target.child.native}, description->clock_ns);

	for (uint32_t i = 0; i < image_count(&image, IMAGE_KIND_thread) && err == OK; i++) {
		const struct image_thread *record = image_at(&image, IMAGE_KIND_thread, i);
		const struct thread_entry *thread = (const struct thread_entry *)registry_find(record->record.id);
		if (record->run != THREAD_STOPPED)
			err = thread_resume(thread->native);
	}
	if (err == OK)
		terminals_wake();
	return err;
}

static err_t target_build(const struct image_target *description)
{
	err_t err = target_make(description->ram_quota, description->cap_quota);

	if (err == ERR_MEMORY_QUOTA || err == ERR_CAP_QUOTA)
		target_fail("restore: the component needs %" PRIu64 " MiB and %u capabilities; this instance has less",
		            description->ram_quota >> 20, description->cap_quota);
	if (err == OK)
		err = target_state_read(description);
	if (err == OK)
		err = dataspaces_make();
	if (err == OK)
		err = memory_fill();
	if (err == OK)
		err = objects_make();
	if (err == OK)
		err = sessions_make();
	if (err == OK)
		err = maps_make(description);
	if (err == OK)
		err = output_restore();
	if (err == OK)
		err = threads_make();
	if (err == OK)
		err = capabilities_make();
	if (err == OK)
		err = capabilities_compare();
	return err == OK ? target_go(description) : err;
}

err_t target_restore(uint64_t generation)
{
	uint64_t begin = clock_now();
	err_t err = archive_open(generation, &image);

	if (err == OK)
		err = archive_check(&image);
	if (err == OK && target.exists)
		err = archive_verify(&image);
	if (err != OK) {
		devices_release();
		archive_close();
		if (!target.sentence[0])
			target_fail("restore: %s", err_sentence(err));
		return err;
	}
	const struct image_target *description = image_at(&image, IMAGE_KIND_target, 0);
	target_note(TARGET_RUNNING, image.header.generation);
	devices_keep();
	target_destroy();
	err = target_build(description);
	devices_release();
	if (err != OK) {
		if (!target.sentence[0])
			target_fail("restore: %s", err_sentence(err));
		target_destroy();
		archive_close();
		target_state_set(TARGET_KILLED);
		return err;
	}
	target.status.restore_ns = clock_now() - begin;
	target.parent = image.header.generation;
	archive_close();
	target_state_set(TARGET_RUNNING);
	return OK;
}
