/* SPDX-License-Identifier: MIT */
/*
 * Memory: extents against dataspaces and the memory of the image, attachments against region maps
 * and what is attached. Both lists are sorted, so one pass side by side with the objects shows gaps
 * and overlaps.
 */
#include "check.h"
#include "kind.h"
#include <kernel/types.h>

#define REQUIRE(condition, where, sentence)                                                        \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return image_reject_at(check, where, sentence);                            \
	} while (0)

/* `due`: where in its dataspace the extent must start; `memory`: where in the image's memory. */
static err_t extent_check(struct image_check *check, const struct image_extent *extent,
                          const struct image_dataspace *ds, uint64_t due, uint64_t *memory)
{
	REQUIRE(extent->offset == due, &extent->offset, "extents overlap or leave a gap");
	REQUIRE(extent->size > 0 && extent->size % IMAGE_PAGE == 0 && extent->size <= ds->size - due,
	        &extent->size, "an extent ends outside its dataspace");
	REQUIRE(extent->reserved == 0, &extent->reserved, "reserved bytes in use");
	REQUIRE(extent->type == IMAGE_EXTENT_DATA || extent->type == IMAGE_EXTENT_ZERO, &extent->type,
	        "unknown type of extent");
	if (extent->type == IMAGE_EXTENT_ZERO) {
		REQUIRE(extent->memory_offset == 0, &extent->memory_offset, "zeros have no place");
		return OK;
	}
	REQUIRE(extent->memory_offset == *memory, &extent->memory_offset, "memory is out of order");
	REQUIRE(extent->size <= check->image->trailer.memory_size - *memory, &extent->size,
	        "more memory than the image holds");
	*memory += extent->size;
	return OK;
}

err_t image_check_extents(struct image_check *check)
{
	const struct image *image = check->image;
	uint64_t memory = 0;
	uint32_t e = 0;

	for (uint32_t n = 0; n < image->count[IMAGE_KIND_dataspace]; n++) {
		const struct image_dataspace *ds = image_at(image, IMAGE_KIND_dataspace, n);
		uint64_t due = 0;
		for (; e < image->count[IMAGE_KIND_extent]; e++) {
			const struct image_extent *extent = image_at(image, IMAGE_KIND_extent, e);
			err_t err;
			if (extent->record.id != ds->record.id)
				break;
			REQUIRE(ds->origin == IMAGE_ORIGIN_ANONYMOUS, extent, "memory of a ROM or device");
			err = extent_check(check, extent, ds, due, &memory);
			if (err != OK)
				return err;
			due += extent->size;
		}
		REQUIRE(ds->origin != IMAGE_ORIGIN_ANONYMOUS || due == ds->size, &ds->size,
		        "extents do not cover this dataspace");
	}
	if (e < image->count[IMAGE_KIND_extent])
		return image_reject_at(check, image_at(image, IMAGE_KIND_extent, e),
		                       "an extent of a dataspace that does not exist");
	if (memory != image->trailer.memory_size)
		return image_reject(check->fault, image->trailer.memory_offset + memory,
		                    "memory that belongs to no extent");
	return OK;
}

/* The size of what is attached, 0 if there is no such thing. */
static uint64_t source_size(const struct image *image, struct image_reference source)
{
	const struct image_dataspace *ds;
	const struct image_region_map *rm;
	switch (source.kind) {
	case IMAGE_KIND_dataspace:
		ds = image_find(image, IMAGE_KIND_dataspace, source.id);
		return ds != NULL ? ds->size : 0;
	case IMAGE_KIND_region_map:
		rm = image_find(image, IMAGE_KIND_region_map, source.id);
		return rm != NULL ? rm->size : 0;
	default:
		return 0;
	}
}

