/* SPDX-License-Identifier: MIT */
/* Content that nobody needs, see content.h: all there is, less what sessions and images name, is removed. */
#include <framework/env.h>
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <image/reader.h>
#include <inttypes.h>

#include "server/host.h"
#include "server/name.h"
#include "server/store/content.h"
#include "server/store/file.h"

enum { PINS_MOST = 65536 };

static struct pins *all_pins;

/* What is there, and how many of it nobody named yet. */
static struct {
	struct content {
		char name[CONTENT_NAME];
		bool needed;
	} *list;
	uint32_t count, room, unneeded;
} found;

/* Room for one more of `size` bytes. */
static bool room_make(void **array, uint32_t count, uint32_t *room, uint64_t size)
{
	uint32_t wanted = *room ? *room * 2 : 16;

	if (count < *room)
		return true;
	void *grown = heap_resize(*array, wanted * size);
	if (!grown)
		return false;
	*array = grown;
	*room = wanted;
	return true;
}

err_t pins_add(struct pins *pins, const uint64_t digest[2])
{
	void *digests = pins->digests;

	for (uint32_t i = 0; i < pins->count; i++)
		if (memcmp(pins->digests[i], digest, sizeof pins->digests[i]) == 0)
			return OK;
	if (pins->count == PINS_MOST || !room_make(&digests, pins->count, &pins->room, sizeof *pins->digests))
		return ERR_MEMORY_QUOTA;
	pins->digests = digests;
	memcpy(pins->digests[pins->count++], digest, sizeof *pins->digests);
	if (!pins->listed) {
		pins->next = all_pins;
		all_pins = pins;
		pins->listed = true;
	}
	return OK;
}

void pins_done(struct pins *pins)
{
	struct pins **link = &all_pins;

	while (*link && *link != pins)
		link = &(*link)->next;
	if (*link)
		*link = pins->next;
	heap_free(pins->digests);
	memset(pins, 0, sizeof *pins);
}

static bool digest_text(const char *name)
{
	uint32_t length = 0;

	while ((name[length] >= '0' && name[length] <= '9') || (name[length] >= 'a' && name[length] <= 'f'))
		length++;
	return length == CONTENT_NAME - 1 && !name[length];
}

static bool content_each(void *context, const char *name)
{
	void *list = found.list;

	if (!digest_text(name))
		return true;
	if (!room_make(&list, found.count, &found.room, sizeof *found.list)) {
		*(bool *)context = true;
		return false;
	}
	found.list = list;
	found.list[found.count].needed = false;
	text_copy(found.list[found.count++].name, CONTENT_NAME, name);
	return true;
}

static void digest_mark(const uint64_t digest[2])
{
	char name[CONTENT_NAME];

	content_name(name, digest);
	for (uint32_t i = 0; i < found.count; i++)
		if (!found.list[i].needed && strcmp(found.list[i].name, name) == 0) {
			found.list[i].needed = true;
			found.unneeded--;
		}
}

static err_t image_read(void *context, uint64_t offset, void *to, uint64_t size)
{
	return file_read(context, offset, to, size);
}

static err_t image_mark(const struct store_key *key)
{
	static struct image image;
	struct store_file file;
	struct image_fault fault;
	uint64_t needed, modified;
	struct image_source source = {image_read, &file, 0};

	file_init(&file);
	err_t err = file_open(&file, key, &source.size, &modified);
	if (err == OK)
		err = image_probe(&source, &needed, &fault);
	void *buffer = err == OK ? heap_alloc(needed) : NULL;
	if (err == OK)
		err = buffer ? image_open(&image, &source, buffer, needed, &fault) : ERR_MEMORY_QUOTA;
	for (uint32_t i = 0; err == OK && i < image_count(&image, IMAGE_KIND_dataspace); i++) {
		const struct image_dataspace *record = image_at(&image, IMAGE_KIND_dataspace, i);
		if (record->origin == IMAGE_ORIGIN_ROM)
			digest_mark(record->digest);
	}
	heap_free(buffer);
	file_close(&file);
	if (err != OK)
		log_line("content stays, since checkpoint %s@%" PRIu64 " cannot be read: %s", key->name, key->generation, err_sentence(err));
	return err;
}

/* Every image, until nothing is left that might be removed. */
static err_t images_mark(void)
{
	struct store_key key = {.kind = STORE_IMAGE};
	struct store_newest_reply newest;
	char next[NAME_SIZE];
	err_t err = OK;

	while (found.unneeded && (err = store_name_after(key.name, next)) == OK) {
		text_copy(key.name, sizeof key.name, next);
		key.generation = UINT64_MAX;
		while (found.unneeded && (err = store_newest_find(key.name, key.generation, &newest)) == OK) {
			key.generation = newest.generation;
			err = image_mark(&key);
			if (err != OK)
				return err;
		}
		if (found.unneeded && err != ERR_NOT_FOUND)
			return err;
	}
	return !found.unneeded || err == ERR_NOT_FOUND ? OK : err;
}

static void unneeded_remove(int directory)
{
	for (uint32_t i = 0; i < found.count; i++)
		if (!found.list[i].needed)
			host_unlink(directory, found.list[i].name, false);
	host_sync(directory);
}

void content_collect(void)
{
	bool failed = false;
	long directory = content_all_kept() ? -1 : host_open(HOST_GRANT, STORE_CONTENT_NAME, HOST_DIRECTORY, 0);

	if (directory < 0)
		return;
	found.count = 0;
	failed |= host_list((int)directory, content_each, &failed) < 0;
	found.unneeded = found.count;
	for (const struct pins *pins = all_pins; pins; pins = pins->next)
		for (uint32_t i = 0; i < pins->count; i++)
			digest_mark(pins->digests[i]);
	if (!failed && found.unneeded && images_mark() == OK && found.unneeded)
		unneeded_remove((int)directory);
	host_close((int)directory);
}
