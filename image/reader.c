/* SPDX-License-Identifier: MIT */
/*
 * Opening an image: sizes, then the digest, then everything that the digest protects. Behind the
 * digest nothing is believed either: a digest finds damage, it does not make a writer honest.
 */
#include "check.h"
#include "kind.h"
#include <image/digest.h>

err_t image_reject(struct image_fault *fault, uint64_t offset, const char *sentence)
{
	*fault = (struct image_fault){offset, sentence};
	return ERR_CORRUPT;
}

bool image_all_zero(const void *bytes, uint64_t size)
{
	uint8_t any = 0;
	for (uint64_t i = 0; i < size; i++)
		any |= ((const uint8_t *)bytes)[i];
	return any == 0;
}

static bool bytes_equal(const void *a, const char *b, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		if (((const uint8_t *)a)[i] != (uint8_t)b[i])
			return false;
	return true;
}

static err_t source_read(const struct image_source *source, uint64_t offset, void *to, uint64_t size,
                         struct image_fault *fault)
{
	if (size == 0 || source->read(source->context, offset, to, size) == OK)
		return OK;
	image_reject(fault, offset, "the image cannot be read");
	return ERR_IO;
}

/* What must hold before anything else can be found. */
static err_t ends_read(struct image *image, struct image_fault *fault)
{
	const struct image_source *source = &image->source;
	struct image_header *header = &image->header;
	struct image_trailer *trailer = &image->trailer;
	uint64_t end;
	err_t err;

	if (source->size < sizeof(*header) + sizeof(*trailer))
		return image_reject(fault, 0, "too short for an image");
	end = source->size - sizeof(*trailer);
	err = source_read(source, 0, header, sizeof(*header), fault);
	if (err == OK)
		err = source_read(source, end, trailer, sizeof(*trailer), fault);
	if (err != OK)
		return err;
	if (!bytes_equal(header->magic, IMAGE_MAGIC, IMAGE_MAGIC_SIZE))
		return image_reject(fault, 0, "not an image");
	if (header->version != IMAGE_VERSION) {
		image_reject(fault, offsetof(struct image_header, version), "unknown version of the format");
		return ERR_UNSUPPORTED;
	}
	if (!bytes_equal(trailer->magic, IMAGE_TRAILER_MAGIC, IMAGE_MAGIC_SIZE))
		return image_reject(fault, source->size - IMAGE_MAGIC_SIZE, "cut off, or the end is damaged");
	return OK;
}

#define TRAILER_FIELD(field) (image->source.size - sizeof(*t) + offsetof(struct image_trailer, field))

/* Every place in the file follows from four sizes; the sum of the parts is the file. */
static err_t layout_check(const struct image *image, struct image_fault *fault)
{
	const struct image_trailer *t = &image->trailer;
	uint64_t size = image->source.size;
	uint64_t chunk = image->header.chunk_size;

	if (chunk == 0 || chunk % IMAGE_PAGE != 0 || chunk > IMAGE_CHUNK_MAX)
		return image_reject(fault, offsetof(struct image_header, chunk_size), "impossible chunk size");
	if (t->image_size != size)
		return image_reject(fault, TRAILER_FIELD(image_size), "the file has another size");
	if (t->records_offset != sizeof(struct image_header))
		return image_reject(fault, TRAILER_FIELD(records_offset), "records are elsewhere");
	if (t->records_size > size - sizeof(struct image_header) - sizeof(*t) ||
	    t->records_size % IMAGE_ALIGN != 0 || t->records_size / IMAGE_ALIGN > UINT32_MAX)
		return image_reject(fault, TRAILER_FIELD(records_size), "impossible size of records");
	if (t->memory_offset != image_align(t->records_offset + t->records_size, IMAGE_PAGE) ||
	    t->memory_offset > size)
		return image_reject(fault, TRAILER_FIELD(memory_offset), "memory does not follow the records");
	if (t->memory_size > size - t->memory_offset || t->memory_size % IMAGE_PAGE != 0)
		return image_reject(fault, TRAILER_FIELD(memory_size), "impossible size of memory");
	if (t->chunks_offset != t->memory_offset + t->memory_size)
		return image_reject(fault, TRAILER_FIELD(chunks_offset), "digests do not follow the memory");
	if (t->chunk_count != (t->memory_size + chunk - 1) / chunk ||
	    size - t->chunks_offset != t->chunk_count * sizeof(uint64_t) + sizeof(*t))
		return image_reject(fault, TRAILER_FIELD(chunk_count), "wrong number of chunk digests");
	if (t->record_count > t->records_size / sizeof(struct image_record))
		return image_reject(fault, TRAILER_FIELD(record_count), "more records than fit");
	if (t->index_count > IMAGE_INDEX_MAX)
		return image_reject(fault, TRAILER_FIELD(index_count), "more kinds than fit");
	return OK;
}

