/* SPDX-License-Identifier: MIT */
/* Files of a store, see file.h. */
#include <framework/format.h>
#include <framework/memory.h>

#include <inttypes.h>

#include "server/host.h"
#include "server/name.h"
#include "server/store/content.h"
#include "server/store/file.h"

#define NEW_PREFIX ".new-"

enum { DIRECTORY_MODE = 0700, FILE_MODE = 0600, DIGITS = 8 };
_Static_assert((int)FINAL_NAME >= (int)CONTENT_NAME, "room for both kinds of names");

void file_init(struct store_file *file)
{
	*file = (struct store_file){.directory = -1, .file = -1, .failure = ""};
}

static err_t fail(struct store_file *file, long error)
{
	file->failure = host_sentence(error);
	return error == -HOST_ENOENT ? ERR_NOT_FOUND : error == -HOST_EEXIST ? ERR_EXISTS : ERR_IO;
}

void file_close(struct store_file *file)
{
	const char *failure = file->failure;

	if (file->file >= 0)
		host_close(file->file);
	if (file->writing)
		host_unlink(file->directory, file->name, false);
	if (file->directory >= 0)
		host_close(file->directory);
	file_init(file);
	file->failure = failure;
}

static err_t key_check(const struct store_key *key)
{
	if (key->kind == STORE_CONTENT)
		return OK;
	if (key->kind != STORE_IMAGE || !string_ends(key->name, sizeof key->name) || !name_valid(key->name) ||
	    strcmp(key->name, STORE_CONTENT_NAME) == 0 || key->generation > 99999999)
		return ERR_ARGUMENT;
	return OK;
}

static void key_name(const struct store_key *key, char to[FINAL_NAME])
{
	if (key->kind == STORE_CONTENT)
		content_name(to, key->digest);
	else
		text_format(to, FINAL_NAME, "%08" PRIu64 ".image", key->generation);
}

static long directory_open(const struct store_key *key, bool make)
{
	const char *name = key->kind == STORE_CONTENT ? STORE_CONTENT_NAME : key->name;
	long directory = host_open(HOST_GRANT, name, HOST_DIRECTORY, 0);

	if (directory != -HOST_ENOENT || !make)
		return directory;
	long result = host_make_directory(HOST_GRANT, name, DIRECTORY_MODE);
	if (result < 0)
		return result;
	result = host_sync(HOST_GRANT);
	/* One that is there counts as durable from then on. */
	if (result < 0)
		host_unlink(HOST_GRANT, name, true);
	return result < 0 ? result : host_open(HOST_GRANT, name, HOST_DIRECTORY, 0);
}

/* Content that is not what its name says is as good as none: what is written next takes its place. */
static bool final_there(const struct store_file *file, const struct store_key *key)
{
	long there = host_open(file->directory, file->final, HOST_READ, 0);

	if (there < 0)
		return false;
	bool whole = key->kind == STORE_IMAGE || content_whole((int)there, key->digest);
	host_close((int)there);
	return whole;
}

err_t file_create(struct store_file *file, const struct store_key *key)
{
	static uint64_t serial;
	err_t err = key_check(key);

	if (err != OK)
		return err;
	if (key->kind == STORE_IMAGE && !key->generation)
		return ERR_ARGUMENT;
	file_close(file);
	long directory = directory_open(key, true);
	if (directory < 0)
		return fail(file, directory);
	file->directory = (int)directory;
	key_name(key, file->final);
	if (final_there(file, key)) {
		file_close(file);
		return fail(file, -HOST_EEXIST);
	}
	text_format(file->name, sizeof file->name, NEW_PREFIX "%" PRIu64, ++serial);
	long opened = host_open(file->directory, file->name, HOST_READ_WRITE | HOST_CREATE | HOST_TRUNCATE, FILE_MODE);
	if (opened < 0) {
		file_close(file);
		return fail(file, opened);
	}
	file->file = (int)opened;
	file->writing = true;
	file->content = key->kind == STORE_CONTENT;
	memcpy(file->digest, key->digest, sizeof file->digest);
	return OK;
}

/* A file that cannot become whole must not keep a full disk full. */
static err_t drop(struct store_file *file, long error)
{
	file_close(file);
	return fail(file, error);
}

err_t file_append(struct store_file *file, const void *bytes, uint64_t size)
{
	if (!file->writing)
		return ERR_STATE;
	long result = host_write_at(file->file, bytes, size, file->size);
	if (result < 0)
		return drop(file, result);
	file->size += size;
	return OK;
}

/* A sync that failed may have dropped what it was to keep, so it is not tried again: the file goes. */
err_t file_commit(struct store_file *file, uint64_t *size)
{
	if (!file->writing)
		return ERR_STATE;
	/* Others will take it for what its name says. */
	if (file->content && !content_whole(file->file, file->digest)) {
		file_close(file);
		file->failure = "content that is not what its name says";
		return ERR_CORRUPT;
	}
	long result = host_sync(file->file);
	if (result == 0)
		result = host_rename(file->directory, file->name, file->directory, file->final);
	if (result < 0)
		return drop(file, result);
	file->writing = false;
	*size = file->size;
	result = host_sync(file->directory);
	if (result < 0) {
		host_unlink(file->directory, file->final, false);
		content_keep_all();
	}
	file_close(file);
	return result < 0 ? fail(file, result) : OK;
}

