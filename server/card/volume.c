/* SPDX-License-Identifier: MIT */
/* Loading, checking and writing the table: see volume.h. */
#include <framework/memory.h>
#include <image/digest.h>

#include "server/card/disk.h"
#include "server/card/units.h"
#include "server/card/volume.h"

enum { ENTRIES_EACH_BLOCK = CARD_BLOCK / sizeof(struct card_entry) };

struct volume volume;

static uint64_t header_check(const struct card_header *header)
{
	return digest_chunk(header, offsetof(struct card_header, check));
}

static uint32_t table_blocks(uint32_t entries)
{
	return (entries + ENTRIES_EACH_BLOCK - 1) / ENTRIES_EACH_BLOCK;
}

static uint64_t table_place(uint64_t generation)
{
	return CARD_TABLE + (generation & 1) * CARD_TABLE_BLOCKS;
}

static bool header_right(const struct card_header *header, uint32_t place)
{
	return header->magic == CARD_MAGIC && header->check == header_check(header) && header->generation &&
	       (header->generation & 1) == place && header->entry_count <= CARD_ENTRIES &&
	       header->unit_count == volume.unit_count;
}

static bool zero(const uint8_t *bytes, uint32_t size)
{
	while (size && !*bytes++)
		size--;
	return !size;
}

/* Both headers; *fresh if there is nothing, here or where the file systems of others have their beginning. */
static err_t headers_read(struct card_header *headers, bool *fresh)
{
	err_t err = disk_read(0, 0, 2);

	for (uint32_t i = 0; i < 2; i++)
		memcpy(&headers[i], disk_buffer() + i * CARD_BLOCK, sizeof *headers);
	*fresh = zero(disk_buffer(), 2 * CARD_BLOCK);
	if (err != OK || !*fresh)
		return err;
	err = disk_read(0, 0, CARD_FRESH);
	return err == OK && !zero(disk_buffer(), CARD_FRESH * CARD_BLOCK) ? ERR_EXISTS : err;
}

static bool name_right(const char *name)
{
	if (!string_ends(name, CARD_NAME) || !*name)
		return false;
	for (; *name; name++)
		if (*name == '/')
			return false;
	return true;
}

static err_t entry_take(struct card_entry *entry)
{
	uint32_t parent = entry->parent;

	/* Whatever else a free one says, nobody shall find it when it is used again. */
	if (entry->kind == CARD_FREE) {
		memset(entry, 0, sizeof *entry);
		return OK;
	}
	if (entry->kind > CARD_DIRECTORY || !name_right(entry->name) || parent > CARD_ENTRIES)
		return ERR_CORRUPT;
	if (parent && (entry->kind == CARD_DIRECTORY || volume.node[parent - 1].entry.kind != CARD_DIRECTORY))
		return ERR_CORRUPT;
	return units_claim(entry);
}

/* The table of a header that is right: taken over, or nothing is. */
static err_t table_load(const struct card_header *header)
{
	struct digest digest;
	uint32_t size = header->entry_count * (uint32_t)sizeof(struct card_entry);
	err_t err = size ? disk_read(table_place(header->generation), 0, table_blocks(header->entry_count)) : OK;

	if (err != OK)
		return err;
	digest = digest_whole(disk_buffer(), size);
	if (digest.word[0] != header->table[0] || digest.word[1] != header->table[1])
		return ERR_CORRUPT;
	memset(volume.node, 0, sizeof volume.node);
	units_start(volume.unit_count);
	for (uint32_t i = 0; i < header->entry_count; i++)
		memcpy(&volume.node[i].entry, disk_buffer() + i * sizeof(struct card_entry), sizeof(struct card_entry));
	for (uint32_t i = 0; i < header->entry_count && err == OK; i++)
		err = entry_take(&volume.node[i].entry);
	if (err == OK)
		volume.generation = header->generation;
	return err;
}

err_t volume_mount(void)
{
	struct card_header headers[2];
	uint64_t blocks;
	bool fresh;
	err_t err = disk_open(&blocks);

	if (err != OK)
		return err;
	if (blocks < CARD_UNITS + CARD_UNIT_BLOCKS)
		return ERR_RANGE;
	blocks = (blocks - CARD_UNITS) / CARD_UNIT_BLOCKS;
	volume.unit_count = blocks < CARD_UNITS_MOST ? (uint32_t)blocks : CARD_UNITS_MOST;
	err = headers_read(headers, &fresh);
	if (err != OK)
		return err;
	memset(volume.node, 0, sizeof volume.node);
	units_start(volume.unit_count);
	if (fresh)
		return OK;
	if (headers[0].magic != CARD_MAGIC && headers[1].magic != CARD_MAGIC)
		return ERR_EXISTS;
	bool right[2] = {header_right(&headers[0], 0), header_right(&headers[1], 1)};
	uint32_t newer = right[1] && (!right[0] || headers[1].generation > headers[0].generation);
	err = right[newer] ? table_load(&headers[newer]) : ERR_CORRUPT;
	if (err != OK && err != ERR_IO && right[!newer])
		err = table_load(&headers[!newer]);
	return err;
}

/* The entries into the buffer, those without a name as free ones; how many are to be written. */
static uint32_t table_gather(void)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < CARD_ENTRIES; i++) {
		struct card_entry *entry = (struct card_entry *)(void *)(disk_buffer() + i * sizeof *entry);
		memset(entry, 0, sizeof *entry);
		if (volume.node[i].removed || volume.node[i].entry.kind == CARD_FREE)
			continue;
		*entry = volume.node[i].entry;
		count = i + 1;
	}
	return count;
}

err_t volume_commit(void)
{
	uint32_t count = table_gather();
	struct card_header header = {.magic = CARD_MAGIC, .generation = volume.generation + 1, .entry_count = count,
	                             .unit_count = volume.unit_count};
	struct digest digest = digest_whole(disk_buffer(), count * sizeof(struct card_entry));

	header.table[0] = digest.word[0];
	header.table[1] = digest.word[1];
	header.check = header_check(&header);
	err_t err = count ? disk_write(table_place(header.generation), 0, table_blocks(count)) : OK;
	if (err == OK)
		err = disk_sync();
	if (err != OK)
		return err;
	memset(disk_buffer(), 0, CARD_BLOCK);
	memcpy(disk_buffer(), &header, sizeof header);
	err = disk_write(header.generation & 1, 0, 1);
	if (err == OK)
		err = disk_sync();
	if (err != OK)
		return err;
	volume.generation = header.generation;
	units_committed();
	return OK;
}
