/* SPDX-License-Identifier: MIT */
/* Which units are free, and the way from a byte of a file to its block: see units.h. */
#include <framework/memory.h>

#include "server/card/disk.h"
#include "server/card/units.h"
#include "server/card/volume.h"

static struct {
	uint32_t count, hint;
	uint32_t busy[CARD_UNITS_MOST / 32];   /* not free */
	uint32_t left[CARD_UNITS_MOST / 32];   /* of those: left */
} units;

static bool bit_get(const uint32_t *bits, uint32_t at)
{
	return bits[at / 32] >> at % 32 & 1;
}

static void bit_set(uint32_t *bits, uint32_t at)
{
	bits[at / 32] |= 1u << at % 32;
}

void units_start(uint32_t count)
{
	memset(&units, 0, sizeof units);
	units.count = count;
}

void units_committed(void)
{
	for (uint32_t i = 0; i < CARD_UNITS_MOST / 32; i++)
		units.busy[i] &= ~units.left[i];
	memset(units.left, 0, sizeof units.left);
}

static uint32_t units_of(const struct card_entry *entry)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < CARD_EXTENTS; i++)
		sum += entry->extent[i].count;
	return sum;
}

static uint64_t units_for(uint64_t size)
{
	return size / CARD_UNIT + (size % CARD_UNIT != 0);
}

err_t units_claim(const struct card_entry *entry)
{
	bool ended = false;

	for (uint32_t i = 0; i < CARD_EXTENTS; i++) {
		const struct card_extent *extent = &entry->extent[i];
		if (extent->first > units.count || extent->count > units.count - extent->first || (ended && extent->count))
			return ERR_CORRUPT;
		ended = !extent->count;
		for (uint32_t at = extent->first; at < extent->first + extent->count; at++) {
			if (bit_get(units.busy, at))
				return ERR_CORRUPT;
			bit_set(units.busy, at);
		}
	}
	return units_for(entry->size) <= units_of(entry) ? OK : ERR_CORRUPT;
}

/* Take a free run of at most `wanted` units, at `at` if that is free; its length, 0: the card is full. */
static uint32_t run_take(uint32_t at, uint32_t wanted, uint32_t *first)
{
	uint32_t length = 0;

	for (uint32_t i = 0; i < units.count && (at >= units.count || bit_get(units.busy, at)); i++)
		at = at + 1 < units.count ? at + 1 : 0;
	*first = at;
	while (length < wanted && at < units.count && !bit_get(units.busy, at)) {
		bit_set(units.busy, at++);
		length++;
	}
	units.hint = at;
	return length;
}

static void run_leave(uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		bit_set(units.left, i);
}

/* Keep the first `count` units of a file. */
static void units_keep(struct card_entry *entry, uint32_t count)
{
	for (uint32_t i = 0; i < CARD_EXTENTS; i++) {
		struct card_extent *extent = &entry->extent[i];
		uint32_t kept = extent->count < count ? extent->count : count;
		run_leave(extent->first + kept, extent->count - kept);
		extent->count = kept;
		count -= kept;
		if (!kept)
			extent->first = 0;
	}
}

/* What is left comes back with a new table, which is written where there is no other room. */
static err_t run_find(uint32_t at, uint32_t wanted, uint32_t *first, uint32_t *length)
{
	*length = run_take(at, wanted, first);
	if (*length)
		return OK;
	err_t err = volume_commit();
	if (err != OK)
		return err;
	*length = run_take(at, wanted, first);
	return *length ? OK : ERR_MEMORY_QUOTA;
}

static err_t units_grow(struct card_entry *entry, uint64_t wanted)
{
	uint32_t have = units_of(entry), last = 0, first, length;

	if (wanted > units.count)
		return ERR_MEMORY_QUOTA;
	while (last < CARD_EXTENTS && entry->extent[last].count)
		last++;
	while (have < wanted) {
		struct card_extent *end = last ? &entry->extent[last - 1] : NULL;
		uint32_t behind = end ? end->first + end->count : units.hint;
		err_t err = run_find(behind, (uint32_t)wanted - have, &first, &length);
		if (err != OK)
			return err;
		have += length;
		if (end && first == behind) {
			end->count += length;
		} else if (last < CARD_EXTENTS) {
			entry->extent[last++] = (struct card_extent){first, length};
		} else {
			run_leave(first, length);
			return ERR_MEMORY_QUOTA;   /* the free units are too scattered for one file */
		}
	}
	return OK;
}