err_t file_open(struct store_file *file, const struct store_key *key, uint64_t *size, uint64_t *modified_ns)
{
	struct host_status status;
	err_t err = key_check(key);

	if (err != OK)
		return err;
	file_close(file);
	long opened = directory_open(key, false);
	if (opened < 0)
		return fail(file, opened);
	file->directory = (int)opened;
	key_name(key, file->final);
	opened = host_open(file->directory, file->final, HOST_READ, 0);
	if (opened >= 0) {
		file->file = (int)opened;
		opened = host_status(file->file, &status);
	}
	if (opened < 0) {
		file_close(file);
		return fail(file, opened);
	}
	file->size = status.size;
	*size = status.size;
	*modified_ns = status.modified_ns;
	return OK;
}

err_t file_read(struct store_file *file, uint64_t offset, void *to, uint64_t size)
{
	if (file->file < 0 || file->writing)
		return ERR_STATE;
	if (offset > file->size || size > file->size - offset)
		return ERR_RANGE;
	long result = host_read_at(file->file, to, size, offset);
	return result < 0 ? fail(file, result) : OK;
}

/* The generation that a file name tells, 0: none. */
static uint64_t generation_of(const char *name)
{
	uint64_t generation = 0;

	for (int i = 0; i < DIGITS; i++) {
		if (name[i] < '0' || name[i] > '9')
			return 0;
		generation = generation * 10 + (uint64_t)(name[i] - '0');
	}
	return strcmp(name + DIGITS, ".image") == 0 ? generation : 0;
}

struct search {
	int directory;
	uint64_t below, best;
	const char *after;
	char *name;
};

static bool newest_each(void *context, const char *name)
{
	struct search *search = context;
	uint64_t generation = generation_of(name);

	if (generation && generation < search->below && generation > search->best)
		search->best = generation;
	return true;
}

err_t store_newest_find(const char *name, uint64_t below, struct store_newest_reply *found)
{
	struct store_key key = {.kind = STORE_IMAGE};
	struct search search = {.below = below};
	struct store_file file;

	file_init(&file);
	if (!name_valid(name) || !text_copy(key.name, sizeof key.name, name))
		return ERR_ARGUMENT;
	long directory = directory_open(&key, false);
	if (directory < 0)
		return directory == -HOST_ENOENT ? ERR_NOT_FOUND : ERR_IO;
	long result = host_list((int)directory, newest_each, &search);
	host_close((int)directory);
	if (result < 0)
		return ERR_IO;
	if (!search.best)
		return ERR_NOT_FOUND;
	key.generation = search.best;
	err_t err = file_open(&file, &key, &found->size, &found->modified_ns);
	file_close(&file);
	found->generation = search.best;
	return err;
}

static bool name_each(void *context, const char *name)
{
	struct search *search = context;

	if (name_valid(name) && strcmp(name, STORE_CONTENT_NAME) != 0 && strcmp(name, search->after) > 0 &&
	    (!search->name[0] || strcmp(name, search->name) < 0))
		text_copy(search->name, NAME_SIZE, name);
	return true;
}

err_t store_name_after(const char *after, char *name)
{
	struct search search = {.after = after, .name = name};

	name[0] = 0;
	if (host_list(HOST_GRANT, name_each, &search) < 0)
		return ERR_IO;
	return name[0] ? OK : ERR_NOT_FOUND;
}

static bool file_each_remove(void *context, const char *name)
{
	const struct search *search = context;

	host_unlink(search->directory, name, false);
	return true;
}

err_t file_remove(struct store_file *file, const struct store_key *key)
{
	struct search search;
	char name[FINAL_NAME];
	err_t err = key_check(key);

	if (err != OK || key->kind != STORE_IMAGE)
		return err == OK ? ERR_ARGUMENT : err;
	long directory = directory_open(key, false);
	if (directory < 0)
		return fail(file, directory);
	bool gone = false;   /* perhaps, and perhaps not */
	long result;
	if (key->generation) {
		key_name(key, name);
		result = host_unlink((int)directory, name, false);
		if (result == 0) {
			result = host_sync((int)directory);
			gone = result < 0;
		}
	} else {
		search.directory = (int)directory;
		result = host_list((int)directory, file_each_remove, &search);
		if (result == 0)
			result = host_unlink(HOST_GRANT, key->name, true);
		if (result == 0)
			result = host_sync(HOST_GRANT);
		gone = result < 0;
	}
	host_close((int)directory);
	if (gone)
		content_keep_all();
	return result < 0 ? fail(file, result) : OK;
}

static bool leftover_each(void *context, const char *name)
{
	const struct search *search = context;

	if (strncmp(name, NEW_PREFIX, sizeof NEW_PREFIX - 1) == 0)
		host_unlink(search->directory, name, false);
	return true;
}

/* What is visible is durable from here on, also if the last server died between making it visible and syncing that. */
static void directory_clean(const char *name)
{
	struct search search = {.directory = (int)host_open(HOST_GRANT, name, HOST_DIRECTORY, 0)};

	if (search.directory < 0)
		return;
	host_list(search.directory, leftover_each, &search);
	host_sync(search.directory);
	host_close(search.directory);
}

err_t store_clean(void)
{
	char name[NAME_SIZE] = "", next[NAME_SIZE];
	err_t err;

	directory_clean(STORE_CONTENT_NAME);
	while ((err = store_name_after(name, next)) == OK) {
		text_copy(name, sizeof name, next);
		directory_clean(name);
	}
	host_sync(HOST_GRANT);
	return err == ERR_NOT_FOUND ? OK : err;
}
