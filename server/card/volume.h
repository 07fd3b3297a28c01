/* SPDX-License-Identifier: MIT */
/*
 * The table of a card in memory (format.h): loaded and checked whole once, changed here, and written as a new generation
 * by volume_commit. What lies on a card is hostile.
 */
#ifndef SERVER_CARD_VOLUME_H
#define SERVER_CARD_VOLUME_H

#include <kernel/err.h>
#include <stdbool.h>

#include "server/card/format.h"

struct node {
	struct card_entry entry;
	uint32_t open;             /* descriptors */
	bool removed;              /* has no name any more; lives while it is open, and is not written */
};

struct volume {
	uint64_t generation;       /* that is in force; 0: none yet */
	uint32_t unit_count;
	struct node node[CARD_ENTRIES];
};
extern struct volume volume;

/* ERR_EXISTS: it holds something else; ERR_CORRUPT: it is damaged. Nothing was written. */
err_t volume_mount(void) MUST_CHECK;
err_t volume_commit(void) MUST_CHECK;

#endif