/* `free`: first address of the region map that the attachments before it leave. */
static err_t attachment_check(struct image_check *check, const struct image_attachment *a,
                              const struct image_region_map *rm, uint64_t *free)
{
	uint64_t size = source_size(check->image, a->source);

	REQUIRE(size > 0, &a->source, "what is attached does not exist");
	REQUIRE(a->address % IMAGE_PAGE == 0 && a->offset % IMAGE_PAGE == 0 && a->size % IMAGE_PAGE == 0 &&
	                a->size > 0,
	        &a->address, "an attachment is not made of pages");
	REQUIRE(a->address >= *free, &a->address, "attachments overlap");
	REQUIRE(a->size <= rm->size && a->address <= rm->size - a->size, &a->address,
	        "an attachment ends outside its region map");
	REQUIRE(a->size <= size && a->offset <= size - a->size, &a->offset,
	        "an attachment ends outside what it attaches");
	REQUIRE(a->rights <= (RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE) && a->reserved == 0, &a->rights,
	        "impossible rights");
	*free = a->address + a->size;
	return OK;
}

/*
 * Region maps may be attached in region maps, but not in a circle. A walk in depth first order
 * without recursion: the scratch word of a region map holds where the walk stands in its
 * attachments, and from where it came.
 */
#define UNSEEN UINT32_MAX
#define LEFT (UINT32_MAX - 1)
#define ROOT UINT32_MAX

struct walk {
	uint32_t next; /* attachment to follow; UNSEEN before the walk comes by, LEFT behind it */
	uint32_t from; /* number of the region map that it came from, or ROOT */
};

/* Attachments of region map `n` start at the one with this number. */
static uint32_t attachments_first(const struct image *image, uint32_t n)
{
	const struct image_region_map *rm = image_at(image, IMAGE_KIND_region_map, n);
	return image_first(image, IMAGE_KIND_attachment, rm->record.id, 0);
}

/*
 * Walk everything below region map `n`. What was seen and not left is above where the walk stands.
 */
static err_t circle_check(struct image_check *check, struct walk *walks, uint32_t n)
{
	const struct image *image = check->image;
	uint32_t end = image->count[IMAGE_KIND_attachment];

	walks[n] = (struct walk){attachments_first(image, n), ROOT};
	while (n != ROOT) {
		const struct image_region_map *rm = image_at(image, IMAGE_KIND_region_map, n);
		const struct image_attachment *a = NULL;
		uint32_t below;
		if (walks[n].next < end)
			a = image_at(image, IMAGE_KIND_attachment, walks[n].next);
		if (a == NULL || a->record.id != rm->record.id) {
			walks[n].next = LEFT;
			n = walks[n].from;
			continue;
		}
		walks[n].next++;
		if (a->source.kind != IMAGE_KIND_region_map)
			continue;
		below = image_first(image, IMAGE_KIND_region_map, a->source.id, 0);
		REQUIRE(walks[below].next == UNSEEN || walks[below].next == LEFT, &a->source,
		        "a region map contains itself");
		if (walks[below].next == UNSEEN) {
			walks[below] = (struct walk){attachments_first(image, below), n};
			n = below;
		}
	}
	return OK;
}

static err_t circles_check(struct image_check *check)
{
	const struct image *image = check->image;
	uint32_t count = image->count[IMAGE_KIND_region_map];
	struct walk *walks = (struct walk *)(void *)check->scratch;

	for (uint32_t n = 0; n < count; n++)
		walks[n] = (struct walk){UNSEEN, ROOT};
	for (uint32_t n = 0; n < count; n++) {
		err_t err = walks[n].next == UNSEEN ? circle_check(check, walks, n) : OK;
		if (err != OK)
			return err;
	}
	return OK;
}

err_t image_check_maps(struct image_check *check)
{
	const struct image *image = check->image;
	uint32_t at = 0;

	for (uint32_t n = 0; n < image->count[IMAGE_KIND_region_map]; n++) {
		const struct image_region_map *rm = image_at(image, IMAGE_KIND_region_map, n);
		uint64_t free = 0;
		for (; at < image->count[IMAGE_KIND_attachment]; at++) {
			const struct image_attachment *a = image_at(image, IMAGE_KIND_attachment, at);
			err_t err;
			if (a->record.id != rm->record.id)
				break;
			err = attachment_check(check, a, rm, &free);
			if (err != OK)
				return err;
		}
	}
	if (at < image->count[IMAGE_KIND_attachment])
		return image_reject_at(check, image_at(image, IMAGE_KIND_attachment, at),
		                       "an attachment in a region map that does not exist");
	return circles_check(check);
}
