/* SPDX-License-Identifier: MIT */
/* Images in the store, see archive.h. Bytes come through a window that the store fills. */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <image/digest.h>
#include <rm/session.h>
#include <store/session.h>

#include <inttypes.h>

#include "rtcr/archive.h"
#include "rtcr/records.h"

enum { WINDOW = IMAGE_CHUNK_DEFAULT };

static struct {
	ds_t window_ds;
	uint8_t *window;
	void *buffer;              /* of the reader */
	uint8_t *chunk;
	uint32_t chunk_size;
} archive;

static err_t window_lend(ep_t store)
{
	const struct store_buffer_request request = {};
	struct store_buffer_reply reply;
	void *window;

	if (!archive.window) {
		err_t err = buffer_take(WINDOW, RM_POPULATE, &archive.window_ds, &window);
		if (err != OK)
			return err;
		archive.window = window;
	}
	return store_buffer(store, &request, &archive.window_ds.slot, &reply, NULL);
}

static err_t window_read(void *context, uint64_t offset, void *to, uint64_t size)
{
	uint8_t *at = to;
	ep_t store;
	err_t err = store_session(STORE_READING, &store);

	(void)context;
	while (size && err == OK) {
		uint64_t part = size < WINDOW ? size : WINDOW;
		const struct store_read_request request = {offset, 0, part};
		struct store_read_reply reply;
		err = store_read(store, &request, NULL, &reply, NULL);
		if (err != OK)
			break;
		if (at != archive.window)
			memcpy(at, archive.window, part);
		at += part;
		offset += part;
		size -= part;
	}
	return err;
}

static err_t newest_ask(uint64_t below, uint64_t *generation)
{
	struct store_newest_request request = {.below = below};
	struct store_newest_reply reply;
	ep_t store;
	err_t err = store_session(STORE_READING, &store);

	memcpy(request.name, target.name, sizeof request.name);
	if (err == OK)
		err = store_newest(store, &request, NULL, &reply, NULL);
	if (err == OK)
		*generation = reply.generation;
	return err;
}

err_t archive_newest(uint64_t below, uint64_t *generation)
{
	*generation = 0;
	err_t err = newest_ask(below, generation);

	if (store_renew(STORE_READING, err))
		err = newest_ask(below, generation);
	return err == ERR_NOT_FOUND ? OK : err;
}

static err_t file_open(uint64_t generation, uint64_t *size)
{
	struct store_open_request request = {.key = {.kind = STORE_IMAGE, .generation = generation}};
	struct store_open_reply reply;
	ep_t store;
	err_t err = store_session(STORE_READING, &store);

	memcpy(request.key.name, target.name, sizeof request.key.name);
	if (err == OK)
		err = window_lend(store);
	if (err == OK)
		err = store_open(store, &request, NULL, &reply, NULL);
	if (err == ERR_NOT_FOUND)
		target_fail("restore: there is no checkpoint %s@%" PRIu64, target.name, generation);
	else if (err != OK)
		store_fail(STORE_READING, "restore", err);
	else
		*size = reply.size;
	return err;
}

static err_t image_fail(uint64_t generation, const struct image_fault *fault, err_t err)
{
	uint64_t older;

	if (archive_newest(generation, &older) == OK && older)
		target_fail("restore: checkpoint %" PRIu64 " is not usable: %s at byte %" PRIu64 "; an older one is %s@%" PRIu64,
		            generation, fault->sentence, fault->offset, target.name, older);
	else
		target_fail("restore: checkpoint %" PRIu64 " is not usable: %s at byte %" PRIu64, generation,
		            fault->sentence, fault->offset);
	return err;
}

/* Whole, but is it what its name says? */
static bool image_is(const struct image *image, uint64_t generation, struct image_fault *fault)
{
	uint32_t length;

	fault->offset = offsetof(struct image_header, generation);
	fault->sentence = "it is another checkpoint";
	if (image->header.generation != generation)
		return false;
	for (uint32_t i = 0; i < image_count(image, IMAGE_KIND_target); i++) {
		const uint8_t *name = image_piece(image_at(image, IMAGE_KIND_target, i), 0, &length);
		if (length == strlen(target.name) && memcmp(name, target.name, length) == 0)
			return true;
		fault->offset = (uint64_t)(name - image->records) + image->trailer.records_offset;
		fault->sentence = "it is of another component";
	}
	return false;
}

