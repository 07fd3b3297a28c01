/* SPDX-License-Identifier: MIT */
/*
 * Writes an image in one sequential pass: begin, all records in order of kind and key, the memory
 * of the DATA extents in order, end. It allocates nothing; the caller lends one word per chunk.
 * Wrong order or shape is ERR_ARGUMENT; what the reader checks beyond that (references) is not
 * checked twice.
 */
#ifndef IMAGE_WRITER_H
#define IMAGE_WRITER_H

#include <image/digest.h>
#include <image/record.h>
#include <kernel/err.h>

/* Appends bytes to the file. Called with pieces of any size; the sink gathers them if it likes. */
struct image_sink {
	err_t (*append)(void *context, const void *bytes, uint64_t size);
	void *context;
};

struct image_piece {
	const void *bytes;
	uint32_t size;
};

struct image_writer {
	struct image_sink sink;
	struct image_trailer trailer;
	struct digest_state meta;
	struct digest_state chunk;
	uint64_t *digests;
	uint64_t capacity;
	uint64_t offset;        /* bytes appended */
	uint64_t memory_due;    /* bytes of DATA extents */
	uint64_t key[2];        /* of the last record */
	uint32_t chunk_size;
	uint32_t chunk_fill;
	uint32_t phase;
};

/*
 * `header`: kernel, architecture, chunk_size (0: default), generation, parent, features; the rest
 * is set here. `digests` has room for `capacity` chunks: memory / chunk_size, rounded up.
 */
err_t image_write_begin(struct image_writer *writer, const struct image_sink *sink,
                        const struct image_header *header, uint64_t *digests, uint64_t capacity) MUST_CHECK;

/*
 * Append a record: its fixed part with kind, id and target, and as many pieces as its kind has.
 * Sizes, lengths and the memory_offset of extents are set here. A kind beyond the table needs
 * IMAGE_OPTIONAL, no fixed part and one piece.
 */
err_t image_write_record(struct image_writer *writer, const struct image_record *record,
                         const struct image_piece *pieces) MUST_CHECK;

/*
 * Append memory: all bytes of all DATA extents, in the order of their records, cut as the caller
 * likes.
 */
err_t image_write_memory(struct image_writer *writer, const void *bytes, uint64_t size) MUST_CHECK;

/* ERR_STATE if memory is missing. `image_size`: bytes appended in all. */
err_t image_write_end(struct image_writer *writer, uint64_t *image_size) MUST_CHECK;

/*
 * For cutting memory into extents: bytes from `bytes` on, page-aligned, at most `size` (a multiple
 * of IMAGE_PAGE), that are all DATA or all ZERO; `type` says which.
 */
uint64_t image_extent_run(const void *bytes, uint64_t size, uint32_t *type);

#endif
