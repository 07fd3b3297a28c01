/* SPDX-License-Identifier: MIT */
/*
 * Tests of writer and reader: what was written is read; what was damaged, cut or forged is refused
 * with a sentence, or was legal and can be used whole. Prints how many of each.
 */
#include "test_sample.h"
#include <image/describe.h>
#include <image/load.h>
#include <kernel/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned passed, failed;

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (condition) {                                                                   \
			passed++;                                                                  \
		} else {                                                                           \
			failed++;                                                                  \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                     \
		}                                                                                  \
	} while (0)

static const char *sentences[128];
static unsigned sentence_count;

static void sentence_note(const char *sentence)
{
	for (unsigned i = 0; i < sentence_count; i++)
		if (strcmp(sentences[i], sentence) == 0)
			return;
	if (sentence_count < 128)
		sentences[sentence_count++] = sentence;
}

/* Touch everything that an opened image hands out. */
static void image_use(const struct image *image)
{
	FILE *nowhere = fopen("/dev/null", "w");
	if (nowhere == NULL)
		abort();
	image_describe_text(image, nowhere);
	if (image_describe_json(image, nowhere) != OK)
		abort();
	fclose(nowhere);
}

/* Open, use and verify in a buffer of exactly the size that was asked for. */
static err_t image_try(struct sample_bytes *bytes, struct image_fault *fault, bool use)
{
	struct image_source source = sample_source(bytes);
	struct image image;
	uint64_t needed, checked;
	err_t err = image_probe(&source, &needed, fault);
	if (err == OK) {
		void *buffer = malloc(needed);
		uint8_t *chunk;
		err = image_open(&image, &source, buffer, needed, fault);
		if (err == OK && use)
			image_use(&image);
		if (err == OK) {
			chunk = malloc(image.header.chunk_size);
			err = image_verify(&image, chunk, &checked, fault);
			free(chunk);
		}
		free(buffer);
	}
	if (err != OK)
		sentence_note(fault->sentence);
	return err;
}

static void trailer_of(const struct sample_bytes *bytes, struct image_trailer *trailer)
{
	memcpy(trailer, bytes->bytes + bytes->size - sizeof(*trailer), sizeof(*trailer));
}

static void test_round_trip(struct sample_bytes *bytes)
{
	struct image_source source = sample_source(bytes);
	struct image_fault fault = {0};
	struct image image;
	uint64_t needed = 0, checked = 0;
	uint32_t length, wrong = 0;
	uint8_t chunk[SAMPLE_CHUNK];
	const struct image_thread *thread;
	void *buffer;

	EXPECT(image_probe(&source, &needed, &fault) == OK);
	buffer = malloc(needed);
	EXPECT(image_open(&image, &source, buffer, needed - 1, &fault) == ERR_RANGE);
	EXPECT(image_open(&image, &source, buffer, needed, &fault) == OK);
	EXPECT(image_count(&image, IMAGE_KIND_target) == 2 && image_count(&image, IMAGE_KIND_capability) == 4);
	EXPECT(image_find(&image, IMAGE_KIND_dataspace, 7) != NULL);
	EXPECT(image_find(&image, IMAGE_KIND_dataspace, 4) == NULL);
	EXPECT(image_first(&image, IMAGE_KIND_extent, 7, 0) == 3);
	thread = image_find(&image, IMAGE_KIND_thread, 1);
	EXPECT(thread != NULL && thread->object == 2 && thread->core == 1);
	EXPECT(memcmp(image_piece(thread, 0, &length), "main", 4) == 0 && length == 4);
	EXPECT(image_piece(thread, 4, &length) != NULL && length == 16);
	EXPECT(image.header.generation == 3 && image.header.xsave_mask == 7);
	EXPECT(image.trailer.chunk_count == 3 && image_chunk_size(&image, 2) == IMAGE_PAGE);
	for (uint64_t n = 0; n < image.trailer.chunk_count; n++) {
		EXPECT(image_chunk_read(&image, n, chunk, &fault) == OK);
		for (uint32_t i = 0; i < image_chunk_size(&image, n); i++)
			wrong += chunk[i] != sample_memory(n * SAMPLE_CHUNK + i);
	}
	EXPECT(wrong == 0);
	EXPECT(image_verify(&image, chunk, &checked, &fault) == OK && checked == 3);
	free(buffer);
}

static void test_digest(void)
{
	uint8_t bytes[5000];
	uint32_t wrong = 0;
	for (uint32_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31);
	for (uint32_t size = 0; size < sizeof(bytes); size++) {
		struct digest_state state;
		struct digest whole = digest_whole(bytes, size);
		struct digest pieces;
		digest_start(&state);
		digest_add(&state, bytes, size / 3);
		digest_add(&state, bytes + size / 3, size - size / 3);
		pieces = digest_state_whole(&state);
		wrong += digest_state_chunk(&state) != digest_chunk(bytes, size);
		wrong += pieces.word[0] != whole.word[0] || pieces.word[1] != whole.word[1];
	}
	EXPECT(wrong == 0);
	EXPECT(digest_chunk("", 0) == 0x2d06800538d394c2); /* the published test vector */
}

