/* SPDX-License-Identifier: MIT */
/*
 * The bytes behind the struct of a request. Nothing is kept for them before they come: room grows with them, to at most
 * four times what is there (BODY_LEAST where that is more) and never beyond the size that was promised. Growing needs a
 * quarter of the whole beside it. Without memory the bytes are dropped and the request is refused when it is whole.
 */
#ifndef CONTROL_BODY_H
#define CONTROL_BODY_H

#include <framework/env.h>

enum { BODY_LEAST = 256 * 1024 };

struct body {
	uint8_t *bytes;               /* NULL: none came, or there is no memory */
	uint64_t size, came, room;    /* promised, there, kept for it */
	bool shared;                  /* in a dataspace, to be handed on; else from the heap */
	ds_t ds;
	err_t refused;
};

void body_begin(struct body *body, uint64_t size, bool shared);

/* Where the next bytes go, and how many at most; 0: all are there. */
uint64_t body_place(const struct body *body, uint8_t **to);

/* So many came there. */
void body_came(struct body *body, uint64_t count);

/* The dataspace, of exactly the promised size, is the caller's from now on; nothing of it is shown here. */
ds_t body_take(struct body *body);

void body_drop(struct body *body);

#endif
