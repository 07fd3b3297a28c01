/* SPDX-License-Identifier: MIT */
/*
 * Builds the sample image of the tests.
 */
#include "test_sample.h"
#include <kernel/thread.h>
#include <string.h>

#define RECORD(k, i, t) {.kind = IMAGE_KIND_##k, .id = i, .target = t}
#define TEXT(s) {s, sizeof(s) - 1}
#define PIECES(...) ((const struct image_piece[]){__VA_ARGS__})

static err_t bytes_append(void *context, const void *bytes, uint64_t size)
{
	struct sample_bytes *to = context;
	if (++to->calls == to->fail_at || size > to->capacity - to->size)
		return ERR_IO;
	memcpy(to->bytes + to->size, bytes, size);
	to->size += size;
	return OK;
}

static err_t bytes_read(void *context, uint64_t offset, void *to, uint64_t size)
{
	struct sample_bytes *from = context;
	if (++from->calls == from->fail_at)
		return ERR_IO;
	memcpy(to, from->bytes + offset, size);
	return OK;
}

struct image_sink sample_sink(struct sample_bytes *to)
{
	return (struct image_sink){bytes_append, to};
}

struct image_source sample_source(struct sample_bytes *from)
{
	return (struct image_source){bytes_read, from, from->size};
}

uint8_t sample_memory(uint64_t i)
{
	return (uint8_t)(i * 2654435761u >> 13 | 1);
}

static err_t put(struct image_writer *w, err_t before, const void *record, const struct image_piece *pieces)
{
	return before == OK ? image_write_record(w, record, pieces) : before;
}

static err_t memory_records(struct image_writer *w)
{
	const struct image_target targets[] = {
		{.record = RECORD(target, 1, 0), .ram_quota = 1 << 20, .clock_ns = 5000000000, .cap_quota = 100,
	         .region_map = 1},
		{.record = RECORD(target, 2, 0), .ram_quota = 1 << 20, .clock_ns = 77, .cap_quota = 50,
	         .region_map = 3},
	};
	const struct image_dataspace spaces[] = {
		{.record = RECORD(dataspace, 1, 1), .size = 6 * 4096, .origin = IMAGE_ORIGIN_ANONYMOUS},
		{.record = RECORD(dataspace, 2, 1), .size = 2 * 4096, .origin = IMAGE_ORIGIN_ROM,
	         .digest = {11, 12}},
		{.record = RECORD(dataspace, 3, 2), .size = 4096, .origin = IMAGE_ORIGIN_DEVICE},
		{.record = RECORD(dataspace, 7, 2), .size = 2 * 4096, .origin = IMAGE_ORIGIN_ANONYMOUS},
	};
	const struct image_extent extents[] = {
		{.record = RECORD(extent, 1, 0), .offset = 0, .size = 4096, .type = IMAGE_EXTENT_DATA},
		{.record = RECORD(extent, 1, 0), .offset = 4096, .size = 8192, .type = IMAGE_EXTENT_ZERO},
		{.record = RECORD(extent, 1, 0), .offset = 12288, .size = 12288, .type = IMAGE_EXTENT_DATA},
		{.record = RECORD(extent, 7, 0), .offset = 0, .size = 4096, .type = IMAGE_EXTENT_ZERO},
		{.record = RECORD(extent, 7, 0), .offset = 4096, .size = 4096, .type = IMAGE_EXTENT_DATA},
	};
	err_t err = put(w, OK, &targets[0], PIECES(TEXT("lua"), TEXT("lua\0a.lua\0"), TEXT("TERM=dumb\0")));
	err = put(w, err, &targets[1], PIECES(TEXT("caf\xc3\xa9 server"), TEXT(""), TEXT("")));
	err = put(w, err, &spaces[0], PIECES(TEXT("")));
	err = put(w, err, &spaces[1], PIECES(TEXT("program")));
	err = put(w, err, &spaces[2], PIECES(TEXT("ttc0")));
	err = put(w, err, &spaces[3], PIECES(TEXT("")));
	for (uint32_t i = 0; i < 5; i++)
		err = put(w, err, &extents[i], NULL);
	return err;
}

