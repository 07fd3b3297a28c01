/* SPDX-License-Identifier: MIT */
/*
 * The image writer: a small state machine over phases, with two digests that run along.
 */
#include "kind.h"
#include <image/writer.h>

enum phase { PHASE_NONE, PHASE_RECORDS, PHASE_MEMORY, PHASE_DONE };

static void bytes_copy(void *to, const void *from, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++)
		((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
}

static err_t append(struct image_writer *writer, const void *bytes, uint64_t size)
{
	if (size == 0)
		return OK;
	writer->offset += size;
	return writer->sink.append(writer->sink.context, bytes, size);
}

/* Append something that the digest of the whole covers. */
static err_t append_meta(struct image_writer *writer, const void *bytes, uint64_t size)
{
	digest_add(&writer->meta, bytes, size);
	return append(writer, bytes, size);
}

static err_t append_zeros(struct image_writer *writer, uint64_t size)
{
	static const uint8_t zeros[256];
	while (size > 0) {
		uint64_t part = size < sizeof(zeros) ? size : sizeof(zeros);
		err_t err = append_meta(writer, zeros, part);
		if (err != OK)
			return err;
		size -= part;
	}
	return OK;
}

err_t image_write_begin(struct image_writer *writer, const struct image_sink *sink,
                        const struct image_header *header, uint64_t *digests, uint64_t capacity)
{
	struct image_header head = *header;
	if (head.chunk_size == 0)
		head.chunk_size = IMAGE_CHUNK_DEFAULT;
	if (head.chunk_size % IMAGE_PAGE != 0 || head.chunk_size > IMAGE_CHUNK_MAX ||
	    head.feature_count > IMAGE_FEATURES || head.generation <= head.parent_generation)
		return ERR_ARGUMENT;
	bytes_copy(head.magic, IMAGE_MAGIC, IMAGE_MAGIC_SIZE);
	head.version = IMAGE_VERSION;
	head.header_size = sizeof(head);
	head.page_size = IMAGE_PAGE;
	head.flags = 0;

	*writer = (struct image_writer){.sink = *sink, .digests = digests, .capacity = capacity};
	writer->chunk_size = head.chunk_size;
	writer->phase = PHASE_RECORDS;
	writer->trailer.records_offset = sizeof(head);
	digest_start(&writer->meta);
	digest_start(&writer->chunk);
	return append_meta(writer, &head, sizeof(head));
}

/* Find the index entry of the record's kind, or open the next one. */
static err_t index_enter(struct image_writer *writer, const struct image_record *record,
                         struct image_index **entry)
{
	struct image_trailer *trailer = &writer->trailer;
	struct image_index *last = trailer->index_count ? &trailer->index[trailer->index_count - 1] : NULL;
	struct image_key key = image_key(record);
	bool known = image_shape(record->kind) != NULL;

	if (record->flags != (known ? 0 : IMAGE_OPTIONAL) || record->kind == IMAGE_KIND_none)
		return ERR_ARGUMENT;
	if (last != NULL && last->kind == record->kind) {
		struct image_key before = {writer->key[0], writer->key[1]};
		if (known && !image_key_less(before, key))
			return ERR_ARGUMENT;
		*entry = last;
	} else {
		if ((last != NULL && last->kind > record->kind) || trailer->index_count == IMAGE_INDEX_MAX)
			return ERR_ARGUMENT;
		*entry = &trailer->index[trailer->index_count++];
		**entry = (struct image_index){
			.kind = record->kind, .flags = record->flags, .offset = writer->offset};
	}
	writer->key[0] = key.high;
	writer->key[1] = key.low;
	return OK;
}

/* Give a DATA extent its place in the memory of the image. */
static err_t extent_place(struct image_writer *writer, struct image_extent *extent)
{
	extent->memory_offset = 0;
	if (extent->type != IMAGE_EXTENT_DATA)
		return OK;
	if (extent->size % IMAGE_PAGE != 0 || writer->memory_due + extent->size < extent->size)
		return ERR_ARGUMENT;
	extent->memory_offset = writer->memory_due;
	writer->memory_due += extent->size;
	return OK;
}

err_t image_write_record(struct image_writer *writer, const struct image_record *record,
                         const struct image_piece *pieces)
{
	static const struct image_shape optional = {sizeof(struct image_record), 1, 0};
	const struct image_shape *shape = image_shape(record->kind);
	bool known = shape != NULL;
	union {
		struct image_record record;
		struct image_extent extent;
		uint8_t bytes[IMAGE_FIXED_MAX];
	} fixed;
	struct image_index *entry;
	uint64_t size;
	err_t err;

	if (writer->phase != PHASE_RECORDS)
		return ERR_STATE;
	if (!known)
		shape = &optional;
	bytes_copy(&fixed, record, shape->fixed);
	size = shape->fixed;
	for (uint32_t i = 0; i < shape->pieces; i++) {
		if (pieces[i].size > IMAGE_PIECE_MAX)
			return ERR_ARGUMENT;
		if (known)
			bytes_copy(fixed.bytes + shape->length_offset + 4 * i, &pieces[i].size, 4);
		size += pieces[i].size;
	}
	fixed.record.size = (uint32_t)image_align(size, IMAGE_ALIGN);
	err = record->kind == IMAGE_KIND_extent ? extent_place(writer, &fixed.extent) : OK;
	if (err == OK)
		err = index_enter(writer, record, &entry);
	if (err != OK)
		return err;
	entry->count++;
	entry->size += fixed.record.size;
	writer->trailer.record_count++;

	err = append_meta(writer, &fixed, shape->fixed);
	for (uint32_t i = 0; err == OK && i < shape->pieces; i++)
		err = append_meta(writer, pieces[i].bytes, pieces[i].size);
	return err == OK ? append_zeros(writer, fixed.record.size - size) : err;
}

/* The records are complete: memory starts on the next page. */
static err_t records_end(struct image_writer *writer)
{
	struct image_trailer *trailer = &writer->trailer;
	trailer->records_size = writer->offset - trailer->records_offset;
	trailer->memory_offset = image_align(writer->offset, IMAGE_PAGE);
	writer->phase = PHASE_MEMORY;
	return append_zeros(writer, trailer->memory_offset - writer->offset);
}

static void chunk_end(struct image_writer *writer)
{
	writer->digests[writer->trailer.chunk_count++] = digest_state_chunk(&writer->chunk);
	digest_start(&writer->chunk);
	writer->chunk_fill = 0;
}

err_t image_write_memory(struct image_writer *writer, const void *bytes, uint64_t size)
{
	struct image_trailer *trailer = &writer->trailer;
	const uint8_t *from = bytes;
	err_t err = writer->phase == PHASE_RECORDS ? records_end(writer) : OK;
	if (err != OK)
		return err;
	if (writer->phase != PHASE_MEMORY)
		return ERR_STATE;
	if (size > writer->memory_due - trailer->memory_size)
		return ERR_ARGUMENT;
	while (size > 0) {
		uint64_t part = writer->chunk_size - writer->chunk_fill;
		if (part > size)
			part = size;
		if (trailer->chunk_count == writer->capacity)
			return ERR_RANGE;
		digest_add(&writer->chunk, from, part);
		err = append(writer, from, part);
		if (err != OK)
			return err;
		writer->chunk_fill += (uint32_t)part;
		trailer->memory_size += part;
		from += part;
		size -= part;
		if (writer->chunk_fill == writer->chunk_size)
			chunk_end(writer);
	}
	return OK;
}

err_t image_write_end(struct image_writer *writer, uint64_t *image_size)
{
	struct image_trailer *trailer = &writer->trailer;
	struct digest digest;
	err_t err = writer->phase == PHASE_RECORDS ? records_end(writer) : OK;
	if (err != OK)
		return err;
	if (writer->phase != PHASE_MEMORY || trailer->memory_size != writer->memory_due)
		return ERR_STATE;
	if (writer->chunk_fill > 0)
		chunk_end(writer);
	trailer->chunks_offset = writer->offset;
	err = append_meta(writer, writer->digests, trailer->chunk_count * sizeof(uint64_t));
	if (err != OK)
		return err;

	trailer->image_size = writer->offset + sizeof(*trailer);
	bytes_copy(trailer->magic, IMAGE_TRAILER_MAGIC, IMAGE_MAGIC_SIZE);
	digest_add(&writer->meta, trailer, offsetof(struct image_trailer, digest));
	digest = digest_state_whole(&writer->meta);
	trailer->digest[0] = digest.word[0];
	trailer->digest[1] = digest.word[1];
	writer->phase = PHASE_DONE;
	err = append(writer, trailer, sizeof(*trailer));
	if (err == OK)
		*image_size = writer->offset;
	return err;
}

static uint32_t page_type(const uint64_t *page)
{
	uint64_t any = 0;
	for (uint32_t i = 0; i < IMAGE_PAGE / 8 && any == 0; i += 8)
		any = page[i] | page[i + 1] | page[i + 2] | page[i + 3] | page[i + 4] | page[i + 5] |
		      page[i + 6] | page[i + 7];
	return any ? IMAGE_EXTENT_DATA : IMAGE_EXTENT_ZERO;
}

uint64_t image_extent_run(const void *bytes, uint64_t size, uint32_t *type)
{
	const uint64_t *words = bytes;
	uint64_t run = IMAGE_PAGE;
	*type = page_type(words);
	while (run < size && page_type(words + run / 8) == *type)
		run += IMAGE_PAGE;
	return run;
}
