/* SPDX-License-Identifier: MIT */
/*
 * Content of ROMs in a store: whether what is there is what its name says, and removing what nobody needs any more.
 *
 * Needed is what an image names, and what a session asked for: an RTCR looks for content before it writes the image that
 * names it, and holds its session for as long as it lives (struct pins). Removing is never wrong: if one image cannot be
 * read, or the disk failed to make a change of images durable, all stays.
 */
#ifndef SERVER_STORE_CONTENT_H
#define SERVER_STORE_CONTENT_H

#include <kernel/err.h>
#include <stdbool.h>
#include <stdint.h>

enum { CONTENT_NAME = 33 };

/* What a session asked for. Zeroed to begin with. */
struct pins {
	struct pins *next;
	bool listed;
	uint64_t (*digests)[2];
	uint32_t count, room;
};

err_t pins_add(struct pins *pins, const uint64_t digest[2]) MUST_CHECK;
void pins_done(struct pins *pins);

/* The name of its file. */
void content_name(char name[CONTENT_NAME], const uint64_t digest[2]);

/* Whether the open file has the content `digest`. What was found whole is not read again until it changes. */
bool content_whole(int file, const uint64_t digest[2]);

/* Remove content that nobody needs. */
void content_collect(void);

/* An image that is not seen may be there after a power cut: remove no content until the store is opened again. */
void content_keep_all(void);
bool content_all_kept(void);

#endif