static err_t map_records(struct image_writer *w)
{
	const struct image_region_map maps[] = {
		{.record = RECORD(region_map, 1, 1), .size = 1 << 30, .fault_signal = 3, .fault_badge = 4},
		{.record = RECORD(region_map, 2, 1), .size = 1 << 20},
		{.record = RECORD(region_map, 3, 2), .size = 1 << 30},
	};
	const struct image_attachment attachments[] = {
		{.record = RECORD(attachment, 1, 0), .address = 4096, .size = 8192, .offset = 4096,
	         .source = {IMAGE_KIND_dataspace, 1}, .rights = RIGHT_READ | RIGHT_WRITE},
		{.record = RECORD(attachment, 1, 0), .address = 1 << 20, .size = 1 << 20,
	         .source = {IMAGE_KIND_region_map, 2}, .rights = RIGHT_READ | RIGHT_EXECUTE},
		{.record = RECORD(attachment, 2, 0), .address = 0, .size = 8192,
	         .source = {IMAGE_KIND_dataspace, 2}, .rights = RIGHT_READ},
		{.record = RECORD(attachment, 3, 0), .address = 0, .size = 4096,
	         .source = {IMAGE_KIND_dataspace, 1}, .rights = RIGHT_READ},
		{.record = RECORD(attachment, 3, 0), .address = 4096, .size = 8192,
	         .source = {IMAGE_KIND_dataspace, 7}, .rights = RIGHT_READ | RIGHT_WRITE},
	};
	const struct image_object objects[] = {
		{.record = RECORD(object, 1, 2), .kind = KIND_ENDPOINT},
		{.record = RECORD(object, 2, 2), .kind = KIND_REPLY, .thread = 1},
		{.record = RECORD(object, 3, 1), .kind = KIND_SIGNAL, .badges = 5, .count = 2},
		{.record = RECORD(object, 4, 2), .kind = KIND_INTERRUPT, .count = 1},
	};
	err_t err = OK;
	for (uint32_t i = 0; i < 3; i++)
		err = put(w, err, &maps[i], NULL);
	for (uint32_t i = 0; i < 5; i++)
		err = put(w, err, &attachments[i], NULL);
	for (uint32_t i = 0; i < 4; i++)
		err = put(w, err, &objects[i], NULL);
	return err;
}