/* The block of byte `offset`, and how many bytes from there on lie one after the other. */
static uint64_t block_of(const struct card_entry *entry, uint64_t offset, uint64_t *run)
{
	const struct card_extent *extent = entry->extent;
	uint64_t at = offset;

	while (at >= (uint64_t)extent->count * CARD_UNIT)
		at -= (uint64_t)extent++->count * CARD_UNIT;
	*run = (uint64_t)extent->count * CARD_UNIT - at;
	return CARD_UNITS + (uint64_t)extent->first * CARD_UNIT_BLOCKS + at / CARD_BLOCK;
}

/* One piece at `offset`, as large as one move of the buffer allows. */
struct piece {
	uint64_t block;
	uint32_t head, size, count;   /* bytes before it in its first block, of it, and blocks */
};

static struct piece piece_at(const struct card_entry *entry, uint64_t offset, uint64_t size)
{
	uint64_t run;
	struct piece piece = {.block = block_of(entry, offset, &run), .head = (uint32_t)(offset % CARD_BLOCK)};

	size = size < run ? size : run;
	uint32_t most = DISK_BLOCKS * CARD_BLOCK - piece.head;
	piece.size = size < most ? (uint32_t)size : most;
	piece.count = (piece.head + piece.size + CARD_BLOCK - 1) / CARD_BLOCK;
	return piece;
}

err_t units_read(const struct card_entry *entry, void *to, uint64_t size, uint64_t offset)
{
	uint8_t *at = to;

	while (size) {
		struct piece piece = piece_at(entry, offset, size);
		err_t err = disk_read(piece.block, 0, piece.count);
		if (err != OK)
			return err;
		memcpy(at, disk_buffer() + piece.head, piece.size);
		at += piece.size;
		offset += piece.size;
		size -= piece.size;
	}
	return OK;
}

/* Blocks that are written in part only keep the rest. */
static err_t rest_read(const struct piece *piece)
{
	uint32_t end = piece->head + piece->size;
	err_t err = OK;

	if (piece->head)
		err = disk_read(piece->block, 0, 1);
	if (err == OK && end % CARD_BLOCK && (piece->count > 1 || !piece->head))
		err = disk_read(piece->block + piece->count - 1, piece->count - 1, 1);
	return err;
}

/* NULL: zeros. The units are there. */
static err_t bytes_put(const struct card_entry *entry, const uint8_t *from, uint64_t size, uint64_t offset)
{
	while (size) {
		struct piece piece = piece_at(entry, offset, size);
		err_t err = rest_read(&piece);
		if (err != OK)
			return err;
		if (from)
			memcpy(disk_buffer() + piece.head, from, piece.size);
		else
			memset(disk_buffer() + piece.head, 0, piece.size);
		err = disk_write(piece.block, 0, piece.count);
		if (err != OK)
			return err;
		from = from ? from + piece.size : NULL;
		offset += piece.size;
		size -= piece.size;
	}
	return OK;
}

err_t units_write(struct card_entry *entry, const void *bytes, uint64_t size, uint64_t offset)
{
	uint64_t most = (uint64_t)units.count * CARD_UNIT;

	if (offset > most || size > most - offset)
		return ERR_MEMORY_QUOTA;
	err_t err = units_grow(entry, units_for(offset + size));
	if (err == OK && offset > entry->size)
		err = bytes_put(entry, NULL, offset - entry->size, entry->size);
	if (err == OK)
		err = bytes_put(entry, bytes, size, offset);
	if (err != OK)
		units_keep(entry, (uint32_t)units_for(entry->size));
	else if (offset + size > entry->size)
		entry->size = offset + size;
	return err;
}

err_t units_cut(struct card_entry *entry, uint64_t size)
{
	if (size > entry->size)
		return units_write(entry, NULL, 0, size);
	entry->size = size;
	units_keep(entry, (uint32_t)units_for(size));
	return OK;
}
