/* SPDX-License-Identifier: MIT */
/*
 * The SD card as BLOCK: what a script wrote to its image is read, and what is written here the script finds there.
 * Word w of block b is b * 1000003 + w; the script makes blocks 0 to 63 so, this writes 1000 to 1300 and the last one.
 */
#include <block/session.h>
#include <framework/memory.h>

#include "test/device/check.h"

enum { WORDS = BLOCK_SIZE / 4, BUFFER = (BLOCK_MOST + 8) * BLOCK_SIZE };

static ep_t block;
static uint32_t *words;

static err_t move(bool write, uint64_t first, uint64_t start, uint32_t count)
{
	const struct block_write_request to = {first, start, count, 0};
	const struct block_read_request from = {first, start, count, 0};
	struct block_write_reply written;
	struct block_read_reply read;

	return write ? block_write(block, &to, NULL, &written, NULL) : block_read(block, &from, NULL, &read, NULL);
}

static void pattern_make(uint64_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count * WORDS; i++)
		words[i] = (uint32_t)(first + i / WORDS) * 1000003 + i % WORDS;
}

static bool pattern_is(uint64_t first, uint32_t count)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < count * WORDS; i++)
		wrong += words[i] != (uint32_t)(first + i / WORDS) * 1000003 + i % WORDS;
	return !wrong;
}

static void blocks_read(void)
{
	CHECK_OK(move(false, 0, 0, 1));
	CHECK(pattern_is(0, 1));
	CHECK_OK(move(false, 3, 0, 61));
	CHECK(pattern_is(3, 61));
}

static void blocks_written(uint64_t last)
{
	pattern_make(1000, BLOCK_MOST);
	CHECK_OK(move(true, 1000, 0, BLOCK_MOST));
	pattern_make(1000 + BLOCK_MOST, 44);
	CHECK_OK(move(true, 1000 + BLOCK_MOST, 0, 44));
	pattern_make(1300, 1);
	CHECK_OK(move(true, 1300, 0, 1));
	pattern_make(last, 1);
	CHECK_OK(move(true, last, 0, 1));
	memset(words, 0, BUFFER);
	CHECK_OK(move(false, 1100, 0, 201));
	CHECK(pattern_is(1100, 201));
	CHECK_OK(move(false, last, 0, 1));
	CHECK(pattern_is(last, 1));
}

static void blocks_refused(uint64_t count)
{
	for (int write = 0; write < 2; write++) {
		CHECK_ERR(move(write, 0, 0, 0), ERR_ARGUMENT);
		CHECK_ERR(move(write, 0, 0, BLOCK_MOST + 1), ERR_ARGUMENT);
		CHECK_ERR(move(write, count, 0, 1), ERR_RANGE);
		CHECK_ERR(move(write, count - 1, 0, 2), ERR_RANGE);
		CHECK_ERR(move(write, UINT64_MAX, 0, 2), ERR_RANGE);
		CHECK_ERR(move(write, 0, BUFFER, 1), ERR_RANGE);
		CHECK_ERR(move(write, 0, UINT64_MAX - 100, 1), ERR_RANGE);
	}
}

int component_main(addr_t argument)
{
	const struct block_buffer_request buffer = {};
	const struct block_info_request info = {};
	const struct block_sync_request sync = {};
	struct block_buffer_reply buffer_reply;
	struct block_info_reply info_reply;
	struct block_sync_reply sync_reply;
	struct session session;
	void *address;
	ds_t ds;

	(void)argument;
	CHECK_OK(session_open("BLOCK", "card", 5ull * WHILE_NS, &session));
	block = session.ep;
	CHECK_ERR(move(false, 0, 0, 1), ERR_RANGE);   /* no buffer yet */
	CHECK_OK(ds_alloc(BUFFER, &ds));
	CHECK_OK(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address));
	words = address;
	CHECK_OK(block_buffer(block, &buffer, &ds.slot, &buffer_reply, NULL));
	CHECK_OK(block_info(block, &info, NULL, &info_reply, NULL));
	CHECK(info_reply.count == 64 << 11);
	blocks_read();
	blocks_written(info_reply.count - 1);
	blocks_refused(info_reply.count);
	CHECK_OK(block_sync(block, &sync, NULL, &sync_reply, NULL));
	log_line("card: %u failed", failures);
	return failures ? 1 : 0;
}