static err_t rest_records(struct image_writer *w)
{
	static const uint8_t state[600];
	const struct image_session sessions[] = {
		{.record = RECORD(session, 1, 1), .ram_quota = 8192, .cap_quota = 3, .badge = 9},
		{.record = RECORD(session, 2, 2), .badge = 10},
	};
	const struct image_rpc_object rpc = {.record = RECORD(rpc_object, 1, 1), .session = 1, .type = 2,
	                                     .badge = 99, .source = {IMAGE_KIND_dataspace, 1}};
	const struct image_thread threads[] = {
		{.record = RECORD(thread, 1, 1), .run = THREAD_AWAITING, .object = 2, .priority = 5, .core = 1},
		{.record = RECORD(thread, 2, 2), .run = THREAD_FAULTED, .fault = FAULT_PAGE,
	         .access = RIGHT_WRITE, .fault_address = 0x1234, .core = AFFINITY_ANY},
	};
	const struct image_capability caps[] = {
		{.record = RECORD(capability, 1, 1), .object = {IMAGE_KIND_session, 1}, .kind = KIND_ENDPOINT,
	         .badge = 9, .rights = RIGHT_SEND},
		{.record = RECORD(capability, 6, 1), .object = {IMAGE_KIND_object, 1}, .kind = KIND_ENDPOINT,
	         .badge = 3, .rights = RIGHT_SEND},
		{.record = RECORD(capability, 2, 2), .object = {IMAGE_KIND_object, 2}, .kind = KIND_REPLY,
	         .rights = RIGHT_SEND | RIGHT_WAIT},
		{.record = RECORD(capability, 3, 2), .object = {IMAGE_KIND_thread, 2}, .kind = KIND_THREAD,
	         .rights = RIGHT_CONTROL},
	};
	const struct image_terminal terminal = {.record = RECORD(terminal, 1, 0), .output_offset = 1000,
	                                        .input_offset = 20};
	const struct image_file file = {.record = RECORD(file, 1, 1), .size = 12, .inode = 55, .device = 8,
	                                .mtime_seconds = 1700000000, .mtime_nanoseconds = 1};
	const struct image_record optional = {.kind = 40, .flags = IMAGE_OPTIONAL, .id = 1};
	err_t err = put(w, OK, &sessions[0], PIECES(TEXT("terminal"), TEXT("out"), TEXT("\1\2"), TEXT("\3")));
	err = put(w, err, &sessions[1], PIECES(TEXT("log"), TEXT(""), TEXT(""), TEXT("")));
	err = put(w, err, &rpc, PIECES(TEXT("s")));
	err = put(w, err, &threads[0], PIECES(TEXT("main"), {state, 200}, {state, 320}, {state, 8}, {state, 16}));
	err = put(w, err, &threads[1], PIECES(TEXT("main"), {state, 152}, {state, 320}, {state, 0}, {state, 0}));
	for (uint32_t i = 0; i < 4; i++)
		err = put(w, err, &caps[i], NULL);
	err = put(w, err, &terminal, NULL);
	err = put(w, err, &file, PIECES(TEXT("/home/u/a.lua"), TEXT("a.lua")));
	return put(w, err, &optional, PIECES(TEXT("from the future")));
}

err_t sample_write(struct sample_bytes *to)
{
	struct image_header header = {.kernel = IMAGE_KERNEL_LINUX, .architecture = IMAGE_ARCHITECTURE_X86_64,
	                              .chunk_size = SAMPLE_CHUNK, .generation = 3, .parent_generation = 2,
	                              .created_ns = 1700000000000000000, .xsave_mask = 7, .xsave_size = 832,
	                              .feature_count = 8, .features = {1, 2, 3, 4, 5, 6, 7, 8}};
	struct image_sink sink = sample_sink(to);
	struct image_writer writer;
	uint64_t digests[4];
	uint64_t size;
	uint8_t part[1000];
	err_t err = image_write_begin(&writer, &sink, &header, digests, 4);
	if (err == OK)
		err = memory_records(&writer);
	if (err == OK)
		err = map_records(&writer);
	if (err == OK)
		err = rest_records(&writer);
	for (uint64_t at = 0; err == OK && at < SAMPLE_MEMORY_PAGES * IMAGE_PAGE; at += size) {
		size = SAMPLE_MEMORY_PAGES * IMAGE_PAGE - at;
		size = size < sizeof(part) ? size : sizeof(part);
		for (uint64_t i = 0; i < size; i++)
			part[i] = sample_memory(at + i);
		err = image_write_memory(&writer, part, size);
	}
	return err == OK ? image_write_end(&writer, &size) : err;
}

void sample_reseal(struct sample_bytes *image, const struct image_trailer *layout)
{
	struct image_trailer trailer;
	uint8_t *end = image->bytes + image->size - sizeof(trailer);
	struct digest_state state;
	struct digest digest;
	digest_start(&state);
	digest_add(&state, image->bytes, layout->memory_offset);
	digest_add(&state, image->bytes + layout->chunks_offset, layout->chunk_count * 8);
	digest_add(&state, end, offsetof(struct image_trailer, digest));
	digest = digest_state_whole(&state);
	memcpy(end + offsetof(struct image_trailer, digest), digest.word, sizeof(digest));
}
