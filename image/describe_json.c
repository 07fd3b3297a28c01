/* SPDX-License-Identifier: MIT */
/*
 * An image as JSON, one array per kind of record, written record by record so that a large image
 * needs no large document in memory.
 */
#include "escape.h"
#include "names.h"
#include <image/describe.h>
#include <inttypes.h>
#include <kernel/thread.h>
#include <json-c/json.h>
#include <stdlib.h>

static void number(json_object *to, const char *key, uint64_t value)
{
	json_object_object_add(to, key, json_object_new_uint64(value));
}

static void string(json_object *to, const char *key, const char *value)
{
	json_object_object_add(to, key, json_object_new_string(value));
}

static void hexadecimal(json_object *to, const char *key, uint64_t high, uint64_t low)
{
	char text[33];
	snprintf(text, sizeof(text), "%016" PRIx64 "%016" PRIx64, high, low);
	string(to, key, text);
}

static void owned(json_object *to, const char *key, char *text)
{
	string(to, key, text != NULL ? text : "");
	free(text);
}

static void piece(json_object *to, const char *key, const void *record, uint32_t n)
{
	owned(to, key, image_text(record, n));
}

static void reference(json_object *to, const char *key, struct image_reference reference)
{
	json_object *object;
	if (reference.kind == IMAGE_KIND_none)
		return;
	object = json_object_new_object();
	string(object, "kind", image_kind_name(reference.kind));
	number(object, "id", reference.id);
	json_object_object_add(to, key, object);
}

static void target_fields(json_object *to, const void *record)
{
	const struct image_target *target = record;
	piece(to, "name", record, 0);
	owned(to, "arguments", image_state_text(record, 1));
	piece(to, "environment", record, 2);
	number(to, "ram_quota", target->ram_quota);
	number(to, "cap_quota", target->cap_quota);
	number(to, "clock_ns", target->clock_ns);
	number(to, "region_map", target->region_map);
}

static void dataspace_fields(json_object *to, const void *record)
{
	const struct image_dataspace *ds = record;
	number(to, "size", ds->size);
	string(to, "origin", image_origin_name(ds->origin));
	if (ds->origin != IMAGE_ORIGIN_ANONYMOUS)
		piece(to, "name", record, 0);
	if (ds->origin == IMAGE_ORIGIN_ROM)
		hexadecimal(to, "digest", ds->digest[1], ds->digest[0]);
}

static void extent_fields(json_object *to, const void *record)
{
	const struct image_extent *extent = record;
	number(to, "offset", extent->offset);
	number(to, "size", extent->size);
	string(to, "type", extent->type == IMAGE_EXTENT_DATA ? "data" : "zero");
	if (extent->type == IMAGE_EXTENT_DATA)
		number(to, "memory_offset", extent->memory_offset);
}

static void region_map_fields(json_object *to, const void *record)
{
	const struct image_region_map *rm = record;
	number(to, "size", rm->size);
	number(to, "fault_signal", rm->fault_signal);
	number(to, "fault_badge", rm->fault_badge);
}

static void attachment_fields(json_object *to, const void *record)
{
	const struct image_attachment *attachment = record;
	number(to, "address", attachment->address);
	number(to, "size", attachment->size);
	number(to, "offset", attachment->offset);
	number(to, "rights", attachment->rights);
	reference(to, "source", attachment->source);
}

static void object_fields(json_object *to, const void *record)
{
	const struct image_object *object = record;
	string(to, "kind", kernel_kind_name(object->kind));
	number(to, "badges", object->badges);
	number(to, "count", object->count);
	number(to, "thread", object->thread);
}

static void session_fields(json_object *to, const void *record)
{
	const struct image_session *session = record;
	piece(to, "service", record, 0);
	piece(to, "label", record, 1);
	number(to, "ram_quota", session->ram_quota);
	number(to, "cap_quota", session->cap_quota);
	number(to, "badge", session->badge);
	number(to, "state_bytes", session->length[3]);
}

static void rpc_object_fields(json_object *to, const void *record)
{
	const struct image_rpc_object *object = record;
	number(to, "session", object->session);
	number(to, "type", object->type);
	number(to, "badge", object->badge);
	reference(to, "source", object->source);
}