static void test_writer(void)
{
	struct sample_bytes to = {malloc(SAMPLE_CAPACITY), 0, SAMPLE_CAPACITY, 0, 0};
	struct image_sink sink = sample_sink(&to);
	struct image_header header = {.kernel = 1, .architecture = 1, .generation = 1};
	struct image_terminal terminal = {.record = {.kind = IMAGE_KIND_terminal, .id = 4}};
	struct image_record unknown = {.kind = 99, .id = 1};
	struct image_piece empty = {"", 0};
	struct image_writer w;
	uint64_t digests[1], size;
	uint32_t calls;

	EXPECT(image_write_begin(&w, &sink, &header, digests, 1) == OK);
	EXPECT(image_write_record(&w, &terminal.record, NULL) == OK);
	EXPECT(image_write_record(&w, &terminal.record, NULL) == ERR_ARGUMENT);
	EXPECT(image_write_record(&w, &unknown, &empty) == ERR_ARGUMENT);
	EXPECT(image_write_memory(&w, "", 1) == ERR_ARGUMENT);
	EXPECT(image_write_record(&w, &terminal.record, NULL) == ERR_STATE);
	EXPECT(image_write_end(&w, &size) == OK && size == to.size);
	EXPECT(image_write_end(&w, &size) == ERR_STATE);
	header.parent_generation = 1;
	EXPECT(image_write_begin(&w, &sink, &header, digests, 1) == ERR_ARGUMENT);

	to.size = 0;
	to.calls = 0;
	EXPECT(sample_write(&to) == OK);
	calls = to.calls;
	for (to.fail_at = 1; to.fail_at <= calls; to.fail_at++) {
		to.size = 0;
		to.calls = 0;
		if (sample_write(&to) != ERR_IO)
			break;
	}
	EXPECT(to.fail_at == calls + 1);
	printf("writer: each of %u appends failed once\n", calls);
	free(to.bytes);
}

static void test_runs(void)
{
	static uint64_t pages[4][IMAGE_PAGE / 8];
	uint32_t type;
	pages[2][511] = 1;
	pages[3][0] = 1;
	EXPECT(image_extent_run(pages, sizeof(pages), &type) == 8192 && type == IMAGE_EXTENT_ZERO);
	EXPECT(image_extent_run(pages[2], 8192, &type) == 8192 && type == IMAGE_EXTENT_DATA);
	EXPECT(image_extent_run(pages[1], 4096, &type) == 4096 && type == IMAGE_EXTENT_ZERO);
}

/* Damage as it happens: nothing of it may pass. */
static void test_damage(struct sample_bytes *bytes)
{
	uint32_t refused = 0, tried = 0;
	struct image_fault fault;
	struct sample_bytes cut = *bytes;
	uint32_t calls;

	for (uint64_t i = 0; i < bytes->size; i++)
		for (uint32_t bit = 0; bit <= 8; bit++) {
			uint8_t mask = bit < 8 ? (uint8_t)(1u << bit) : 0xff;
			bytes->bytes[i] ^= mask;
			tried++;
			refused += image_try(bytes, &fault, false) != OK && fault.offset <= bytes->size;
			bytes->bytes[i] ^= mask;
		}
	EXPECT(refused == tried);
	printf("flips: %u of %u refused\n", refused, tried);

	refused = 0;
	for (cut.size = 0; cut.size < bytes->size; cut.size++) {
		cut.bytes = malloc(cut.size + 1);
		memcpy(cut.bytes, bytes->bytes, cut.size);
		refused += image_try(&cut, &fault, false) != OK;
		free(cut.bytes);
	}
	EXPECT(refused == bytes->size);
	printf("truncations: %u of %lu refused\n", refused, (unsigned long)bytes->size);

	bytes->calls = 0;
	EXPECT(image_try(bytes, &fault, true) == OK);
	calls = bytes->calls;
	refused = 0;
	for (bytes->fail_at = 1; bytes->fail_at <= calls; bytes->fail_at++) {
		bytes->calls = 0;
		refused += image_try(bytes, &fault, false) == ERR_IO;
	}
	bytes->fail_at = 0;
	EXPECT(refused == calls);
	printf("reads: each of %u failed once\n", calls);
}

static uint64_t extreme(uint64_t value, unsigned n, uint64_t max)
{
	switch (n) {
	case 0: return 0;
	case 1: return 1;
	case 2: return max;
	case 3: return max - 1;
	case 4: return value + 1;
	case 5: return value - 1;
	case 6: return max / 2;
	default: return max / 2 + 1;
	}
}

