/* SPDX-License-Identifier: MIT */
/* The buffer that a client handed over: a dataspace, attached as long as it counts. */
#ifndef SERVER_BUFFER_H
#define SERVER_BUFFER_H

#include <framework/env.h>

struct buffer {
	ds_t ds;
	uint8_t *bytes;
	uint64_t size;
};

/* Take over capability `index` of the message in place of what was there. */
err_t buffer_set(struct buffer *buffer, struct rpc_message *message, uint32_t index) MUST_CHECK;
void buffer_done(struct buffer *buffer);

static inline bool buffer_holds(const struct buffer *buffer, uint64_t start, uint64_t size)
{
	return start <= buffer->size && size <= buffer->size - start;
}

#endif
