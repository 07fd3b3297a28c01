/* SPDX-License-Identifier: MIT */
/*
 * The reader's inner parts. Order matters: records (shape, order, positions) before references,
 * because only then can a record be found by its id.
 */
#ifndef IMAGE_CHECK_H
#define IMAGE_CHECK_H

#include <image/reader.h>
#include <stdbool.h>

struct image_check {
	struct image *image;
	struct image_fault *fault;
	uint32_t *positions; /* writable view of image->positions */
	uint64_t *scratch;   /* one word per record, then IMAGE_TARGETS_MAX bitmaps of control blocks */
};

/* Sets the fault. Returns ERR_CORRUPT. */
err_t image_reject(struct image_fault *fault, uint64_t offset, const char *sentence);

/* The same for something inside a record. */
err_t image_reject_at(struct image_check *check, const void *where, const char *sentence);

bool image_all_zero(const void *bytes, uint64_t size);

/* Walk index and records: shapes, padding, order; fills positions. */
err_t image_check_records(struct image_check *check) MUST_CHECK;

/* Every record against its own rules and those that it names. */
err_t image_check_references(struct image_check *check) MUST_CHECK;

/* Address spaces: attachments lie in their region maps, which do not contain themselves. */
err_t image_check_maps(struct image_check *check) MUST_CHECK;

/* Extents cover their dataspaces, and the memory of the image, exactly once. */
err_t image_check_extents(struct image_check *check) MUST_CHECK;

#endif
