/* SPDX-License-Identifier: MIT */
/* LOG, TERMINAL and STORE in memory, see services.h. Each image that is committed goes through the reader first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <framework/server.h>
#include <image/reader.h>
#include <log/session.h>
#include <store/session.h>
#include <terminal/session.h>

#include "test/fuzz/services.h"

enum { INPUT = 100 };

struct file {
	struct file *next;
	struct store_key key;
	uint32_t number;
	uint8_t *bytes;
	uint64_t size;
};

static struct {
	struct file *first;
	uint32_t numbers;
	bool forged;
	uint64_t output, input;        /* of the terminal */
} files;

static void file_free(struct file *file)
{
	if (file)
		free(file->bytes);
	free(file);
}

void served_file_drop(struct served *store)
{
	file_free(store->writing);
	store->writing = NULL;
}

void services_files_clear(void)
{
	while (files.first) {
		struct file *file = files.first;
		files.first = file->next;
		file_free(file);
	}
	files.output = 0;
	files.input = INPUT;
}

void services_forged(void)
{
	files.forged = true;
}

static struct file *file_find(const struct store_key *key)
{
	for (struct file *file = files.first; file; file = file->next)
		if (file->key.kind == key->kind && file->key.generation == key->generation &&
		    memcmp(file->key.digest, key->digest, sizeof key->digest) == 0)
			return file;
	return NULL;
}

/* The range of the buffer that was handed over, or NULL. */
static uint8_t *buffer_at(const struct served *session, uint64_t start, uint64_t size)
{
	const struct served *buffer = session->buffer ? served_find(session->buffer) : NULL;

	return buffer && start <= buffer->size && size <= buffer->size - start ? buffer->bytes + start : NULL;
}

static err_t source_read(void *context, uint64_t offset, void *to, uint64_t size)
{
	memcpy(to, ((const struct file *)context)->bytes + offset, size);
	return OK;
}

/* Whatever the RTCR writes of a target has to be a whole image. */
static void image_check(struct file *file)
{
	static struct image image;
	const struct image_source source = {source_read, file, file->size};
	struct image_fault fault = {0, ""};
	uint64_t needed = 0, checked;
	err_t err = image_probe(&source, &needed, &fault);
	void *buffer = malloc(needed + 1), *chunk = malloc(IMAGE_CHUNK_DEFAULT);

	FUZZ_CHECK(buffer && chunk, "no memory");
	if (err == OK)
		err = image_open(&image, &source, buffer, needed, &fault);
	if (err == OK)
		err = image_verify(&image, chunk, &checked, &fault);
	if (err != OK)
		fprintf(stderr, "byte %lu: %s\n", (unsigned long)fault.offset, fault.sentence);
	FUZZ_CHECK(err == OK, "the reader refuses an image that the RTCR wrote");
	free(buffer);
	free(chunk);
}

HANDLER(log, write)
{
	UNUSED;
	return request->length > LOG_TEXT ? ERR_ARGUMENT : OK;
}

HANDLER(store, buffer)
{
	struct served *memory = served_of_slot(message->caps[0], SERVED_DATASPACE);

	UNUSED;
	if (!memory)
		return ERR_CAPABILITY;
	((struct served *)object)->buffer = memory->badge;
	reply->size = memory->size;
	return OK;
}

HANDLER(store, create)
{
	struct served *store = object;

	UNUSED;
	if (file_find(&request->key))
		return ERR_EXISTS;
	served_file_drop(store);
	files.forged = false;
	store->writing = calloc(1, sizeof *store->writing);
	FUZZ_CHECK(store->writing, "no memory");
	store->writing->key = request->key;
	store->writing->number = ++files.numbers;
	return OK;
}

HANDLER(store, append)
{
	struct file *file = ((struct served *)object)->writing;
	const uint8_t *from = buffer_at(object, request->start, request->size);

	UNUSED;
	if (!file)
		return ERR_STATE;
	FUZZ_CHECK(from, "bytes beyond the buffer of the store");
	file->bytes = realloc(file->bytes, file->size + request->size);
	FUZZ_CHECK(file->bytes || !request->size, "no memory");
	memcpy(file->bytes + file->size, from, request->size);
	file->size += request->size;
	return OK;
}

