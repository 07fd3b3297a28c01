/* SPDX-License-Identifier: MIT */
/* BLOCK on the SD card, see block/session.h. The card is synced always: a write is answered when it is programmed. */
#include <block/session.h>
#include <framework/heap.h>
#include <framework/server.h>

#include "driver/sd/card.h"
#include "server/buffer.h"

static struct sdhci sdhci;
static struct card card;
static bool taken;

static err_t session_begin(struct server *server, const char *service, const char *label, void **object)
{
	struct buffer *buffer;

	(void)server;
	(void)service;
	(void)label;
	if (taken)
		return ERR_BUSY;
	buffer = heap_alloc(sizeof *buffer);
	if (!buffer)
		return ERR_MEMORY_QUOTA;
	taken = true;
	*object = buffer;
	return OK;
}

static void session_end(struct server *server, void *object)
{
	(void)server;
	taken = false;
	buffer_done(object);
	heap_free(object);
}

static err_t handle_buffer(void *object, const struct block_buffer_request *request, struct rpc_message *message,
                           struct block_buffer_reply *reply, slot_t *caps_out)
{
	struct buffer *buffer = object;
	err_t err = buffer_set(buffer, message, 0);

	(void)request;
	(void)caps_out;
	reply->size = buffer->size;
	return err;
}

static err_t handle_info(void *object, const struct block_info_request *request, struct rpc_message *message,
                         struct block_info_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)request;
	(void)message;
	(void)caps_out;
	reply->count = card.count;
	return OK;
}

static err_t range_check(const struct buffer *buffer, uint64_t first, uint64_t start, uint32_t count)
{
	if (!count || count > BLOCK_MOST)
		return ERR_ARGUMENT;
	if (first > card.count || count > card.count - first || !buffer_holds(buffer, start, (uint64_t)count * BLOCK_SIZE))
		return ERR_RANGE;
	return OK;
}

static err_t handle_read(void *object, const struct block_read_request *request, struct rpc_message *message,
                         struct block_read_reply *reply, slot_t *caps_out)
{
	struct buffer *buffer = object;
	err_t err = range_check(buffer, request->first, request->start, request->count);

	(void)message;
	(void)reply;
	(void)caps_out;
	return err == OK ? card_read(&card, request->first, buffer->bytes + request->start, request->count) : err;
}

static err_t handle_write(void *object, const struct block_write_request *request, struct rpc_message *message,
                          struct block_write_reply *reply, slot_t *caps_out)
{
	struct buffer *buffer = object;
	err_t err = range_check(buffer, request->first, request->start, request->count);

	(void)message;
	(void)reply;
	(void)caps_out;
	return err == OK ? card_write(&card, request->first, buffer->bytes + request->start, request->count) : err;
}

static err_t handle_sync(void *object, const struct block_sync_request *request, struct rpc_message *message,
                         struct block_sync_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)request;
	(void)message;
	(void)reply;
	(void)caps_out;
	return OK;
}

static err_t dispatch(struct server *server, void *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct block_handlers handlers = {
		.buffer = handle_buffer, .info = handle_info, .read = handle_read, .write = handle_write, .sync = handle_sync,
	};

	(void)server;
	return block_dispatch(&handlers, object, message, reply);
}

int component_main(addr_t argument)
{
	static struct server server;
	uint32_t badges;
	err_t err = signal_alloc(&sdhci.signal);

	(void)argument;
	if (err == OK)
		err = device_open(&sdhci.device, "sd0", "arasan,sdhci-8.9a", sdhci.signal.slot);
	if (err == OK)
		err = card_find(&card, &sdhci);
	if (err == OK) {
		log_line("a card of %u MiB", (uint32_t)(card.count * BLOCK_SIZE >> 20));
		err = server_init(&server, session_begin, session_end, dispatch, NULL);
	}
	if (err == OK)
		err = server_announce(&server, "BLOCK");
	while (err == OK)
		err = server_step(&server, DEADLINE_NEVER, &badges);
	log_line("cannot serve: %s", err_sentence(err));
	return 1;
}