err_t archive_open(uint64_t generation, struct image *image)
{
	const struct image_source from = {window_read, NULL, 0};
	struct image_source source = from;
	struct image_fault fault = {0, "cannot be read"};
	uint64_t needed, newest;
	err_t err = archive_newest(UINT64_MAX, &newest);

	if (err != OK) {
		store_fail(STORE_READING, "restore", err);
		return err;
	}
	target.status.generation = newest;
	if (!generation)
		generation = newest;
	if (!generation) {
		target_fail("restore: %s has no checkpoint", target.name);
		return ERR_NOT_FOUND;
	}
	err = file_open(generation, &source.size);
	if (err != OK)
		return err;
	err = image_probe(&source, &needed, &fault);
	if (err != OK)
		return image_fail(generation, &fault, err);
	archive.buffer = heap_alloc(needed);
	if (!archive.buffer)
		return ERR_MEMORY_QUOTA;
	err = image_open(image, &source, archive.buffer, needed, &fault);
	if (err == OK && !image_is(image, generation, &fault))
		err = ERR_CORRUPT;
	return err == OK ? OK : image_fail(generation, &fault, err);
}

void archive_close(void)
{
	heap_free(archive.buffer);
	archive.buffer = NULL;
}

err_t archive_chunk_buffer(uint32_t size, uint8_t **bytes)
{
	void *chunk;

	/* A chunk of the usual size stays where the store has put it. */
	if (size <= WINDOW) {
		*bytes = archive.window;
		return OK;
	}
	if (size > archive.chunk_size) {
		err_t err = memory_take(size, &chunk);
		if (err != OK)
			return err;
		archive.chunk = chunk;
		archive.chunk_size = size;
	}
	*bytes = archive.chunk;
	return OK;
}

err_t rom_name_read(const struct image_dataspace *record, uint64_t *size, char *name, uint32_t room)
{
	uint32_t length, at = 0;
	const uint8_t *bytes = image_piece(record, 0, &length);

	*size = 0;
	while (at < length && at < 18 && bytes[at] >= '0' && bytes[at] <= '9')
		*size = *size * 10 + (uint64_t)(bytes[at++] - '0');
	if (!at || at == length || bytes[at++] != ' ' || length - at >= room || *size > record->size)
		return ERR_CORRUPT;
	memcpy(name, bytes + at, length - at);
	name[length - at] = 0;
	return OK;
}

enum service session_service(const struct image_session *record)
{
	uint32_t length, service = 0;
	const uint8_t *bytes = image_piece(record, 0, &length);

	while (service < SERVICES && (strlen(service_names[service]) != length ||
	                              memcmp(service_names[service], bytes, length) != 0))
		service++;
	return (enum service)service;
}

/* "core=N priority=N flags=N output=N" */
err_t target_state_read(const struct image_target *record)
{
	uint32_t length, at = 0;
	uint64_t values[4];
	const uint8_t *bytes = image_piece(record, 1, &length);

	for (uint32_t i = 0; i < 4; i++) {
		while (at < length && bytes[at] != '=')
			at++;
		at++;
		values[i] = 0;
		while (at < length && bytes[at] >= '0' && bytes[at] <= '9')
			values[i] = values[i] * 10 + (uint64_t)(bytes[at++] - '0');
	}
	if (at > length)
		return ERR_CORRUPT;
	target.core = (uint32_t)values[0];
	target.priority = (uint32_t)values[1];
	target.flags = (uint32_t)values[2];
	target.output = values[3];
	return OK;
}

/* The content of a ROM as it lies in the store, piece by piece through the window. */
static err_t content_verify(const struct image_dataspace *record)
{
	static struct digest_state state;
	const struct store_buffer_request buffer = {};
	struct store_buffer_reply buffered;
	struct store_read_reply done;
	uint64_t size = 0;
	ep_t store;
	err_t err = content_size(record->digest, &size);

	if (err == OK)
		err = store_session(STORE_ROMS, &store);
	if (err == OK)
		err = store_buffer(store, &buffer, &archive.window_ds.slot, &buffered, NULL);
	digest_start(&state);
	for (uint64_t at = 0; at < size && err == OK; at += WINDOW) {
		const struct store_read_request read = {at, 0, size - at < WINDOW ? size - at : WINDOW};
		err = store_read(store, &read, NULL, &done, NULL);
		if (err == OK)
			digest_add(&state, archive.window, read.size);
	}
	const struct digest digest = digest_state_whole(&state);
	return err == OK && memcmp(digest.word, record->digest, sizeof digest.word) != 0 ? ERR_CORRUPT : err;
}

err_t archive_verify(const struct image *image)
{
	struct image_fault fault;
	uint64_t checked;
	uint8_t *chunk;
	err_t err = archive_chunk_buffer(image->header.chunk_size, &chunk);

	if (err != OK)
		return err;
	err = image_verify(image, chunk, &checked, &fault);
	if (err != OK)
		return image_fail(image->header.generation, &fault, err);
	for (uint32_t i = 0; i < image_count(image, IMAGE_KIND_dataspace) && err == OK; i++) {
		const struct image_dataspace *record = image_at(image, IMAGE_KIND_dataspace, i);
		if (record->origin == IMAGE_ORIGIN_ROM)
			err = content_verify(record);
	}
	if (err != OK)
		target_fail("restore: content in the store is not usable: %s", err_sentence(err));
	return err;
}