/* Fields of the header and the trailer that only matter once the digest holds. */
static err_t ends_check(const struct image *image, struct image_fault *fault)
{
	const struct image_header *header = &image->header;
	const struct image_trailer *t = &image->trailer;
	uint32_t unused = IMAGE_INDEX_MAX - t->index_count;

	if (header->header_size != sizeof(*header) || header->page_size != IMAGE_PAGE || header->flags != 0)
		return image_reject(fault, offsetof(struct image_header, header_size), "impossible header");
	if (header->kernel < IMAGE_KERNEL_LINUX || header->kernel > IMAGE_KERNEL_ARMV7)
		return image_reject(fault, offsetof(struct image_header, kernel), "unknown kernel");
	if (header->architecture < IMAGE_ARCHITECTURE_X86_64 ||
	    header->architecture > IMAGE_ARCHITECTURE_ARMV7)
		return image_reject(fault, offsetof(struct image_header, architecture), "unknown architecture");
	if (header->generation <= header->parent_generation)
		return image_reject(fault, offsetof(struct image_header, generation), "older than its parent");
	if (header->feature_count > IMAGE_FEATURES ||
	    !image_all_zero(header->features + header->feature_count,
	                    (IMAGE_FEATURES - header->feature_count) * sizeof(uint32_t)))
		return image_reject(fault, offsetof(struct image_header, feature_count), "impossible features");
	if (!image_all_zero(header->reserved, sizeof(header->reserved)))
		return image_reject(fault, offsetof(struct image_header, reserved), "reserved bytes in use");
	if (!image_all_zero(t->index + t->index_count, unused * sizeof(t->index[0])) ||
	    !image_all_zero(t->reserved, sizeof(t->reserved)))
		return image_reject(fault, TRAILER_FIELD(reserved), "reserved bytes in use");
	return OK;
}

static uint64_t buffer_needed(const struct image_trailer *t)
{
	return t->records_size + t->chunk_count * sizeof(uint64_t) +
	       image_align((uint64_t)t->record_count * sizeof(uint32_t), IMAGE_ALIGN) +
	       (uint64_t)t->record_count * sizeof(uint64_t) + IMAGE_TARGETS_MAX * 64;
}

err_t image_probe(const struct image_source *source, uint64_t *needed, struct image_fault *fault)
{
	struct image image = {.source = *source};
	err_t err = ends_read(&image, fault);
	if (err == OK)
		err = layout_check(&image, fault);
	if (err == OK)
		*needed = buffer_needed(&image.trailer);
	return err;
}

/*
 * Read all but the memory and compare the digest. The zeros before the memory are only looked at.
 */
static err_t meta_read(const struct image *image, uint8_t *records, uint64_t *digests,
                       struct image_fault *fault)
{
	const struct image_trailer *t = &image->trailer;
	struct digest_state state;
	struct digest digest;
	uint8_t padding[128];
	uint64_t chunks_size = t->chunk_count * sizeof(uint64_t);
	uint64_t part;
	bool zero = true;
	err_t err = source_read(&image->source, t->records_offset, records, t->records_size, fault);

