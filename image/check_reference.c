/* SPDX-License-Identifier: MIT */
/*
 * Each record against the rules of its kind: values that exist, text that is text, ids that lead to
 * a record of the right kind. One function per kind, chosen by a table.
 */
#include "check.h"
#include "kind.h"
#include <kernel/thread.h>

#define REQUIRE(condition, where, sentence)                                                        \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return image_reject_at(check, where, sentence);                            \
	} while (0)

enum { STATE_MAX = 4096 }; /* bytes of one saved register set or control block */

static bool exists(const struct image_check *check, enum image_kind kind, uint32_t id)
{
	return image_find(check->image, kind, id) != NULL;
}

/* One of the kinds in the bit set `kinds`, and there. */
static bool reference_holds(const struct image_check *check, struct image_reference reference,
                            uint32_t kinds)
{
	return reference.kind < IMAGE_KIND_COUNT && (kinds >> reference.kind & 1) != 0 &&
	       exists(check, (enum image_kind)reference.kind, reference.id);
}

/* A name: printable, at most 255 bytes. What is above ASCII is left to who prints it. */
static bool piece_is_name(const void *record, uint32_t n, bool empty)
{
	uint32_t length;
	const uint8_t *piece = image_piece(record, n, &length);
	for (uint32_t i = 0; i < length; i++)
		if (piece[i] < 0x20 || piece[i] == 0x7f)
			return false;
	return length <= 255 && (empty || length > 0);
}

/* Strings, each with its terminator, or nothing. */
static bool piece_is_strings(const void *record, uint32_t n)
{
	uint32_t length;
	const uint8_t *piece = image_piece(record, n, &length);
	return length == 0 || piece[length - 1] == 0;
}

static bool piece_is_path(const void *record, uint32_t n)
{
	uint32_t length;
	const uint8_t *piece = image_piece(record, n, &length);
	for (uint32_t i = 0; i < length; i++)
		if (piece[i] == 0)
			return false;
	return length > 0 && length <= 4096;
}

static bool pieces_equal(const void *a, const void *b, uint32_t n)
{
	uint32_t length, other;
	const uint8_t *first = image_piece(a, n, &length);
	const uint8_t *second = image_piece(b, n, &other);
	if (length != other)
		return false;
	for (uint32_t i = 0; i < length; i++)
		if (first[i] != second[i])
			return false;
	return true;
}

static err_t target_check(struct image_check *check, const void *record)
{
	const struct image_target *target = record;
	const struct image_record *other;

	REQUIRE(target->reserved == 0, &target->reserved, "reserved bytes in use");
	REQUIRE(piece_is_name(target, 0, false), target, "the name of a target is not a name");
	REQUIRE(piece_is_strings(target, 1) && piece_is_strings(target, 2), target,
	        "arguments or environment do not end");
	REQUIRE(exists(check, IMAGE_KIND_region_map, target->region_map), &target->region_map,
	        "the address space does not exist");
	for (uint32_t n = 0; (other = image_at(check->image, IMAGE_KIND_target, n)) != record; n++)
		REQUIRE(!pieces_equal(other, target, 0), target, "two targets have one name");
	return OK;
}

static err_t dataspace_check(struct image_check *check, const void *record)
{
	const struct image_dataspace *ds = record;
	REQUIRE(ds->size > 0 && ds->size % IMAGE_PAGE == 0 && ds->size <= UINT64_MAX / 2, &ds->size,
	        "impossible size of a dataspace");
	REQUIRE(ds->origin >= IMAGE_ORIGIN_ANONYMOUS && ds->origin <= IMAGE_ORIGIN_DEVICE, &ds->origin,
	        "unknown origin of a dataspace");
	if (ds->origin == IMAGE_ORIGIN_ANONYMOUS)
		REQUIRE(ds->length[0] == 0, ds, "an anonymous dataspace with a name");
	else
		REQUIRE(piece_is_name(ds, 0, false), ds, "the name of a ROM or device is not a name");
	REQUIRE(ds->origin == IMAGE_ORIGIN_ROM || (ds->digest[0] == 0 && ds->digest[1] == 0), ds->digest,
	        "the digest of what has no content");
	return OK;
}

static err_t region_map_check(struct image_check *check, const void *record)
{
	const struct image_region_map *rm = record;
	const struct image_object *signal = image_find(check->image, IMAGE_KIND_object, rm->fault_signal);
	REQUIRE(rm->size > 0 && rm->size % IMAGE_PAGE == 0 && rm->size <= UINT64_MAX / 2, &rm->size,
	        "impossible size of a region map");
	REQUIRE(rm->fault_signal != 0 || rm->fault_badge == 0, &rm->fault_badge, "badge without a signal");
	REQUIRE(rm->fault_signal == 0 || (signal != NULL && signal->kind == KIND_SIGNAL), &rm->fault_signal,
	        "the fault handler is no signal of this image");
	return OK;
}

