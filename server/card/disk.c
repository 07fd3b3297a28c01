/* SPDX-License-Identifier: MIT */
/* The card's blocks by a session of its driver: see disk.h. */
#include <block/session.h>
#include <framework/env.h>

#include "server/card/disk.h"

#define PATIENCE_NS 10000000000ull

_Static_assert((int)DISK_BLOCKS <= (int)BLOCK_MOST, "one call");

static struct session session;
static uint8_t *buffer;

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
		*block_count = reply.count;
	return err;
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
	const struct block_read_request request = {first, (uint64_t)at * BLOCK_SIZE, count, 0};
	struct block_read_reply reply;

	return still_there(block_read(session.ep, &request, NULL, &reply, NULL));
}

err_t disk_write(uint64_t first, uint32_t at, uint32_t count)
{
	const struct block_write_request request = {first, (uint64_t)at * BLOCK_SIZE, count, 0};
	struct block_write_reply reply;

	return still_there(block_write(session.ep, &request, NULL, &reply, NULL));
}

err_t disk_sync(void)
{
	const struct block_sync_request request = {};
	struct block_sync_reply reply;

	return still_there(block_sync(session.ep, &request, NULL, &reply, NULL));
}
