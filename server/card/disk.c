/* SPDX-License-Identifier: MIT */
/* The card's blocks, or those of its partition, by a session of its driver: see disk.h. */
#include <block/session.h>
#include <framework/env.h>

#include "server/card/disk.h"

#define PATIENCE_NS 10000000000ull

_Static_assert((int)DISK_BLOCKS <= (int)BLOCK_MOST, "one call");

static struct session session;
static uint8_t *buffer;
static uint64_t start;         /* on the card, of what is used */

/* A table of partitions as a PC's first block has it, four entries: type at 4, first block at 8, blocks at 12. */
enum { TABLE = 446, ENTRY = 16, ENTRIES = 4, SIGNATURE = 510, TYPE_OURS = 0xda };

static err_t buffer_give(void)
{
	const struct block_buffer_request request = {};
	struct block_buffer_reply reply;
	void *address;
	ds_t ds;
	err_t err = buffer_take(DISK_BLOCKS * BLOCK_SIZE, 0, &ds, &address);

	if (err != OK)
		return err;
	buffer = address;
	return block_buffer(session.ep, &request, &ds.slot, &reply, NULL);
}

static uint32_t word(const uint8_t *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The first partition of our type that lies on the card, if there is a table that has one. */
static void partition_find(uint64_t *block_count)
{
	if (buffer[SIGNATURE] != 0x55 || buffer[SIGNATURE + 1] != 0xaa)
		return;
	for (const uint8_t *entry = buffer + TABLE; entry < buffer + TABLE + ENTRIES * ENTRY; entry += ENTRY) {
		uint32_t first = word(entry + 8), count = word(entry + 12);
		if (entry[4] != TYPE_OURS || !first || (uint64_t)first + count > *block_count)
			continue;
		start = first;
		*block_count = count;
		return;
	}
}

err_t disk_open(uint64_t *block_count)
{
	const struct block_info_request request = {};
	struct block_info_reply reply;
	err_t err = session_open("BLOCK", "card", PATIENCE_NS, &session);

	if (err == OK)
		err = buffer_give();
	if (err == OK)
		err = block_info(session.ep, &request, NULL, &reply, NULL);
	if (err == OK)
		err = disk_read(0, 0, 1);
	if (err != OK)
		return err;
	*block_count = reply.count;
	partition_find(block_count);
	return OK;
}

uint8_t *disk_buffer(void)
{
	return buffer;
}

/* A driver that died is started again, but this session is not: so is this component, with the card as it is. */
static err_t still_there(err_t err)
{
	if (err == ERR_GONE) {
		log_line("the driver of the card is gone");
		component_exit(1);
	}
	return err;
}

err_t disk_read(uint64_t first, uint32_t at, uint32_t count)
{
	const struct block_read_request request = {start + first, (uint64_t)at * BLOCK_SIZE, count, 0};
	struct block_read_reply reply;

	return still_there(block_read(session.ep, &request, NULL, &reply, NULL));
}

err_t disk_write(uint64_t first, uint32_t at, uint32_t count)
{
	const struct block_write_request request = {start + first, (uint64_t)at * BLOCK_SIZE, count, 0};
	struct block_write_reply reply;

	return still_there(block_write(session.ep, &request, NULL, &reply, NULL));
}

err_t disk_sync(void)
{
	const struct block_sync_request request = {};
	struct block_sync_reply reply;

	return still_there(block_sync(session.ep, &request, NULL, &reply, NULL));
}
