/* SPDX-License-Identifier: MIT */
/*
 * Files of a directory of another machine, over a stream: the calls of server/host.h, one after the other. It is how a board
 * keeps its images on a host (server/far/host.c), where rtcr-files answers (files/main.c).
 *
 *    request   struct files_request, then `length` bytes (of a write)
 *    reply     struct files_reply, then `length` bytes (of a read, or of a list: names, each with its zero)
 *
 * Everything is little-endian. A descriptor is the answerer's; FILES_ROOT is the directory. A name is one element of a path.
 * All descriptors go with the connection. Who breaks a rule is disconnected. There is no secret in it and no proof of who
 * asks: it is for a network that is trusted.
 */
#ifndef FILES_PROTOCOL_H
#define FILES_PROTOCOL_H

#include <stdint.h>

enum { FILES_MAGIC = 0x31534c46 /* "FLS1" */, FILES_ROOT = 7, FILES_NAME = 96, FILES_PART = 64 * 1024 };

enum files_operation {
	FILES_OPEN, FILES_CLOSE, FILES_STATUS, FILES_SYNC, FILES_TRUNCATE, FILES_RENAME, FILES_UNLINK, FILES_MAKE_DIRECTORY,
	FILES_READ, FILES_WRITE, FILES_LIST, FILES_OPERATIONS
};

struct files_request {
	uint32_t magic;
	uint32_t operation;       /* enum files_operation */
	int32_t descriptor;
	int32_t other;            /* rename: the other directory */
	uint32_t flags;           /* open: enum host_open; unlink: 1 for a directory */
	uint32_t length;          /* bytes that follow; a read: bytes wanted; at most FILES_PART */
	uint64_t offset;          /* read, write; truncate: the size; list: entries to leave out */
	char name[FILES_NAME];    /* zero-terminated, or all zero */
	char new_name[FILES_NAME];
};

struct files_reply {
	uint32_t magic;
	uint32_t length;          /* bytes that follow */
	int64_t result;           /* of the call: 0 or more, or -errno of Linux */
	uint64_t size, modified_ns;
	uint32_t directory, reserved;
};

_Static_assert(sizeof(struct files_request) == 224 && sizeof(struct files_reply) == 40, "protocol");

#endif
