/* SPDX-License-Identifier: MIT */
/* Images in the store, see native.h. */
#include <framework/format.h>
#include <framework/memory.h>
#include <image/digest.h>
#include <image/format.h>
#include <store/session.h>

#include "test/native/native.h"

enum { WINDOW = 8 << 20 };

static struct {
	struct session session;
	ds_t ds;
	uint8_t *bytes;
} store;

bool store_begin(void)
{
	const struct store_buffer_request request = {};
	struct store_buffer_reply reply;
	void *bytes;

	if (!native_ok(session_open("STORE", "native", 1000ull * MILLISECOND, &store.session), "STORE") ||
	    !native_ok(buffer_take(WINDOW, 0, &store.ds, &bytes), "window"))
		return false;
	store.bytes = bytes;
	return native_ok(store_buffer(store.session.ep, &request, &store.ds.slot, &reply, NULL), "store's buffer");
}

static struct store_key key_of(const char *name, uint64_t generation)
{
	struct store_key key = {.kind = STORE_IMAGE, .generation = generation};

	text_copy(key.name, sizeof key.name, name);
	return key;
}

void store_drop(const char *name, uint64_t generation)
{
	const struct store_remove_request request = {key_of(name, generation)};
	struct store_remove_reply reply;
	err_t err = store_remove(store.session.ep, &request, NULL, &reply, NULL);

	if (err != ERR_NOT_FOUND)
		native_ok(err, "removing an image");
}

static bool image_fetch(const char *name, uint64_t generation, uint64_t *size)
{
	const struct store_open_request open = {key_of(name, generation)};
	struct store_open_reply opened;
	struct store_read_reply done;

	if (!native_ok(store_open(store.session.ep, &open, NULL, &opened, NULL), "opening an image"))
		return false;
	const struct store_read_request read = {0, 0, opened.size};
	*size = opened.size;
	return native_ok(store_read(store.session.ep, &read, NULL, &done, NULL), "reading an image");
}

static bool image_keep(const char *name, uint64_t generation, uint64_t size)
{
	const struct store_create_request create = {key_of(name, generation)};
	const struct store_append_request append = {0, size};
	const struct store_commit_request commit = {};
	struct store_create_reply created;
	struct store_append_reply appended;
	struct store_commit_reply committed;

	return native_ok(store_create(store.session.ep, &create, NULL, &created, NULL), "making an image") &&
	       native_ok(store_append(store.session.ep, &append, NULL, &appended, NULL), "making an image") &&
	       native_ok(store_commit(store.session.ep, &commit, NULL, &committed, NULL), "making an image");
}

static bool words_change(uint8_t *bytes, uint64_t size, const char *const *words, uint32_t count)
{
	bool any = false;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t length = strlen(words[i]);
		for (uint64_t at = 0; length && at + length <= size; at++)
			if (memcmp(bytes + at, words[i], length) == 0) {
				bytes[at] = bytes[at] == 'x' ? 'y' : 'x';
				any = true;
			}
	}
	return any;
}

static void architecture_change(struct image_header *header)
{
	header->architecture = header->architecture == IMAGE_ARCHITECTURE_ARMV7 ? IMAGE_ARCHITECTURE_X86_64
	                                                                       : IMAGE_ARCHITECTURE_ARMV7;
}

/* The right digest again, so that nothing but what was changed is wrong with it. */
static void image_seal(struct image_trailer *trailer)
{
	static struct digest_state state;

	digest_start(&state);
	digest_add(&state, store.bytes, trailer->memory_offset);
	digest_add(&state, store.bytes + trailer->chunks_offset, trailer->chunk_count * sizeof(uint64_t));
	digest_add(&state, trailer, offsetof(struct image_trailer, digest));
	const struct digest digest = digest_state_whole(&state);
	memcpy(trailer->digest, digest.word, sizeof digest.word);
}

bool store_forge(const char *name, uint64_t from, uint64_t to, const char *const *words, uint32_t count)
{
	uint64_t size;

	if (!image_fetch(name, from, &size))
		return false;
	struct image_header *header = (struct image_header *)store.bytes;
	struct image_trailer *trailer = (struct image_trailer *)(store.bytes + size - sizeof *trailer);
	header->generation = to;
	if (!words)
		architecture_change(header);
	else if (!words_change(store.bytes, trailer->memory_offset, words, count))
		return false;
	image_seal(trailer);
	return image_keep(name, to, size);
}
