/* SPDX-License-Identifier: MIT */
/* The record of a component (terminal/session.h) as a stream of bytes, taken apart into standard output and error. */
#ifndef CLI_STREAM_H
#define CLI_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <terminal/session.h>

struct stream {
	struct terminal_frame frame;
	uint32_t have;           /* bytes of the frame's head */
	uint32_t left;           /* bytes of its content that are to come */
	uint64_t offset;         /* in the record, of the next byte */
};

/* The next bytes of the record. False: they cannot be written; errno says why. */
bool stream_write(struct stream *stream, const uint8_t *bytes, uint32_t count);

/* All of `bytes` to a descriptor. */
bool bytes_write(int fd, const void *bytes, size_t count);

#endif
