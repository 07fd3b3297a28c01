/* SPDX-License-Identifier: MIT */
/*
 * NIC on the Ethernet MAC, see nic/session.h. The first session has the card's own address, each other one that differs in
 * the last byte; frames are handed out by their destination, those for groups to all.
 */
#include <framework/heap.h>
#include <framework/memory.h>
#include <framework/server.h>
#include <nic/session.h>

#include "driver/gem/gem.h"
#include "server/buffer.h"

enum { SIGNAL_GEM = 1, CLIENTS = 4, QUEUE = 64, LOCAL = 2, GROUP = 1 };

struct client {
	struct buffer buffer;
	slot_t news;
	uint8_t address[NIC_ADDRESS];
	uint32_t first, count, lost;
	struct {
		uint32_t length;
		uint8_t bytes[NIC_FRAME];
	} frame[QUEUE];
};

static struct gem gem;
static struct client *clients[CLIENTS];

static err_t session_begin(struct server *server, const char *service, const char *label, void **object)
{
	uint8_t number = 0;

	(void)server;
	(void)service;
	(void)label;
	while (number < CLIENTS && clients[number])
		number++;
	if (number == CLIENTS)
		return ERR_CAP_QUOTA;
	struct client *client = heap_alloc(sizeof *client);
	if (!client)
		return ERR_MEMORY_QUOTA;
	memcpy(client->address, gem.address, NIC_ADDRESS);
	if (number) {
		client->address[0] |= LOCAL;
		client->address[NIC_ADDRESS - 1] = (uint8_t)(client->address[NIC_ADDRESS - 1] + number);
	}
	clients[number] = client;
	*object = client;
	return OK;
}

static void session_end(struct server *server, void *object)
{
	struct client *client = object;

	(void)server;
	for (uint32_t i = 0; i < CLIENTS; i++)
		if (clients[i] == client)
			clients[i] = NULL;
	buffer_done(&client->buffer);
	slot_give(client->news);
	heap_free(client);
}

static err_t handle_buffer(void *object, const struct nic_buffer_request *request, struct rpc_message *message,
                           struct nic_buffer_reply *reply, slot_t *caps_out)
{
	struct client *client = object;
	err_t err = buffer_set(&client->buffer, message, 0);

	(void)request;
	(void)reply;
	(void)caps_out;
	if (err != OK)
		return err;
	slot_give(client->news);
	client->news = rpc_keep(message, 1);
	return OK;
}

static err_t handle_info(void *object, const struct nic_info_request *request, struct rpc_message *message,
                         struct nic_info_reply *reply, slot_t *caps_out)
{
	const struct client *client = object;

	(void)request;
	(void)message;
	(void)caps_out;
	memcpy(reply->address, client->address, NIC_ADDRESS);
	return OK;
}

static err_t handle_send(void *object, const struct nic_send_request *request, struct rpc_message *message,
                         struct nic_send_reply *reply, slot_t *caps_out)
{
	const struct client *client = object;
	uint8_t frame[NIC_FRAME];

	(void)message;
	(void)reply;
	(void)caps_out;
	if (request->length < NIC_FRAME_LEAST || request->length > NIC_FRAME)
		return ERR_ARGUMENT;
	if (!buffer_holds(&client->buffer, request->start, request->length))
		return ERR_RANGE;
	/* Copied first: the client may write there meanwhile. */
	memcpy(frame, client->buffer.bytes + request->start, request->length);
	if (memcmp(frame + NIC_ADDRESS, client->address, NIC_ADDRESS) != 0)
		return ERR_DENIED;
	return gem_send(&gem, frame, request->length);
}

static err_t handle_receive(void *object, const struct nic_receive_request *request, struct rpc_message *message,
                            struct nic_receive_reply *reply, slot_t *caps_out)
{
	struct client *client = object;

	(void)message;
	(void)caps_out;
	if (!buffer_holds(&client->buffer, request->start, NIC_FRAME))
		return ERR_RANGE;
	*reply = (struct nic_receive_reply){0, client->lost};
	if (!client->count)
		return OK;
	reply->length = client->frame[client->first].length;
	memcpy(client->buffer.bytes + request->start, client->frame[client->first].bytes, reply->length);
	client->first = (client->first + 1) % QUEUE;
	client->count--;
	return OK;
}

/* Told of the first frame in an empty queue alone: who is told takes all there are. */
static void frame_queue(struct client *client, const uint8_t *bytes, uint32_t length)
{
	if (client->count == QUEUE) {
		client->lost++;
		return;
	}
	uint32_t at = (client->first + client->count++) % QUEUE;
	client->frame[at].length = length;
	memcpy(client->frame[at].bytes, bytes, length);
	if (client->count > 1 || !client->news)
		return;
	err_t ignored = signal_submit((signal_t){client->news});
	(void)ignored;
}

static void frame_take(const uint8_t *frame, uint32_t length)
{
	if (length < NIC_FRAME_LEAST || length > NIC_FRAME)
		return;
	for (uint32_t i = 0; i < CLIENTS; i++)
		if (clients[i] && (frame[0] & GROUP || memcmp(frame, clients[i]->address, NIC_ADDRESS) == 0))
			frame_queue(clients[i], frame, length);
}

static err_t dispatch(struct server *server, void *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct nic_handlers handlers = {
		.buffer = handle_buffer, .info = handle_info, .send = handle_send, .receive = handle_receive,
	};

	(void)server;
	return nic_dispatch(&handlers, object, message, reply);
}

int component_main(addr_t argument)
{
	static struct server server;
	slot_t interrupt;
	uint32_t badges;
	err_t err = server_init(&server, session_begin, session_end, dispatch, NULL);

	(void)argument;
	if (err == OK)
		err = server_signal(&server, SIGNAL_GEM, &interrupt);
	if (err == OK)
		err = device_open(&gem.device, "gem0", "cdns,zynq-gem", interrupt);
	if (err == OK)
		err = gem_start(&gem);
	if (err == OK)
		err = server_announce(&server, "NIC");
	while (err == OK) {
		err = server_step(&server, DEADLINE_NEVER, &badges);
		if (badges & SIGNAL_GEM)
			gem_interrupt(&gem, frame_take);
	}
	log_line("cannot serve: %s", err_sentence(err));
	return 1;
}
