/* SPDX-License-Identifier: MIT */
/*
 * The shape of each kind of record, one table for reader and writer, and the order of records.
 */
#ifndef IMAGE_KIND_H
#define IMAGE_KIND_H

#include <image/record.h>
#include <stdbool.h>

/* The fixed part, and where the lengths of the pieces stand in it. */
struct image_shape {
	uint16_t fixed;
	uint8_t pieces;
	uint8_t length_offset;
};

/* The shape of `kind`; NULL if it is not in the table. */
const struct image_shape *image_shape(uint32_t kind);

struct image_key {
	uint64_t high;
	uint64_t low;
};

/* What records of one kind are sorted by; a whole fixed part must be there. */
struct image_key image_key(const struct image_record *record);

static inline bool image_key_less(struct image_key a, struct image_key b)
{
	return a.high < b.high || (a.high == b.high && a.low < b.low);
}

static inline const uint32_t *image_lengths(const struct image_record *record, const struct image_shape *shape)
{
	return (const uint32_t *)(const void *)((const uint8_t *)record + shape->length_offset);
}

static inline uint64_t image_align(uint64_t size, uint64_t to)
{
	return (size + to - 1) / to * to;
}

#endif