/*
 * Forgery: every 2, 4 and 8 byte field of all but the memory at its extremes, under a digest that
 * is right. It must be refused or be usable; the sanitizers watch.
 */
static void test_forgery(struct sample_bytes *bytes)
{
	struct image_trailer layout;
	struct image_fault fault;
	uint8_t *copy = malloc(bytes->size);
	uint32_t refused = 0, accepted = 0, silent = 0;

	memcpy(copy, bytes->bytes, bytes->size);
	trailer_of(bytes, &layout);
	for (uint32_t width = 2; width <= 8; width *= 2)
		for (uint64_t at = 0; at + width <= bytes->size; at += width) {
			uint64_t max = width == 8 ? UINT64_MAX : ((uint64_t)1 << 8 * width) - 1;
			uint64_t value = 0;
			if (at == layout.records_offset + layout.records_size)
				at = layout.chunks_offset;
			memcpy(&value, copy + at, width);
			for (unsigned n = 0; n < 8; n++) {
				uint64_t forged = extreme(value, n, max);
				memcpy(bytes->bytes + at, &forged, width);
				sample_reseal(bytes, &layout);
				fault.sentence = NULL;
				if (image_try(bytes, &fault, true) == OK)
					accepted++;
				else
					refused++, silent += fault.sentence == NULL;
			}
			memcpy(bytes->bytes + at, copy + at, width);
		}
	memcpy(bytes->bytes, copy, bytes->size);
	EXPECT(silent == 0 && refused > 0);
	printf("forged fields: %u refused, %u legal and used whole\n", refused, accepted);
	free(copy);
}

/* Find record `n` of `kind` in the bytes of the sample. */
static void *record_in(struct sample_bytes *bytes, enum image_kind kind, uint32_t n)
{
	struct image_trailer trailer;
	uint8_t *at;
	trailer_of(bytes, &trailer);
	at = bytes->bytes + trailer.index[kind - 1].offset;
	for (uint32_t i = 0; i < n; i++)
		at += ((struct image_record *)(void *)at)->size;
	return at;
}

/* Contradictions that no single extreme value makes. */
#define FORGE(kind_name, n, change, expected)                                                      \
	do {                                                                                       \
		struct image_##kind_name *r = record_in(bytes, IMAGE_KIND_##kind_name, n);         \
		struct image_##kind_name before = *r;                                              \
		struct image_fault fault = {0, "accepted"};                                        \
		change;                                                                            \
		sample_reseal(bytes, &layout);                                                     \
		EXPECT(image_try(bytes, &fault, false) != OK);                                     \
		EXPECT(strcmp(fault.sentence, expected) == 0);                                     \
		*r = before;                                                                       \
		sample_reseal(bytes, &layout);                                                     \
	} while (0)

static void test_contradictions(struct sample_bytes *bytes)
{
	struct image_trailer layout;
	trailer_of(bytes, &layout);
	FORGE(attachment, 2, (r->source = (struct image_reference){IMAGE_KIND_region_map, 1}),
	      "a region map contains itself");
	FORGE(attachment, 2, (r->source = (struct image_reference){IMAGE_KIND_region_map, 2}),
	      "a region map contains itself");
	FORGE(attachment, 0, r->size = 1 << 20, "an attachment ends outside what it attaches");
	FORGE(attachment, 3, r->size = 8192, "attachments overlap");
	FORGE(attachment, 4, r->record.id = 9, "an attachment in a region map that does not exist");
	FORGE(extent, 4, r->record.id = 9, "extents do not cover this dataspace");
	FORGE(extent, 2, r->type = IMAGE_EXTENT_ZERO, "zeros have no place");
	FORGE(extent, 2, r->offset = 8192, "extents overlap or leave a gap");
	FORGE(extent, 1, r->type = IMAGE_EXTENT_DATA, "memory is out of order");
	FORGE(object, 1, r->thread = 2, "bound to a thread that does not await it");
	FORGE(object, 1, r->thread = 0, "awaits a reply object that is not bound to it");
	FORGE(object, 0, r->count = 1, "something pending that is no signal");
	FORGE(object, 3, r->count = 2, "something pending that is no signal");
	FORGE(object, 3, r->badges = 1, "badges of no signal");
	FORGE(dataspace, 2, r->digest[0] = 1, "the digest of what has no content");
	FORGE(dataspace, 2, r->origin = 4, "unknown origin of a dataspace");
	FORGE(thread, 1, r->record.target = 1, "two threads have one control block");
	FORGE(thread, 1, r->run = 1, "a fault in a state that has none");
	FORGE(capability, 1, r->record.id = 1, "records are out of order, or twice");
	FORGE(capability, 1, r->kind = KIND_SIGNAL, "the capability is of another kind than its object");
	FORGE(capability, 0, r->object.id = 77, "names an object that does not exist");
	FORGE(session, 1, r->record.target = 3, "belongs to a target that does not exist");
	FORGE(terminal, 0, r->record.id = 3, "the terminal session does not exist");
	FORGE(region_map, 0, r->fault_signal = 1, "the fault handler is no signal of this image");
	EXPECT(image_try(bytes, &(struct image_fault){0}, true) == OK);
}

