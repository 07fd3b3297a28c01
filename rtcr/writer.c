/* SPDX-License-Identifier: MIT */
/*
 * The second thread: prepares a checkpoint, and turns the snapshot into an image in the store, while the target runs. The image's pieces are gathered in
 * a window that the store appends from.
 */
#include <framework/heap.h>
#include <framework/memory.h>
#include <store/session.h>

#include "rtcr/snapshot.h"

enum { WRITER_INDEX = 1, WINDOW = 4 << 20 };

static struct {
	ep_t store;
	ds_t window_ds;
	uint8_t *window;
	uint64_t fill;
} sink;

static err_t sink_flush(void)
{
	const struct store_append_request request = {0, sink.fill};
	struct store_append_reply reply;

	if (!sink.fill)
		return OK;
	sink.fill = 0;
	return store_append(sink.store, &request, NULL, &reply, NULL);
}

static err_t sink_append(void *context, const void *bytes, uint64_t size)
{
	const uint8_t *from = bytes;
	err_t err = OK;

	(void)context;
	while (size && err == OK) {
		uint64_t part = WINDOW - sink.fill < size ? WINDOW - sink.fill : size;
		memcpy(sink.window + sink.fill, from, part);
		sink.fill += part;
		from += part;
		size -= part;
		if (sink.fill == WINDOW)
			err = sink_flush();
	}
	return err;
}

static err_t sink_start(void)
{
	const struct store_buffer_request request = {};
	struct store_buffer_reply reply;
	void *window;
	err_t err = store_session(STORE_WRITING, &sink.store);

	if (err == OK && !sink.window) {
		err = buffer_take(WINDOW, 0, &sink.window_ds, &window);
		if (err != OK)
			return err;
		sink.window = window;
	}
	return err == OK ? store_buffer(sink.store, &request, &sink.window_ds.slot, &reply, NULL) : err;
}

/* A copy as it is seen by this thread, part by part. */
static err_t extent_write(struct image_writer *writer, const struct extent_copy *extent)
{
	err_t err = OK;

	for (uint64_t at = 0, part; at < extent->size && err == OK; at += part) {
		uint8_t *bytes;
		part = extent->size - at;
		err = view_show(WINDOW_WRITER, extent->copy, extent->offset + at, &part, &bytes);
		if (err == OK)
			err = image_write_memory(writer, bytes, part);
	}
	return err;
}

static err_t image_write(struct image_writer *writer, uint64_t *digests, uint64_t chunks)
{
	const struct image_sink out = {sink_append, NULL};
	err_t err = image_write_begin(writer, &out, &snapshot.header, digests, chunks);

	for (uint32_t i = 0; i < SECTIONS && err == OK; i++)
		err = records_write(&snapshot.records[i], writer);
	for (uint32_t i = 0; i < snapshot.extent_count && err == OK; i++)
		err = extent_write(writer, &snapshot.extents[i]);
	if (err == OK)
		err = image_write_end(writer, &snapshot.image_size);
	return err == OK ? sink_flush() : err;
}

static err_t image_store(void)
{
	static struct image_writer writer;
	const struct store_commit_request commit = {};
	struct store_create_request create = {.key = {.kind = STORE_IMAGE, .generation = snapshot.header.generation}};
	struct store_create_reply created;
	struct store_commit_reply committed;
	uint64_t chunks = snapshot.memory / IMAGE_CHUNK_DEFAULT + 1;
	err_t err = sink_start();

	memcpy(create.key.name, target.name, sizeof create.key.name);
	uint64_t *digests = err == OK ? heap_alloc(chunks * sizeof *digests) : NULL;
	if (!digests)
		return err == OK ? ERR_MEMORY_QUOTA : err;
	sink.fill = 0;
	err = store_create(sink.store, &create, NULL, &created, NULL);
	if (err == OK)
		err = image_write(&writer, digests, chunks);
	if (err == OK)
		err = store_commit(sink.store, &commit, NULL, &committed, NULL);
	heap_free(digests);
	return err;
}

static err_t work_prepare(void)
{
	uint64_t begin = clock_now();
	err_t err = roms_store();

	if (err == OK)
		err = target.strategy->prepare();
	snapshot.prepare_ns = clock_now() - begin;
	return err;
}

static err_t work_write(void)
{
	err_t err = ERR_GONE;

	for (int tries = 0; tries < 2 && err == ERR_GONE; tries++) {
		err = roms_hold();
		if (err == OK)
			err = image_store();
		if (store_renew(STORE_WRITING, err))
			err = ERR_GONE;
	}
	return err;
}

static _Noreturn void writer_run(addr_t unused)
{
	uint32_t badges, count;

	(void)unused;
	for (;;) {
		err_t err = signal_wait(snapshot.start, DEADLINE_NEVER, &badges, &count);
		if (err == OK)
			err = snapshot.preparing ? work_prepare() : work_write();
		snapshot.result = err;
		__atomic_store_n(&snapshot.preparing, false, __ATOMIC_RELEASE);
		err = signal_submit(snapshot.settled);
		if (err == OK)
			err = signal_submit((signal_t){snapshot.done});
		if (err != OK)
			log_line("the end of a checkpoint cannot be told: %s", err_sentence(err));
	}
}

void writer_settle(void)
{
	uint32_t badges, count;

	/* What an earlier end left in the signal costs one more look. */
	while (__atomic_load_n(&snapshot.preparing, __ATOMIC_ACQUIRE)) {
		err_t ignored = signal_wait(snapshot.settled, DEADLINE_NEVER, &badges, &count);
		(void)ignored;
	}
}

err_t writer_start(void)
{
	static bool made;

	if (made)
		return OK;
	err_t err = signal_alloc(&snapshot.start);
	if (err == OK)
		err = signal_alloc(&snapshot.settled);
	if (err == OK)
		err = server_signal(&rtcr_server, SIGNAL_WRITTEN, &snapshot.done);
	if (err == OK)
		err = thread_spawn(WRITER_INDEX, "writer", 131072, writer_run, 0);
	made = err == OK;
	return err;
}
