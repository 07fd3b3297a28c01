/* SPDX-License-Identifier: MIT */
/*
 * A store on the card, over several lives of the machine: each checks all images that are there, writes the next one and
 * begins one more that it does not commit. Image g has g * 300,001 bytes.
 */
#include <framework/memory.h>
#include <store/session.h>

#include "test/device/check.h"

enum { BUFFER = 1 << 20, PIECE = 299 * 1024 };

static ep_t store;
static uint8_t *bytes;

static uint64_t size_of(uint64_t generation)
{
	return generation * 300001;
}

static uint8_t byte_of(uint64_t generation, uint64_t at)
{
	return (uint8_t)((generation * 40503 + at) * 2654435761u >> 11);
}

static struct store_key key_of(uint64_t generation)
{
	return (struct store_key){.kind = STORE_IMAGE, .generation = generation, .name = "kept"};
}

static void image_check(uint64_t generation)
{
	const struct store_open_request open = {key_of(generation)};
	struct store_open_reply opened;
	struct store_read_reply nothing;
	uint64_t wrong = 0;

	CHECK_OK(store_open(store, &open, NULL, &opened, NULL));
	CHECK(opened.size == size_of(generation));
	for (uint64_t at = 0; at < opened.size; at += PIECE) {
		uint64_t size = opened.size - at < PIECE ? opened.size - at : PIECE;
		const struct store_read_request read = {at, 0, size};
		CHECK_OK(store_read(store, &read, NULL, &nothing, NULL));
		for (uint64_t i = 0; i < size; i++)
			wrong += bytes[i] != byte_of(generation, at + i);
	}
	CHECK(!wrong);
	const struct store_read_request beyond = {opened.size, 0, 1};
	CHECK_ERR(store_read(store, &beyond, NULL, &nothing, NULL), ERR_RANGE);
}

static void image_write(uint64_t generation, bool commit)
{
	const struct store_create_request create = {key_of(generation)};
	const struct store_commit_request nothing = {};
	struct store_create_reply created;
	struct store_append_reply appended;
	struct store_commit_reply committed;
	uint64_t size = size_of(generation);

	CHECK_OK(store_create(store, &create, NULL, &created, NULL));
	for (uint64_t at = 0; at < size; at += PIECE) {
		const struct store_append_request append = {0, size - at < PIECE ? size - at : PIECE};
		for (uint64_t i = 0; i < append.size; i++)
			bytes[i] = byte_of(generation, at + i);
		CHECK_OK(store_append(store, &append, NULL, &appended, NULL));
	}
	if (!commit)
		return;
	CHECK_OK(store_commit(store, &nothing, NULL, &committed, NULL));
	CHECK(committed.size == size);
	CHECK_ERR(store_create(store, &create, NULL, &created, NULL), ERR_EXISTS);
}

static uint64_t newest_find(void)
{
	const struct store_newest_request request = {UINT64_MAX, "kept"};
	struct store_newest_reply newest;
	err_t err = store_newest(store, &request, NULL, &newest, NULL);

	CHECK(err == OK || err == ERR_NOT_FOUND);
	return err == OK ? newest.generation : 0;
}

int component_main(addr_t argument)
{
	const struct store_buffer_request request = {};
	struct store_buffer_reply reply;
	struct session session;
	void *address;
	ds_t ds;

	(void)argument;
	CHECK_OK(session_open("STORE", "kept", 10ull * WHILE_NS, &session));
	store = session.ep;
	CHECK_OK(ds_alloc(BUFFER, &ds));
	CHECK_OK(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address));
	CHECK_OK(store_buffer(store, &request, &ds.slot, &reply, NULL));
	bytes = address;
	uint64_t newest = newest_find();
	for (uint64_t generation = 1; generation <= newest; generation++)
		image_check(generation);
	image_write(newest + 1, true);
	CHECK(newest_find() == newest + 1);
	image_check(newest + 1);
	image_write(newest + 2, false);
	log_line("kept: generations %u, %u failed", (uint32_t)newest + 1, failures);
	return failures ? 1 : 0;
}
