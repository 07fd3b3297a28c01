/* SPDX-License-Identifier: MIT */
/* Images at the STORE, see image.h. Its session is opened at first use, and again when the STORE died: then it is asked again. */
#include <framework/env.h>
#include <framework/format.h>
#include <framework/memory.h>
#include <store/session.h>

#include "server/control/image.h"

#define STORE_WAIT_NS 2000000000ull
enum { TRIES = 2 };

static struct session store;

static err_t store_ready(void)
{
	return store.id ? OK : session_open("STORE", "control", STORE_WAIT_NS, &store);
}

static err_t store_result(err_t err)
{
	if (err != ERR_GONE && err != ERR_CAPABILITY)
		return err;
	session_close(&store);
	return ERR_GONE;
}

err_t image_newest(const char *name, uint64_t below, struct control_image *image)
{
	struct store_newest_request request = {.below = below};
	struct store_newest_reply reply;
	err_t err = ERR_GONE;

	if (!text_copy(request.name, sizeof request.name, name))
		return ERR_NOT_FOUND;
	for (int tries = 0; tries < TRIES && err == ERR_GONE; tries++) {
		err = store_ready();
		if (err == OK)
			err = store_result(store_newest(store.ep, &request, NULL, &reply, NULL));
	}
	if (err != OK)
		return err;
	memset(image, 0, sizeof *image);
	text_copy(image->name, sizeof image->name, name);
	image->generation = reply.generation;
	image->size = reply.size;
	image->modified_ns = reply.modified_ns;
	return OK;
}

err_t image_there(const char *name, uint64_t generation)
{
	struct control_image image;
	err_t err = image_newest(name, generation ? generation + 1 : UINT64_MAX, &image);

	return err == OK && generation && image.generation != generation ? ERR_NOT_FOUND : err;
}

err_t image_name_after(const char *after, char name[CONTROL_NAME])
{
	struct store_next_request request = {0};
	struct store_next_reply reply;
	err_t err = ERR_GONE;

	text_copy(request.after, sizeof request.after, after);
	for (int tries = 0; tries < TRIES && err == ERR_GONE; tries++) {
		err = store_ready();
		if (err == OK)
			err = store_result(store_next(store.ep, &request, NULL, &reply, NULL));
	}
	if (err == OK && !string_ends(reply.name, sizeof reply.name))
		err = ERR_CORRUPT;
	if (err == OK)
		text_copy(name, CONTROL_NAME, reply.name);
	return err;
}

err_t image_remove(const char *name, uint64_t generation, char sentence[CONTROL_SENTENCE])
{
	struct store_remove_request request = {.key = {.kind = STORE_IMAGE, .generation = generation}};
	const struct store_failure_request why = {};
	struct store_remove_reply reply;
	struct store_failure_reply failure;
	err_t err = ERR_GONE;
	int tries = 0;

	sentence[0] = 0;
	text_copy(request.key.name, sizeof request.key.name, name);
	for (; tries < TRIES && err == ERR_GONE; tries++) {
		err = store_ready();
		if (err == OK)
			err = store_result(store_remove(store.ep, &request, NULL, &reply, NULL));
	}
	if (err == ERR_NOT_FOUND && tries > 1)
		return OK;   /* the one that died had done it */
	if (err != OK && err != ERR_NOT_FOUND && store_failure(store.ep, &why, NULL, &failure, NULL) == OK &&
	    string_ends(failure.sentence, sizeof failure.sentence))
		text_copy(sentence, CONTROL_SENTENCE, failure.sentence);
	return err;
}
