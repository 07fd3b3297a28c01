/* SPDX-License-Identifier: MIT */
/* A client's buffer, see buffer.h. */
#include "server/buffer.h"

/* More would keep the server from others for too long. */
enum { POPULATE_MAX = 4 << 20 };

err_t buffer_set(struct buffer *buffer, struct rpc_message *message, uint32_t index)
{
	ds_t ds = {message->caps[index]};
	void *bytes;
	uint64_t size;
	err_t err = ds_attach_sent(ds, RIGHT_READ | RIGHT_WRITE, POPULATE_MAX, &bytes, &size);

	if (err != OK)
		return err;
	buffer_done(buffer);
	*buffer = (struct buffer){{rpc_keep(message, index)}, bytes, size};
	return OK;
}

void buffer_done(struct buffer *buffer)
{
	if (buffer->bytes)
		ds_detach(buffer->bytes, buffer->size);
	slot_give(buffer->ds.slot);
	*buffer = (struct buffer){0};
}