	digest_start(&state);
	digest_add(&state, &image->header, sizeof(image->header));
	digest_add(&state, records, err == OK ? t->records_size : 0);
	for (uint64_t at = t->records_offset + t->records_size; err == OK && at < t->memory_offset; at += part) {
		part = t->memory_offset - at < sizeof(padding) ? t->memory_offset - at : sizeof(padding);
		err = source_read(&image->source, at, padding, part, fault);
		if (err == OK) {
			digest_add(&state, padding, part);
			zero = zero && image_all_zero(padding, part);
		}
	}
	if (err == OK)
		err = source_read(&image->source, t->chunks_offset, digests, chunks_size, fault);
	if (err != OK)
		return err;
	digest_add(&state, digests, chunks_size);
	digest_add(&state, t, offsetof(struct image_trailer, digest));
	digest = digest_state_whole(&state);
	if (digest.word[0] != t->digest[0] || digest.word[1] != t->digest[1])
		return image_reject(fault, TRAILER_FIELD(digest), "the digest of header and records is wrong");
	if (!zero)
		return image_reject(fault, t->records_offset + t->records_size, "padding is not zero");
	return OK;
}

err_t image_open(struct image *image, const struct image_source *source, void *buffer, uint64_t size,
                 struct image_fault *fault)
{
	struct image opened = {.source = *source};
	struct image_check check = {.image = &opened, .fault = fault};
	const struct image_trailer *t = &opened.trailer;
	uint8_t *records = buffer;
	uint64_t *digests;
	err_t err = ends_read(&opened, fault);

	if (err == OK)
		err = layout_check(&opened, fault);
	if (err != OK)
		return err;
	if (size < buffer_needed(t) || (uintptr_t)buffer % IMAGE_ALIGN != 0) {
		image_reject(fault, 0, "the buffer is too small for this image");
		return ERR_RANGE;
	}
	digests = (uint64_t *)(void *)(records + t->records_size);
	check.scratch = digests + t->chunk_count;
	check.positions = (uint32_t *)(check.scratch + t->record_count + IMAGE_TARGETS_MAX * 8);
	opened.records = records;
	opened.digests = digests;
	opened.positions = check.positions;

	err = meta_read(&opened, records, digests, fault);
	if (err == OK)
		err = ends_check(&opened, fault);
	if (err == OK)
		err = image_check_records(&check);
	if (err == OK)
		err = image_check_references(&check);
	if (err == OK)
		err = image_check_maps(&check);
	if (err == OK)
		err = image_check_extents(&check);
	if (err == OK)
		*image = opened;
	return err;
}

uint32_t image_first(const struct image *image, enum image_kind kind, uint64_t high, uint64_t low)
{
	struct image_key key = {high, low};
	uint32_t first = 0;
	uint32_t end = image->count[kind];

	while (first < end) {
		uint32_t middle = first + (end - first) / 2;
		if (image_key_less(image_key(image_at(image, kind, middle)), key))
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

const void *image_find(const struct image *image, enum image_kind kind, uint32_t id)
{
	uint32_t n = image_first(image, kind, id, 0);
	const struct image_record *record;
	if (n == image->count[kind])
		return NULL;
	record = image_at(image, kind, n);
	return record->id == id ? record : NULL;
}

const uint8_t *image_piece(const void *record, uint32_t n, uint32_t *length)
{
	const struct image_shape *shape = image_shape(((const struct image_record *)record)->kind);
	const uint32_t *lengths = image_lengths(record, shape);
	const uint8_t *piece = (const uint8_t *)record + shape->fixed;
	for (uint32_t i = 0; i < n; i++)
		piece += lengths[i];
	*length = lengths[n];
	return piece;
}

uint32_t image_chunk_size(const struct image *image, uint64_t n)
{
	uint64_t rest = image->trailer.memory_size - n * image->header.chunk_size;
	return rest < image->header.chunk_size ? (uint32_t)rest : image->header.chunk_size;
}

err_t image_chunk_read(const struct image *image, uint64_t n, void *to, struct image_fault *fault)
{
	uint64_t offset = image->trailer.memory_offset + n * image->header.chunk_size;
	uint32_t size = image_chunk_size(image, n);
	err_t err = source_read(&image->source, offset, to, size, fault);
	if (err == OK && digest_chunk(to, size) != image->digests[n])
		err = image_reject(fault, offset, "the digest of this chunk of memory is wrong");
	return err;
}

err_t image_verify(const struct image *image, void *buffer, uint64_t *checked, struct image_fault *fault)
{
	err_t err = OK;
	uint64_t n = 0;
	while (n < image->trailer.chunk_count) {
		err = image_chunk_read(image, n, buffer, fault);
		if (err != OK)
			break;
		n++;
	}
	*checked = n;
	return err;
}
