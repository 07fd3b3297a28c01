/* SPDX-License-Identifier: MIT */
/*
 * The one reader of images. It runs in the RTCR and, sandboxed, in the command line; it allocates
 * nothing, calls nothing but the source, and trusts nothing.
 *
 * Usage: image_probe says how large a buffer is needed, image_open reads everything but the memory
 * into it and checks it: the digest first, then layout, shape and order of the records, then that
 * every reference holds. It copies, so whoever can write the source cannot change what was checked.
 * After OK everything that the functions below hand out can be used without further checks, except
 * the content of blobs. Memory is read and checked chunk by chunk. The cost is n log n in the
 * records.
 *
 * Errors: ERR_CORRUPT damaged; ERR_UNSUPPORTED newer version or unknown kind; ERR_IO the source
 * failed; ERR_RANGE buffer too small. `fault` then says what and where.
 */
#ifndef IMAGE_READER_H
#define IMAGE_READER_H

#include <image/record.h>
#include <kernel/err.h>

struct image_fault {
	uint64_t offset;      /* in the file */
	const char *sentence; /* never freed */
};

/* Where the bytes come from. `read` is only asked for bytes inside [0, size). */
struct image_source {
	err_t (*read)(void *context, uint64_t offset, void *to, uint64_t size);
	void *context;
	uint64_t size;
};

/* An opened image; lives as long as the buffer and the source. */
struct image {
	struct image_source source;
	struct image_header header;
	struct image_trailer trailer;
	const uint8_t *records;
	const uint64_t *digests;   /* one per chunk */
	const uint32_t *positions; /* of each record of a known kind, in units of IMAGE_ALIGN, from `records` */
	uint32_t first[IMAGE_KIND_COUNT]; /* where in positions a kind begins ... */
	uint32_t count[IMAGE_KIND_COUNT]; /* ... and how many it has */
};

/*
 * Look at header and trailer. `needed`: bytes that the buffer of image_open must have, less than 3
 * times records and chunk digests, plus 4 KiB.
 */
err_t image_probe(const struct image_source *source, uint64_t *needed, struct image_fault *fault) MUST_CHECK;

/* Open with a buffer of at least `needed` bytes, aligned to 8. */
err_t image_open(struct image *image, const struct image_source *source, void *buffer, uint64_t size,
                 struct image_fault *fault) MUST_CHECK;

static inline uint32_t image_count(const struct image *image, enum image_kind kind)
{
	return image->count[kind];
}

/* Record number `n` below image_count, as a pointer to the structure of its kind. */
static inline const void *image_at(const struct image *image, enum image_kind kind, uint32_t n)
{
	return image->records + (uint64_t)image->positions[image->first[kind] + n] * IMAGE_ALIGN;
}

/* The record of `kind` with `id`, or NULL. For attachment and extent image_first. */
const void *image_find(const struct image *image, enum image_kind kind, uint32_t id);

/*
 * Number of the first record of `kind` whose key is not below (high, low); see record.h for keys.
 */
uint32_t image_first(const struct image *image, enum image_kind kind, uint64_t high, uint64_t low);

/* Piece `n` of a record, not aligned, not terminated. */
const uint8_t *image_piece(const void *record, uint32_t n, uint32_t *length);

/* Bytes of chunk `n`. */
uint32_t image_chunk_size(const struct image *image, uint64_t n);

/* Read chunk `n` into `to` and compare its digest. ERR_CORRUPT: the content of `to` is damaged. */
err_t image_chunk_read(const struct image *image, uint64_t n, void *to, struct image_fault *fault) MUST_CHECK;

/*
 * Read and check all chunks with a buffer of chunk_size bytes. `checked`: chunks found whole, also
 * on error.
 */
err_t image_verify(const struct image *image, void *buffer, uint64_t *checked, struct image_fault *fault)
	MUST_CHECK;

#endif
