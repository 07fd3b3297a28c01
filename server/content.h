/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a file that is kept in memory: pieces, each a dataspace of its own, that grow with the file and are attached
 * only while they are used. So what all files hold together may be more than there are free addresses. Zero is empty.
 */
#ifndef SERVER_CONTENT_H
#define SERVER_CONTENT_H

#include <kernel/err.h>
#include <stdint.h>

struct content {
	struct piece *first;
	uint64_t size, room;          /* bytes that count, and of all pieces */
};

/* What lay between the end and `offset` is zero then. After an error the file is as long as before. */
err_t content_write(struct content *content, const void *bytes, uint64_t size, uint64_t offset) MUST_CHECK;

/* [offset, offset + size) lies inside. */
err_t content_read(struct content *content, void *to, uint64_t size, uint64_t offset) MUST_CHECK;

/* Make it longer, by zeros, or shorter, which gives memory back. */
err_t content_cut(struct content *content, uint64_t size) MUST_CHECK;

#endif
