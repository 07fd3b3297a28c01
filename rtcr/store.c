/* SPDX-License-Identifier: MIT */
/* Sessions at the store, and the content of ROMs in it, which is kept once however many images refer to it. */
#include <framework/memory.h>
#include <image/digest.h>
#include <store/session.h>

#include "rtcr/snapshot.h"

enum { STORE_WAIT_NS = 2000000000 };

static struct session sessions[STORE_USES];

err_t store_session(enum store_use use, ep_t *session)
{
	struct session *own = &sessions[use];
	err_t err = own->id ? OK : session_open("STORE", target.name, STORE_WAIT_NS, own);

	if (err == OK)
		*session = own->ep;
	return err;
}

bool store_renew(enum store_use use, err_t err)
{
	if (err != ERR_GONE && err != ERR_CAPABILITY)
		return false;
	if (sessions[use].id)
		session_close(&sessions[use]);
	return true;
}

void store_fail(enum store_use use, const char *what, err_t err)
{
	const struct store_failure_request request = {};
	struct store_failure_reply reply = {{0}};
	struct session *session = &sessions[use];

	if (err == ERR_IO && session->id && store_failure(session->ep, &request, NULL, &reply, NULL) == OK &&
	    string_ends(reply.sentence, sizeof reply.sentence))
		target_fail("%s: %s", what, reply.sentence);
	else
		target_fail("%s: %s", what, err_sentence(err));
	(void)store_renew(use, err);
}

static err_t content_write(const struct store_key *key, const struct dataspace_entry *rom)
{
	const struct store_create_request create = {*key};
	const struct store_append_request append = {0, rom->rom_size};
	const struct store_buffer_request buffer = {};
	const struct store_commit_request commit = {};
	struct store_create_reply created;
	struct store_append_reply appended;
	struct store_buffer_reply buffered;
	struct store_commit_reply committed;
	ep_t store;
	err_t err = store_session(STORE_ROMS, &store);

	if (err == OK)
		err = store_create(store, &create, NULL, &created, NULL);
	if (err == ERR_EXISTS)
		return OK;
	if (err == OK)
		err = store_buffer(store, &buffer, &rom->real.slot, &buffered, NULL);
	if (err == OK && rom->rom_size)
		err = store_append(store, &append, NULL, &appended, NULL);
	return err == OK ? store_commit(store, &commit, NULL, &committed, NULL) : err;
}

static struct store_key content_key(const uint64_t digest[2])
{
	return (struct store_key){.kind = STORE_CONTENT, .digest = {digest[0], digest[1]}};
}

static struct {
	struct dataspace_entry **list;
	uint64_t (*digests)[2];        /* of the same, for when the entries may be gone */
	uint32_t count, room, digest_room;
} unstored;

err_t roms_arrange(void)
{
	unstored.count = 0;
	for (struct entry *entry = registry.first; entry; entry = entry->next) {
		struct dataspace_entry *rom = (struct dataspace_entry *)entry;
		if (entry->kind != ENTRY_DATASPACE || rom->origin != IMAGE_ORIGIN_ROM)
			continue;
		if (!array_room((void **)&unstored.list, unstored.count, &unstored.room, sizeof *unstored.list) ||
		    !array_room((void **)&unstored.digests, unstored.count, &unstored.digest_room, sizeof *unstored.digests))
			return ERR_MEMORY_QUOTA;
		memcpy(unstored.digests[unstored.count], rom->digest, sizeof *unstored.digests);
		unstored.list[unstored.count++] = rom;
	}
	return OK;
}

err_t roms_store(void)
{
	err_t err = OK;

	for (uint32_t i = 0; i < unstored.count && err == OK; i++) {
		struct dataspace_entry *rom = unstored.list[i];
		const struct store_key key = content_key(rom->digest);
		err = content_write(&key, rom);
		if (store_renew(STORE_ROMS, err))
			err = content_write(&key, rom);
	}
	return err;
}

static err_t content_ask(const uint64_t digest[2], uint64_t *size)
{
	const struct store_open_request request = {content_key(digest)};
	struct store_open_reply reply;
	ep_t store;
	err_t err = store_session(STORE_ROMS, &store);

	if (err == OK)
		err = store_open(store, &request, NULL, &reply, NULL);
	if (err == OK)
		*size = reply.size;
	return err;
}

err_t content_size(const uint64_t digest[2], uint64_t *size)
{
	err_t err = content_ask(digest, size);

	return store_renew(STORE_ROMS, err) ? content_ask(digest, size) : err;
}

err_t roms_hold(void)
{
	uint64_t size;
	err_t err = OK;

	for (uint32_t i = 0; i < unstored.count && err == OK; i++)
		err = content_size(unstored.digests[i], &size);
	return err;
}

err_t content_read(struct dataspace_entry *rom)
{
	const struct store_buffer_request buffer = {};
	const struct store_read_request read = {0, 0, rom->rom_size};
	struct store_buffer_reply buffered;
	struct store_read_reply done;
	uint64_t size;
	ep_t store;
	err_t err = content_size(rom->digest, &size);

	if (err == OK && size != rom->rom_size)
		err = ERR_CORRUPT;
	if (err == OK)
		err = store_session(STORE_ROMS, &store);
	if (err == OK)
		err = store_buffer(store, &buffer, &rom->real.slot, &buffered, NULL);
	if (err == OK && size)
		err = store_read(store, &read, NULL, &done, NULL);
	if (err == OK)
		err = view_attach(&rom->source, true);
	if (err != OK)
		return err;
	/* Nobody else writes it any more once the store's buffer is another: the digest is of what stays. */
	struct digest digest = digest_whole(rom->source.bytes, size);
	view_drop(&rom->source);
	return memcmp(digest.word, rom->digest, sizeof digest.word) == 0 ? OK : ERR_CORRUPT;
}
