/* SPDX-License-Identifier: MIT */
/* What the STORE has of a component. */
#ifndef CONTROL_IMAGE_H
#define CONTROL_IMAGE_H

#include <control/protocol.h>

/* The newest image of `name` older than `below`. ERR_NOT_FOUND. */
err_t image_newest(const char *name, uint64_t below, struct control_image *image) MUST_CHECK;

/* ERR_NOT_FOUND: there is no such generation. 0: the newest. */
err_t image_there(const char *name, uint64_t generation) MUST_CHECK;

/* The name that follows `after` in order. ERR_NOT_FOUND. */
err_t image_name_after(const char *after, char name[CONTROL_NAME]) MUST_CHECK;

/* Remove one, or all with generation 0. ERR_NOT_FOUND; after other errors `sentence` says more. */
err_t image_remove(const char *name, uint64_t generation, char sentence[CONTROL_SENTENCE]) MUST_CHECK;

#endif