static err_t object_check(struct image_check *check, const void *record)
{
	const struct image_object *object = record;
	REQUIRE(object->kind == KIND_ENDPOINT || object->kind == KIND_REPLY || object->kind == KIND_SIGNAL ||
	                object->kind == KIND_INTERRUPT,
	        &object->kind, "no kind of kernel object");
	REQUIRE(object->kind == KIND_SIGNAL || object->badges == 0, &object->badges, "badges of no signal");
	REQUIRE(object->kind == KIND_SIGNAL || object->count == 0 ||
	                (object->kind == KIND_INTERRUPT && object->count == 1),
	        &object->count, "something pending that is no signal");
	REQUIRE(object->count > 0 || object->badges == 0, &object->count, "badges without a submission");
	if (object->thread != 0) {
		const struct image_thread *thread =
			image_find(check->image, IMAGE_KIND_thread, object->thread);
		REQUIRE(object->kind == KIND_REPLY && thread != NULL &&
		                thread->object == object->record.id,
		        &object->thread, "bound to a thread that does not await it");
	}
	return OK;
}

static err_t session_check(struct image_check *check, const void *record)
{
	REQUIRE(piece_is_name(record, 0, false), record, "the name of a service is not a name");
	REQUIRE(piece_is_name(record, 1, true), record, "a label is not text");
	return OK;
}

static err_t rpc_object_check(struct image_check *check, const void *record)
{
	const struct image_rpc_object *object = record;
	const uint32_t kinds = 1u << IMAGE_KIND_target | 1u << IMAGE_KIND_dataspace |
	                       1u << IMAGE_KIND_region_map | 1u << IMAGE_KIND_thread |
	                       1u << IMAGE_KIND_session;
	REQUIRE(object->session == 0 || exists(check, IMAGE_KIND_session, object->session),
	        &object->session, "the session does not exist");
	REQUIRE((object->source.kind == 0 && object->source.id == 0) ||
	                reference_holds(check, object->source, kinds),
	        &object->source, "what it stands for does not exist");
	return OK;
}

/* Marks the control block as taken. The bitmaps lie behind the scratch words, one per target. */
static bool utcb_take(struct image_check *check, const struct image_thread *thread)
{
	uint32_t target = image_first(check->image, IMAGE_KIND_target, thread->record.target, 0);
	uint64_t *taken = check->scratch + check->image->trailer.record_count + target * 8;
	uint64_t bit = (uint64_t)1 << thread->utcb_index % 64;
	if (taken[thread->utcb_index / 64] & bit)
		return false;
	taken[thread->utcb_index / 64] |= bit;
	return true;
}

static err_t thread_check(struct image_check *check, const void *record)
{
	const struct image_thread *thread = record;
	const struct image_object *reply = image_find(check->image, IMAGE_KIND_object, thread->object);

	REQUIRE(thread->reserved == 0 && thread->reserved_end == 0, &thread->reserved, "reserved bytes in use");
	REQUIRE(thread->utcb_index < UTCB_COUNT, &thread->utcb_index, "impossible control block");
	REQUIRE(utcb_take(check, thread), &thread->utcb_index, "two threads have one control block");
	REQUIRE(thread->run <= THREAD_FAULTED, &thread->run, "unknown run state");
	REQUIRE(thread->run != THREAD_AWAITING || thread->object != 0, &thread->object, "awaits nothing");
	REQUIRE(thread->object == 0 || thread->run == THREAD_AWAITING || thread->run == THREAD_FAULTED,
	        &thread->object, "awaits a reply in a state that awaits none");
	REQUIRE(thread->object == 0 || (reply != NULL && reply->kind == KIND_REPLY &&
	                                reply->thread == thread->record.id),
	        &thread->object, "awaits a reply object that is not bound to it");
	REQUIRE(thread->fault <= FAULT_DEAD && thread->access <= RIGHT_ALL, &thread->fault, "unknown fault");
	REQUIRE(thread->run == THREAD_FAULTED || (thread->fault == FAULT_NONE && thread->access == 0),
	        &thread->fault, "a fault in a state that has none");
	REQUIRE(thread->priority <= PRIORITY_MAX, &thread->priority, "impossible priority");
	REQUIRE(thread->budget <= thread->period || thread->period == 0, &thread->budget,
	        "a budget larger than its period");
	REQUIRE(piece_is_name(thread, 0, true), thread, "the name of a thread is not a name");
	REQUIRE(thread->length[1] > 0, &thread->length[1], "a thread without registers");
	for (uint32_t n = 1; n < 5; n++)
		REQUIRE(thread->length[n] <= STATE_MAX, &thread->length[n], "impossible size of registers");
	return OK;
}

