/* SPDX-License-Identifier: MIT */
/* The session of NIC and what else lwIP needs, by the framework: see wire.h. */
#include <framework/env.h>
#include <framework/memory.h>
#include <nic/session.h>

#include "server/net/wire.h"

enum { MS_NS = 1000000, BUFFER = 4096, SEND_AT = 2048 };
#define PATIENCE_NS 10000000000ull

static struct {
	struct session nic;
	uint8_t *buffer;           /* what came at 0, what goes at SEND_AT */
	signal_t news;
	struct lock lock;
} wire;

uint32_t lwip_random(void);
_Noreturn void lwip_fail(const char *sentence);
int atoi(const char *text);

uint32_t wire_now_ms(void)
{
	return (uint32_t)(clock_now() / MS_NS);
}

/* Of ports and sequence numbers; whoever is on this network can guess them. */
uint32_t lwip_random(void)
{
	static uint32_t state;

	state = (state ^ (uint32_t)clock_now()) * 2654435761u + 12345;
	return state ^ state >> 15;
}

_Noreturn void lwip_fail(const char *sentence)
{
	log_line("network: %s", sentence);
	component_exit(1);
}

/* The one function of the C library that lwIP needs beside those of framework/memory.h (ISO C11, 7.22.1). */
int atoi(const char *text)
{
	int value = 0;

	while (*text >= '0' && *text <= '9' && value < 1000000)
		value = value * 10 + (*text++ - '0');
	return value;
}

static err_t buffer_give(void)
{
	const struct nic_buffer_request request = {};
	struct nic_buffer_reply reply;
	void *address;
	ds_t ds;
	err_t err = buffer_take(BUFFER, 0, &ds, &address);

	if (err != OK)
		return err;
	const slot_t caps[] = {ds.slot, wire.news.slot};
	wire.buffer = address;
	return nic_buffer(wire.nic.ep, &request, caps, &reply, NULL);
}

bool wire_start(uint8_t address[WIRE_ADDRESS])
{
	const struct nic_info_request request = {};
	struct nic_info_reply reply;
	err_t err = signal_alloc(&wire.news);

	if (err == OK)
		err = lock_ready(&wire.lock);
	if (err == OK)
		err = session_open("NIC", "net", PATIENCE_NS, &wire.nic);
	if (err == OK)
		err = buffer_give();
	if (err == OK)
		err = nic_info(wire.nic.ep, &request, NULL, &reply, NULL);
	if (err != OK) {
		log_line("no network: %s", err_sentence(err));
		return false;
	}
	memcpy(address, reply.address, WIRE_ADDRESS);
	return true;
}

/* A driver that died is started again, but this session is not: so is this component, with everything it knows anew. */
static err_t still_there(err_t err)
{
	if (err == ERR_GONE)
		lwip_fail("the driver is gone");
	return err;
}

uint32_t wire_receive(const uint8_t **frame)
{
	const struct nic_receive_request request = {0};
	struct nic_receive_reply reply;

	*frame = wire.buffer;
	if (still_there(nic_receive(wire.nic.ep, &request, NULL, &reply, NULL)) != OK || reply.length > WIRE_FRAME)
		return 0;
	return reply.length;
}

uint8_t *wire_place(void)
{
	return wire.buffer + SEND_AT;
}

bool wire_send(uint32_t length)
{
	const struct nic_send_request request = {.start = SEND_AT, .length = length};
	struct nic_send_reply reply;

	return still_there(nic_send(wire.nic.ep, &request, NULL, &reply, NULL)) == OK;
}

void wire_wait(uint32_t ms)
{
	uint32_t badges, count;
	err_t expected = signal_wait(wire.news, clock_now() + (uint64_t)ms * MS_NS, &badges, &count);

	(void)expected;
}

void wire_wake(void)
{
	err_t ignored = signal_submit(wire.news);
	(void)ignored;
}

void wire_lock(void)
{
	lock_take(&wire.lock);
}

void wire_unlock(void)
{
	lock_give(&wire.lock);
}

void wire_say_address(uint32_t address)
{
	log_line("address %u.%u.%u.%u", address & 255, address >> 8 & 255, address >> 16 & 255, address >> 24);
}