/* A kind from the future is skipped if it says so, and refused if not. */
static void test_unknown(struct sample_bytes *bytes)
{
	struct image_trailer *trailer = (void *)(bytes->bytes + bytes->size - sizeof(*trailer));
	struct image_index *entry = &trailer->index[trailer->index_count - 1];
	struct image_record *record = (void *)(bytes->bytes + entry->offset);
	struct image_fault fault;

	EXPECT(entry->kind == 40 && image_try(bytes, &fault, true) == OK);
	entry->flags = 0;
	record->flags = 0;
	sample_reseal(bytes, trailer);
	EXPECT(image_try(bytes, &fault, true) == ERR_UNSUPPORTED);
	entry->flags = IMAGE_OPTIONAL;
	record->flags = IMAGE_OPTIONAL;
	sample_reseal(bytes, trailer);
}

/* The way of the command line: from a file. */
static void test_load(const struct sample_bytes *bytes)
{
	FILE *file = tmpfile();
	struct image_fault fault = {0, NULL};
	struct image_loaded loaded;
	uint64_t checked = 0;
	int descriptor;

	if (file == NULL || fwrite(bytes->bytes, 1, bytes->size, file) != bytes->size || fflush(file) != 0)
		abort();
	descriptor = fileno(file);
	EXPECT(image_load(&loaded, descriptor, &fault) == OK);
	EXPECT(image_loaded_verify(&loaded, &checked, &fault) == OK && checked == 3);
	EXPECT(ftruncate(descriptor, IMAGE_PAGE) == 0);
	EXPECT(image_loaded_verify(&loaded, &checked, &fault) == ERR_IO && checked == 0);
	image_unload(&loaded);
	EXPECT(image_load(&loaded, descriptor, &fault) == ERR_CORRUPT);
	fclose(file);
}

/* What people see. A name in the sample is not ASCII, another has a terminator inside. */
static void test_text(struct sample_bytes *bytes)
{
	struct image_source source = sample_source(bytes);
	struct image_fault fault;
	struct image image;
	uint64_t needed = 0;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	void *buffer;

	EXPECT(image_probe(&source, &needed, &fault) == OK);
	buffer = malloc(needed);
	EXPECT(image_open(&image, &source, buffer, needed, &fault) == OK);
	image_describe_text(&image, out);
	EXPECT(image_describe_json(&image, out) == OK);
	fclose(out);
	EXPECT(strstr(text, "lua a.lua\n") != NULL && strstr(text, "caf\xc3\xa9 server") != NULL);
	EXPECT(strstr(text, "generation  3 after 2, 2023-11-14 22:13:20 UTC") != NULL);
	EXPECT(strstr(text, "\"core\":1,") != NULL && strstr(text, "\"core\":\"any\"") != NULL);
	EXPECT(strstr(text, "4294967295") == NULL);
	EXPECT(strstr(text, "\"label\":\"out\"") != NULL && strstr(text, "\"run\":\"awaiting\"") != NULL);
	free(text);
	free(buffer);
}

/* `image_test seed FILE` writes the sample, to begin a fuzzing corpus with. */
static int seed_write(const struct sample_bytes *bytes, const char *path)
{
	FILE *file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes->bytes, 1, bytes->size, file) != bytes->size || fclose(file) != 0) {
		perror(path);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sample_bytes bytes = {malloc(SAMPLE_CAPACITY), 0, SAMPLE_CAPACITY, 0, 0};
	err_t err = sample_write(&bytes);
	if (err != OK) {
		printf("the sample cannot be written: %s\n", err_sentence(err));
		return 1;
	}
	if (argc == 3 && strcmp(argv[1], "seed") == 0)
		return seed_write(&bytes, argv[2]);
	bytes.bytes = realloc(bytes.bytes, bytes.size);
	printf("sample: %lu bytes\n", (unsigned long)bytes.size);
	test_round_trip(&bytes);
	test_digest();
	test_writer();
	test_runs();
	test_load(&bytes);
	test_text(&bytes);
	test_unknown(&bytes);
	test_contradictions(&bytes);
	test_damage(&bytes);
	test_forgery(&bytes);
	printf("different reasons seen: %u\n", sentence_count);
	printf("%u passed, %u failed\n", passed, failed);
	free(bytes.bytes);
	return failed == 0 ? 0 : 1;
}
