/* SPDX-License-Identifier: MIT */
/*
 * Walks index and records once: each record lies in its group, has the size that its kind and its
 * pieces ask for, and comes after the one before it. After this a record of a known kind can be
 * read as its structure.
 */
#include "check.h"
#include "kind.h"

err_t image_reject_at(struct image_check *check, const void *where, const char *sentence)
{
	uint64_t offset = (uint64_t)((const uint8_t *)where - check->image->records);
	return image_reject(check->fault, check->image->trailer.records_offset + offset, sentence);
}

/*
 * One entry of the index against the one before it. `at`: where its records must start in the
 * file.
 */
static err_t index_check(struct image_check *check, uint32_t n, uint64_t at)
{
	const struct image *image = check->image;
	const struct image_trailer *t = &image->trailer;
	const struct image_index *entry = &t->index[n];
	uint64_t offset = image->source.size - sizeof(*t) + offsetof(struct image_trailer, index) +
	                  n * sizeof(*entry);

	if (entry->kind == IMAGE_KIND_none || (n > 0 && entry->kind <= t->index[n - 1].kind))
		return image_reject(check->fault, offset, "kinds are out of order");
	if (entry->kind >= IMAGE_KIND_COUNT && entry->flags != IMAGE_OPTIONAL) {
		image_reject(check->fault, offset, "records of a kind that is unknown and not optional");
		return ERR_UNSUPPORTED;
	}
	if (entry->kind < IMAGE_KIND_COUNT && entry->flags != 0)
		return image_reject(check->fault, offset, "impossible flags");
	if (entry->offset != at || entry->size > t->records_offset + t->records_size - at ||
	    entry->size % IMAGE_ALIGN != 0 || entry->count == 0 ||
	    entry->count > entry->size / sizeof(struct image_record))
		return image_reject(check->fault, offset, "impossible place, size or count of records");
	return OK;
}

/* Size and padding of one record of a known kind that lies in its group. */
static err_t shape_check(struct image_check *check, const struct image_record *record)
{
	const struct image_shape *shape = image_shape(record->kind);
	uint64_t size = shape->fixed;

	if (record->size < shape->fixed)
		return image_reject_at(check, &record->size, "the record is too short");
	for (uint32_t i = 0; i < shape->pieces; i++) {
		const uint32_t *length = image_lengths(record, shape) + i;
		if (*length > IMAGE_PIECE_MAX)
			return image_reject_at(check, length, "impossible length");
		size += *length;
	}
	if (record->size != image_align(size, IMAGE_ALIGN))
		return image_reject_at(check, &record->size, "the record has another size than its parts");
	if (!image_all_zero((const uint8_t *)record + size, record->size - size))
		return image_reject_at(check, record, "padding is not zero");
	return OK;
}

/* The records of one entry of the index. `used`: positions filled so far. */
static err_t group_check(struct image_check *check, const struct image_index *entry, uint32_t *used)
{
	struct image *image = check->image;
	const uint8_t *at = image->records + (entry->offset - image->trailer.records_offset);
	const uint8_t *end = at + entry->size;
	const struct image_record *before = NULL;
	bool known = image_shape(entry->kind) != NULL;

	if (known) {
		image->first[entry->kind] = *used;
		image->count[entry->kind] = entry->count;
	}
	for (uint32_t n = 0; n < entry->count; n++) {
		const struct image_record *record = (const void *)at;
		err_t err;
		if ((uint64_t)(end - at) < sizeof(*record))
			return image_reject_at(check, at, "fewer records than the index says");
		if (record->kind != entry->kind || record->flags != entry->flags)
			return image_reject_at(check, record, "a record of another kind than the index says");
		if (record->size < sizeof(*record) || record->size % IMAGE_ALIGN != 0 ||
		    record->size > (uint64_t)(end - at))
			return image_reject_at(check, &record->size, "impossible size of a record");
		if (known) {
			err = shape_check(check, record);
			if (err != OK)
				return err;
			if (before != NULL && !image_key_less(image_key(before), image_key(record)))
				return image_reject_at(check, record, "records are out of order, or twice");
			check->positions[(*used)++] = (uint32_t)((at - image->records) / IMAGE_ALIGN);
			before = record;
		}
		at += record->size;
	}
	return at == end ? OK : image_reject_at(check, at, "more records than the index says");
}

err_t image_check_records(struct image_check *check)
{
	const struct image_trailer *t = &check->image->trailer;
	uint64_t at = t->records_offset;
	uint64_t count = 0;
	uint32_t used = 0;

	for (uint32_t n = 0; n < t->index_count; n++)
		count += t->index[n].count;
	if (count != t->record_count)
		return image_reject(check->fault, at, "the index counts another number of records");
	for (uint32_t n = 0; n < t->index_count; n++) {
		err_t err = index_check(check, n, at);
		if (err == OK)
			err = group_check(check, &t->index[n], &used);
		if (err != OK)
			return err;
		at += t->index[n].size;
	}
	if (at != t->records_offset + t->records_size)
		return image_reject(check->fault, at, "bytes that belong to no record");
	return OK;
}