HANDLER(store, commit)
{
	struct served *store = object;
	struct file *file = store->writing;

	UNUSED;
	if (!file)
		return ERR_STATE;
	if (file->key.kind == STORE_IMAGE && !files.forged)
		image_check(file);
	store->writing = NULL;
	file->next = files.first;
	files.first = file;
	reply->size = file->size;
	return OK;
}

HANDLER(store, open)
{
	struct file *file = file_find(&request->key);

	UNUSED;
	if (!file)
		return ERR_NOT_FOUND;
	((struct served *)object)->reading = file->number;
	reply->size = file->size;
	return OK;
}

HANDLER(store, read)
{
	const struct file *file = files.first;
	uint8_t *to = buffer_at(object, request->start, request->size);

	UNUSED;
	while (file && file->number != ((const struct served *)object)->reading)
		file = file->next;
	if (!file)
		return ERR_STATE;
	if (!to || request->offset > file->size || request->size > file->size - request->offset)
		return ERR_RANGE;
	memcpy(to, file->bytes + request->offset, request->size);
	return OK;
}

HANDLER(store, newest)
{
	UNUSED;
	for (const struct file *file = files.first; file; file = file->next)
		if (file->key.kind == STORE_IMAGE && file->key.generation < request->below &&
		    file->key.generation > reply->generation)
			reply->generation = file->key.generation;
	return reply->generation ? OK : ERR_NOT_FOUND;
}

HANDLER(store, failure)
{
	UNUSED;
	memset(reply->sentence, 'x', sizeof reply->sentence - (files.output & 1));
	return OK;
}

HANDLER(terminal, buffer)
{
	struct served *session = object, *memory = served_of_slot(message->caps[0], SERVED_DATASPACE);
	struct cap *signal;
	err_t err = cap_lookup(kernel_current()->pd, message->caps[1], KIND_SIGNAL, RIGHT_SEND, &signal);

	UNUSED;
	if (err != OK || !memory)
		return err == OK ? ERR_CAPABILITY : err;
	session->buffer = memory->badge;
	cap_clear(&session->signal);
	cap_set(&session->signal, signal->object, signal->rights, signal->badge);
	return OK;
}

HANDLER(terminal, write)
{
	UNUSED;
	if (request->stream > TERMINAL_ERROR)
		return ERR_ARGUMENT;
	if (!buffer_at(object, request->start, request->length))
		return ERR_RANGE;
	files.output += sizeof(struct terminal_frame) + request->length;
	files.input += 3;
	reply->offset = files.output;
	return OK;
}

HANDLER(terminal, read)
{
	uint64_t left = request->offset < files.input ? files.input - request->offset : 0;
	uint32_t count = left < request->length ? (uint32_t)left : request->length;
	uint8_t *to = buffer_at(object, request->start, request->length);

	UNUSED;
	if (!to)
		return ERR_RANGE;
	memset(to, 'i', count);
	reply->count = count;
	return OK;
}

HANDLER(terminal, cut)
{
	UNUSED;
	if (request->output > files.output)
		return ERR_RANGE;
	files.output = request->output;
	return OK;
}

HANDLER(terminal, info)
{
	UNUSED;
	reply->output = files.output;
	reply->input = files.input;
	return OK;
}

err_t served_store_call(struct served *served, struct rpc_message *in, struct rpc_message *out)
{
	static const struct log_handlers log = {log_write_serve};
	static const struct store_handlers store = {
		.buffer = store_buffer_serve, .create = store_create_serve, .append = store_append_serve,
		.commit = store_commit_serve, .open = store_open_serve,     .read = store_read_serve,
		.newest = store_newest_serve, .failure = store_failure_serve};
	static const struct terminal_handlers terminal = {
		.buffer = terminal_buffer_serve, .write = terminal_write_serve, .read = terminal_read_serve,
		.cut = terminal_cut_serve,       .info = terminal_info_serve};

	switch (served->type) {
	case SERVED_LOG: return log_dispatch(&log, served, in, out);
	case SERVED_TERMINAL: return terminal_dispatch(&terminal, served, in, out);
	default: return store_dispatch(&store, served, in, out);
	}
}