/* The kernel kinds by which a record of an image kind can be named, as a bit set. */
static uint32_t capability_kinds(const struct image_check *check, struct image_reference reference)
{
	const struct image_object *object;
	switch (reference.kind) {
	case IMAGE_KIND_object:
		object = image_find(check->image, IMAGE_KIND_object, reference.id);
		return object != NULL ? 1u << object->kind : 0;
	case IMAGE_KIND_target:
		return 1u << KIND_ENDPOINT | 1u << KIND_PD;
	case IMAGE_KIND_thread:
		return 1u << KIND_ENDPOINT | 1u << KIND_THREAD;
	default:
		return 1u << KIND_ENDPOINT;
	}
}

static err_t capability_check(struct image_check *check, const void *record)
{
	const struct image_capability *cap = record;
	const uint32_t kinds = 1u << IMAGE_KIND_target | 1u << IMAGE_KIND_dataspace |
	                       1u << IMAGE_KIND_region_map | 1u << IMAGE_KIND_object |
	                       1u << IMAGE_KIND_session | 1u << IMAGE_KIND_rpc_object |
	                       1u << IMAGE_KIND_thread;
	REQUIRE(reference_holds(check, cap->object, kinds), &cap->object, "names an object that does not exist");
	REQUIRE(cap->kind < KIND_COUNT && (capability_kinds(check, cap->object) >> cap->kind & 1) != 0,
	        &cap->kind, "the capability is of another kind than its object");
	REQUIRE(cap->rights <= RIGHT_ALL && cap->reserved == 0, &cap->rights, "impossible rights");
	REQUIRE(cap->badge == 0 || cap->kind == KIND_ENDPOINT || cap->kind == KIND_SIGNAL, &cap->badge,
	        "a badge where none can be");
	return OK;
}

static err_t terminal_check(struct image_check *check, const void *record)
{
	const struct image_terminal *terminal = record;
	REQUIRE(exists(check, IMAGE_KIND_session, terminal->record.id), &terminal->record.id,
	        "the terminal session does not exist");
	return OK;
}

static err_t file_check(struct image_check *check, const void *record)
{
	const struct image_file *file = record;
	REQUIRE(file->mtime_nanoseconds < 1000000000 && file->reserved == 0, &file->mtime_nanoseconds,
	        "impossible time of a file");
	REQUIRE(piece_is_path(file, 0) && piece_is_path(file, 1), file, "a path is not a path");
	return OK;
}

typedef err_t (*check_function)(struct image_check *check, const void *record);

/* NULL: looked at by image_check_extents and image_check_maps. */
static const struct {
	check_function check;
	bool owned; /* belongs to a target */
} rules[IMAGE_KIND_COUNT] = {
	[IMAGE_KIND_target] = {target_check, false},
	[IMAGE_KIND_dataspace] = {dataspace_check, true},
	[IMAGE_KIND_extent] = {NULL, false},
	[IMAGE_KIND_region_map] = {region_map_check, true},
	[IMAGE_KIND_attachment] = {NULL, false},
	[IMAGE_KIND_object] = {object_check, true},
	[IMAGE_KIND_session] = {session_check, true},
	[IMAGE_KIND_rpc_object] = {rpc_object_check, true},
	[IMAGE_KIND_thread] = {thread_check, true},
	[IMAGE_KIND_capability] = {capability_check, true},
	[IMAGE_KIND_terminal] = {terminal_check, false},
	[IMAGE_KIND_file] = {file_check, true},
};

static err_t record_check(struct image_check *check, const struct image_record *record)
{
	REQUIRE(record->id != 0, &record->id, "id 0 is none");
	if (rules[record->kind].owned)
		REQUIRE(exists(check, IMAGE_KIND_target, record->target), &record->target,
		        "belongs to a target that does not exist");
	else
		REQUIRE(record->target == 0, &record->target, "belongs to nobody, but names a target");
	return rules[record->kind].check != NULL ? rules[record->kind].check(check, record) : OK;
}

err_t image_check_references(struct image_check *check)
{
	struct image *image = check->image;
	uint64_t *bitmaps = check->scratch + image->trailer.record_count;

	if (image->count[IMAGE_KIND_target] == 0 || image->count[IMAGE_KIND_target] > IMAGE_TARGETS_MAX)
		return image_reject(check->fault, image->trailer.records_offset,
		                    "an image holds 1 to 64 targets");
	for (uint32_t i = 0; i < IMAGE_TARGETS_MAX * 8; i++)
		bitmaps[i] = 0;
	for (uint32_t kind = 1; kind < IMAGE_KIND_COUNT; kind++)
		for (uint32_t n = 0; n < image->count[kind]; n++) {
			err_t err = record_check(check, image_at(image, (enum image_kind)kind, n));
			if (err != OK)
				return err;
		}
	return OK;
}