static void thread_fields(json_object *to, const void *record)
{
	const struct image_thread *thread = record;
	piece(to, "name", record, 0);
	number(to, "utcb_index", thread->utcb_index);
	string(to, "run", thread_run_name(thread->run));
	number(to, "awaits", thread->object);
	string(to, "fault", fault_name(thread->fault));
	number(to, "fault_address", thread->fault_address);
	number(to, "priority", thread->priority);
	if (thread->core == AFFINITY_ANY)
		string(to, "core", "any");
	else
		number(to, "core", thread->core);
	number(to, "budget_us", thread->budget);
	number(to, "period_us", thread->period);
	number(to, "register_bytes", thread->length[1]);
}

static void capability_fields(json_object *to, const void *record)
{
	const struct image_capability *cap = record;
	string(to, "kind", kernel_kind_name(cap->kind));
	number(to, "badge", cap->badge);
	number(to, "rights", cap->rights);
	reference(to, "object", cap->object);
}

static void terminal_fields(json_object *to, const void *record)
{
	const struct image_terminal *terminal = record;
	number(to, "output_offset", terminal->output_offset);
	number(to, "input_offset", terminal->input_offset);
}

static void file_fields(json_object *to, const void *record)
{
	const struct image_file *file = record;
	piece(to, "host_path", record, 0);
	piece(to, "path", record, 1);
	number(to, "size", file->size);
	number(to, "inode", file->inode);
	number(to, "device", file->device);
	json_object_object_add(to, "mtime_seconds", json_object_new_int64(file->mtime_seconds));
	number(to, "mtime_nanoseconds", file->mtime_nanoseconds);
}

typedef void (*fields_function)(json_object *to, const void *record);
#define FIELDS(name, number, pieces) [number] = name##_fields,
static const fields_function fields[IMAGE_KIND_COUNT] = {IMAGE_KIND_TABLE(FIELDS)};
#undef FIELDS

/* Print an object and let it go. */
static void object_print(json_object *object, FILE *out)
{
	fputs(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
	      out);
	json_object_put(object);
}

static void kind_print(const struct image *image, enum image_kind kind, FILE *out)
{
	fprintf(out, ",\n\"%ss\":[", kind == IMAGE_KIND_capability ? "capabilitie" : image_kind_name(kind));
	for (uint32_t n = 0; n < image_count(image, kind); n++) {
		const struct image_record *record = image_at(image, kind, n);
		json_object *object = json_object_new_object();
		number(object, "id", record->id);
		if (record->target != 0)
			number(object, "target", record->target);
		fields[kind](object, record);
		fputs(n > 0 ? ",\n" : "\n", out);
		object_print(object, out);
	}
	fputs("]", out);
}

err_t image_describe_json(const struct image *image, FILE *out)
{
	const struct image_header *header = &image->header;
	const struct image_trailer *trailer = &image->trailer;
	json_object *head = json_object_new_object();
	json_object *features = json_object_new_array();

	number(head, "version", header->version);
	string(head, "kernel", image_kernel_name(header->kernel));
	string(head, "architecture", image_architecture_name(header->architecture));
	number(head, "generation", header->generation);
	number(head, "parent_generation", header->parent_generation);
	number(head, "created_ns", header->created_ns);
	number(head, "xsave_mask", header->xsave_mask);
	number(head, "xsave_size", header->xsave_size);
	for (uint32_t i = 0; i < header->feature_count; i++)
		json_object_array_add(features, json_object_new_uint64(header->features[i]));
	json_object_object_add(head, "features", features);
	number(head, "chunk_size", header->chunk_size);
	number(head, "chunk_count", trailer->chunk_count);
	number(head, "memory_size", trailer->memory_size);
	number(head, "image_size", trailer->image_size);
	hexadecimal(head, "digest", trailer->digest[1], trailer->digest[0]);
	fputs("{\"image\":", out);
	object_print(head, out);
	for (uint32_t kind = 1; kind < IMAGE_KIND_COUNT; kind++)
		kind_print(image, (enum image_kind)kind, out);
	fputs("}\n", out);
	return ferror(out) ? ERR_IO : OK;
}
