/* SPDX-License-Identifier: MIT */
/*
 * NIC with several sessions: each has an address of its own, sends under no other, and receives what is for it alone. At the
 * other end the emulator's network answers ARP for 10.0.2.2.
 */
#include <framework/memory.h>
#include <nic/session.h>

#include "test/device/check.h"

enum { BUFFER = 4096, SEND_AT = 2048, CLIENTS = 4, ARP = 60, BURST = 150, QUEUE = 64 };

struct client {
	struct session session;
	signal_t news;
	uint8_t *buffer;
	uint8_t address[NIC_ADDRESS];
};

static struct client clients[CLIENTS];

static err_t client_open(struct client *client)
{
	const struct nic_buffer_request request = {};
	const struct nic_info_request info = {};
	struct nic_buffer_reply reply;
	struct nic_info_reply found;
	void *address;
	ds_t ds;

	CHECK_OK(session_open("NIC", "test", 5ull * WHILE_NS, &client->session));
	err_t err = nic_info(client->session.ep, &info, NULL, &found, NULL);
	if (err != OK)
		return err;
	memcpy(client->address, found.address, NIC_ADDRESS);
	CHECK_OK(signal_alloc(&client->news));
	CHECK_OK(ds_alloc(BUFFER, &ds));
	CHECK_OK(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address));
	client->buffer = address;
	const slot_t caps[] = {ds.slot, client->news.slot};
	return nic_buffer(client->session.ep, &request, caps, &reply, NULL);
}

static err_t frame_send(const struct client *client, uint64_t start, uint32_t length)
{
	const struct nic_send_request request = {start, length, 0};
	struct nic_send_reply reply;

	return nic_send(client->session.ep, &request, NULL, &reply, NULL);
}

/* Who has 10.0.2.2? (RFC 826) Each asker says that it has an address of its own. */
static void question_put(const struct client *client, const uint8_t *source)
{
	static const uint8_t head[] = {0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1};
	uint8_t *frame = client->buffer + SEND_AT;

	memset(frame, 0, ARP);
	memset(frame, 0xff, NIC_ADDRESS);
	memcpy(frame + 6, source, NIC_ADDRESS);
	memcpy(frame + 12, head, sizeof head);
	memcpy(frame + 22, source, NIC_ADDRESS);
	memcpy(frame + 28, (const uint8_t[]){10, 0, 2, (uint8_t)(20 + (client - clients))}, 4);
	memcpy(frame + 38, (const uint8_t[]){10, 0, 2, 2}, 4);
}

static uint32_t frame_take(const struct client *client, uint32_t *lost)
{
	const struct nic_receive_request request = {0};
	struct nic_receive_reply reply = {0, 0};

	CHECK_OK(nic_receive(client->session.ep, &request, NULL, &reply, NULL));
	*lost = reply.lost;
	return reply.length;
}

/* The answer came to `client`, and to nobody else. */
static void answer_check(const struct client *client)
{
	uint32_t badges, count, lost;

	CHECK_OK(signal_wait(client->news, clock_now() + 5ull * WHILE_NS, &badges, &count));
	uint32_t length = frame_take(client, &lost);
	CHECK(length >= 42 && memcmp(client->buffer, client->address, NIC_ADDRESS) == 0);
	CHECK(client->buffer[12] == 0x08 && client->buffer[13] == 0x06 && client->buffer[21] == 2);
	CHECK(memcmp(client->buffer + 28, (const uint8_t[]){10, 0, 2, 2}, 4) == 0);
	for (uint32_t i = 0; i < CLIENTS; i++)
		CHECK(!frame_take(&clients[i], &lost) && !lost);
}

static void refused(void)
{
	const struct nic_receive_request beyond = {BUFFER - NIC_FRAME + 1};
	const struct client *client = &clients[0];
	struct nic_receive_reply reply;
	struct client further;

	question_put(client, clients[1].address);
	CHECK_ERR(frame_send(client, SEND_AT, ARP), ERR_DENIED);
	question_put(client, client->address);
	CHECK_ERR(frame_send(client, SEND_AT, NIC_FRAME_LEAST - 1), ERR_ARGUMENT);
	CHECK_ERR(frame_send(client, SEND_AT, NIC_FRAME + 1), ERR_ARGUMENT);
	CHECK_ERR(frame_send(client, BUFFER - ARP + 1, ARP), ERR_RANGE);
	CHECK_ERR(frame_send(client, UINT64_MAX - 10, ARP), ERR_RANGE);
	CHECK_ERR(nic_receive(client->session.ep, &beyond, NULL, &reply, NULL), ERR_RANGE);
	CHECK_ERR(client_open(&further), ERR_CAP_QUOTA);
	session_close(&further.session);
}

/* More than a queue holds are lost and counted; others go on. */
static void burst(void)
{
	struct client *client = &clients[2];
	uint32_t lost = 0, taken = 0, sent = 0;
	uint64_t until = clock_now() + 20ull * WHILE_NS;

	question_put(client, client->address);
	while (sent < BURST && clock_now() < until)
		sent += frame_send(client, SEND_AT, ARP) == OK;
	CHECK(sent == BURST);
	question_put(&clients[0], clients[0].address);
	CHECK_OK(frame_send(&clients[0], SEND_AT, ARP));
	uint32_t badges, count;
	CHECK_OK(signal_wait(clients[0].news, clock_now() + 5ull * WHILE_NS, &badges, &count));
	CHECK(frame_take(&clients[0], &lost) && !lost);
	while (frame_take(client, &lost))
		taken++;
	CHECK(taken >= QUEUE && lost && taken + lost <= BURST);
}

int component_main(addr_t argument)
{
	(void)argument;
	for (uint32_t i = 0; i < CLIENTS; i++) {
		CHECK_OK(client_open(&clients[i]));
		for (uint32_t other = 0; other < i; other++)
			CHECK(memcmp(clients[i].address, clients[other].address, NIC_ADDRESS) != 0);
	}
	for (uint32_t i = 0; i < CLIENTS; i++) {
		question_put(&clients[i], clients[i].address);
		CHECK_OK(frame_send(&clients[i], SEND_AT, ARP));
		answer_check(&clients[i]);
	}
	refused();
	burst();
	log_line("frames: %u failed", failures);
	return failures ? 1 : 0;
}
