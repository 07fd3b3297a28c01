/* SPDX-License-Identifier: MIT */
/*
 * The shapes of records, expanded from IMAGE_KIND_TABLE.
 */
#include "kind.h"

/*
 * The lengths are the end of the fixed part, but for a filler word where the count does not align.
 */
enum {
	LENGTHS_target = offsetof(struct image_target, length),
	LENGTHS_dataspace = offsetof(struct image_dataspace, length),
	LENGTHS_extent = 0,
	LENGTHS_region_map = 0,
	LENGTHS_attachment = 0,
	LENGTHS_object = 0,
	LENGTHS_session = offsetof(struct image_session, length),
	LENGTHS_rpc_object = offsetof(struct image_rpc_object, length),
	LENGTHS_thread = offsetof(struct image_thread, length),
	LENGTHS_capability = 0,
	LENGTHS_terminal = 0,
	LENGTHS_file = offsetof(struct image_file, length)
};

#define SHAPE(name, number, pieces)                                                                \
	[number] = {sizeof(struct image_##name), pieces, LENGTHS_##name},
static const struct image_shape shapes[IMAGE_KIND_COUNT] = {IMAGE_KIND_TABLE(SHAPE)};
#undef SHAPE

const struct image_shape *image_shape(uint32_t kind)
{
	return kind > IMAGE_KIND_none && kind < IMAGE_KIND_COUNT ? &shapes[kind] : NULL;
}

struct image_key image_key(const struct image_record *record)
{
	switch (record->kind) {
	case IMAGE_KIND_extent:
		return (struct image_key){record->id, ((const struct image_extent *)record)->offset};
	case IMAGE_KIND_attachment:
		return (struct image_key){record->id, ((const struct image_attachment *)record)->address};
	case IMAGE_KIND_capability:
		return (struct image_key){record->target, record->id};
	default:
		return (struct image_key){record->id, 0};
	}
}
