/* SPDX-License-Identifier: MIT */
/*
 * net_test: sockets by lwIP (host.c, socket.c, stack.c) and hundreds of other machines' connections, played frame by frame:
 * some read what they are sent, others never do. Those who read are served whatever the others do, and memory comes back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lwip/netif.h"

#include "server/host.h"
#include "server/net/socket.h"
#include "server/net/wire.h"

enum { PEERS = 1024, PORT = 7000, FRAMES = 4096, REPLY = 33000, DEAF = 200 };
enum { ETHERNET = 14, IP = 20, TCP = 20, FIN = 1, SYN = 2, RST = 4, ACK = 16 };

/* Connections of one machine, by their port. */
static struct peer {
	uint32_t sent, heard;      /* sequence numbers that come next */
	uint32_t received;         /* bytes */
	bool open, deaf, reset, ended;
} peers[PEERS];
static uint16_t peer_count;

static const uint8_t own_address[6] = {2, 0, 0, 0, 0, 1}, peer_address[6] = {2, 0, 0, 0, 0, 2};
static const uint8_t own_ip[4] = {10, 0, 0, 1}, peer_ip[4] = {10, 0, 0, 2};

static struct {
	uint32_t length;
	uint8_t bytes[WIRE_FRAME];
} frames[FRAMES];
static uint32_t frame_first, frame_next, now_ms;
static uint8_t place[WIRE_FRAME], reply[REPLY];
static int failed;

static void must(bool right, const char *what)
{
	if (right)
		return;
	printf("failed: %s\n", what);
	failed++;
}

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
	return get16(at) << 16 | get16(at + 2);
}

