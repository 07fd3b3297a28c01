/* SPDX-License-Identifier: MIT */
/*
 * Text out of an image, made safe to print.
 */
#ifndef IMAGE_ESCAPE_H
#define IMAGE_ESCAPE_H

#include <image/reader.h>

/*
 * Piece `n` of a record as a string for the caller to free: valid UTF-8, bytes that are not part of
 * a printable character as \xNN, a terminator inside as a space. NULL without memory.
 */
char *image_text(const void *record, uint32_t n);

/* The same of "NAME=NUMBER ..."; the number that stands for any (AFFINITY_ANY) is that word. */
char *image_state_text(const void *record, uint32_t n);

#endif
