/* SPDX-License-Identifier: MIT */
/*
 * An opened image for people and for programs. Host side only. Text out of an image is escaped:
 * what is not printable becomes \xNN, so an image cannot steer a terminal.
 */
#ifndef IMAGE_DESCRIBE_H
#define IMAGE_DESCRIBE_H

#include <image/reader.h>
#include <stdio.h>

/*
 * Tables of targets, threads, memory and sessions. Whether all was written is known by
 * ferror(out).
 */
void image_describe_text(const struct image *image, FILE *out);

/*
 * One object with an array per kind of record; 64-bit identifiers and digests are hexadecimal
 * strings. ERR_IO.
 */
err_t image_describe_json(const struct image *image, FILE *out) MUST_CHECK;

#endif