/* RFC 1071; sizes are even here. */
static uint32_t checksum(const uint8_t *at, uint32_t size, uint32_t sum)
{
	for (uint32_t i = 0; i < size; i += 2)
		sum += get16(at + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static uint8_t *frame_begin(uint32_t type)
{
	uint8_t *frame = frames[frame_next % FRAMES].bytes;

	memset(frame, 0, WIRE_FRAME);
	memcpy(frame, own_address, 6);
	memcpy(frame + 6, peer_address, 6);
	put16(frame + 12, type);
	return frame;
}

static void frame_end(uint32_t length)
{
	frames[frame_next++ % FRAMES].length = length;
}

static void segment_send(uint16_t port, uint32_t flags, const char *bytes, uint32_t size)
{
	struct peer *peer = &peers[port];
	uint8_t *ip = frame_begin(0x0800) + ETHERNET, *tcp = ip + IP, pseudo[12] = {0};
	uint32_t length = TCP + size;

	ip[0] = 0x45;
	put16(ip + 2, IP + length);
	ip[8] = 64;
	ip[9] = 6;
	memcpy(ip + 12, peer_ip, 4);
	memcpy(ip + 16, own_ip, 4);
	put16(ip + 10, ~checksum(ip, IP, 0));
	put16(tcp, port);
	put16(tcp + 2, PORT);
	put32(tcp + 4, peer->sent);
	put32(tcp + 8, flags & ACK ? peer->heard : 0);
	tcp[12] = TCP / 4 << 4;
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, 65535);
	memcpy(tcp + TCP, bytes, size);
	memcpy(pseudo, ip + 12, 8);
	pseudo[9] = 6;
	put16(pseudo + 10, length);
	put16(tcp + 16, ~checksum(tcp, length + size % 2, checksum(pseudo, sizeof pseudo, 0)));
	peer->sent += size + (flags & (SYN | FIN) ? 1 : 0);
	frame_end(ETHERNET + IP + length);
}

static void segment_heard(const uint8_t *ip)
{
	const uint8_t *tcp = ip + IP;
	uint32_t size = get16(ip + 2) - IP - (tcp[12] >> 4) * 4u, flags = tcp[13];
	uint16_t port = (uint16_t)get16(tcp + 2);
	struct peer *peer = &peers[port % PEERS];

	if (flags & RST)
		peer->reset = true;
	if (flags & SYN) {
		peer->open = true;
		peer->heard = get32(tcp + 4) + 1;
		segment_send(port, ACK, "", 0);
	} else if (!peer->deaf && !peer->reset && get32(tcp + 4) == peer->heard && (size || flags & FIN)) {
		peer->received += size;
		peer->ended = flags & FIN;
		peer->heard += size + (flags & FIN);
		segment_send(port, ACK, "", 0);
	}
}

static void question_heard(const uint8_t *question)
{
	if (get16(question + 6) != 1 || memcmp(question + 24, peer_ip, 4) != 0)
		return;
	uint8_t *answer = frame_begin(0x0806) + ETHERNET;
	memcpy(answer, question, 6);
	put16(answer + 6, 2);
	memcpy(answer + 8, peer_address, 6);
	memcpy(answer + 14, peer_ip, 4);
	memcpy(answer + 18, own_address, 6);
	memcpy(answer + 24, own_ip, 4);
	frame_end(ETHERNET + 28);
}

bool wire_start(uint8_t address[WIRE_ADDRESS])
{
	memcpy(address, own_address, sizeof own_address);
	return true;
}

uint32_t wire_receive(const uint8_t **frame)
{
	if (frame_first == frame_next)
		return 0;
	*frame = frames[frame_first % FRAMES].bytes;
	return frames[frame_first++ % FRAMES].length;
}

uint8_t *wire_place(void)
{
	return place;
}

bool wire_send(uint32_t length)
{
	if (get16(place + 12) == 0x0806)
		question_heard(place + ETHERNET);
	else if (length >= ETHERNET + IP + TCP && place[ETHERNET + 9] == 6)
		segment_heard(place + ETHERNET);
	return true;
}

uint32_t wire_now_ms(void) { return now_ms; }
void wire_wait(uint32_t ms) { now_ms += ms ? ms : 1; }
void wire_wake(void) { }
void wire_lock(void) { }
void wire_unlock(void) { }
void wire_say_address(uint32_t address) { (void)address; }
uint32_t lwip_random(void) { return (uint32_t)rand(); }
_Noreturn void lwip_fail(const char *sentence);
_Noreturn void lwip_fail(const char *sentence)
{
	printf("failed: lwIP: %s\n", sentence);
	exit(1);
}

static void pass_ms(uint32_t ms)
{
	struct host_poll poll = {HOST_GRANT, 0, 0};

	must(host_poll(&poll, 1, ms) == 0, "polling fails");
}

/* A new connection: its descriptor, or negative. */
static long join(bool deaf)
{
	uint16_t port = peer_count++;

	peers[port] = (struct peer){.deaf = deaf, .sent = 1000};
	segment_send(port, SYN, "", 0);
	pass_ms(50);
	pass_ms(50);
	return peers[port].open ? host_accept(HOST_GRANT) : -1;
}

/* A whole exchange of one that reads. */
static bool served(void)
{
	char request[8];
	uint16_t port = peer_count;
	long socket = join(false);

	if (socket < 0)
		return false;
	segment_send(port, ACK, "request", 8);
	pass_ms(50);
	bool right = host_read((int)socket, request, sizeof request) == 8 && memcmp(request, "request", 8) == 0 &&
	             host_write((int)socket, reply, REPLY) == REPLY;
	right = host_close((int)socket) == 0 && right;
	pass_ms(2000);
	return right && peers[port].received == REPLY && peers[port].ended && !peers[port].reset;
}

static uint32_t cut_off(uint16_t first, uint16_t end)
{
	uint32_t count = 0;

	for (uint16_t port = first; port < end; port++)
		count += peers[port].reset;
	return count;
}

/* As many as there are places for and more than there is memory for. */
static void deaf_test(bool leave)
{
	static long sockets_of[DEAF];
	uint16_t first = peer_count;

	for (uint32_t i = 0; i < DEAF; i++) {
		sockets_of[i] = join(true);
		must(sockets_of[i] > 0 && host_write((int)sockets_of[i], reply, REPLY) == REPLY, "a reply finds no memory");
		if (leave)
			host_close((int)sockets_of[i]);
	}
	must(served(), "one that reads is not served beside those who do not");
	must(cut_off(first, first + DEAF) < DEAF, "all were cut off");
	if (!leave) {
		must(host_write((int)sockets_of[DEAF - 1], reply, 10) < 0, "a second reply is kept for one who read none");
		must(peers[first + DEAF - 1].reset, "who asks before it has read is not cut off");
	}
	pass_ms(2 * SOCKET_WHOLE_MS);
	must(cut_off(first, first + DEAF) == DEAF, "who never reads is not cut off");
	for (uint32_t i = 0; i < DEAF && !leave; i++)
		host_close((int)sockets_of[i]);
	must(served(), "one that reads is not served afterwards");
}

int main(void)
{
	ip4_addr_t address, mask, gateway;

	pass_ms(1);
	IP4_ADDR(&address, own_ip[0], own_ip[1], own_ip[2], own_ip[3]);
	IP4_ADDR(&mask, 255, 0, 0, 0);
	IP4_ADDR(&gateway, peer_ip[0], peer_ip[1], peer_ip[2], peer_ip[3]);
	netif_set_addr(netif_default, &address, &mask, &gateway);
	for (int i = 0; i < 5; i++)
		must(served(), "one that reads is not served");
	for (int i = 0; i < 2; i++) {
		deaf_test(false);
		deaf_test(true);
	}
	printf("%u connections, %d failed\n", peer_count, failed);
	return failed ? 1 : 0;
}
