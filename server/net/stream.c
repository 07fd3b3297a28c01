/* SPDX-License-Identifier: MIT */
/* One connection by lwIP: see stream.h. Whoever waits gives lwIP its time. */
#include "lwip/tcp.h"

#include "server/net/stack.h"
#include "server/net/stream.h"
#include "server/net/wire.h"

enum { SEND_MOST = 16384, RECEIVE_MOST = 32768 };

static struct {
	struct tcp_pcb *pcb;      /* NULL: gone */
	bool connected, ended;
	struct pbuf *come;
	uint32_t at;              /* bytes of the first that are read */
} stream;

static err_t stream_came(void *argument, struct tcp_pcb *pcb, struct pbuf *bytes, err_t err)
{
	(void)argument;
	(void)pcb;
	(void)err;
	if (!bytes)
		stream.ended = true;
	else if (stream.come)
		pbuf_cat(stream.come, bytes);
	else
		stream.come = bytes;
	return ERR_OK;
}

static void stream_lost(void *argument, err_t err)
{
	(void)argument;
	(void)err;
	stream.pcb = NULL;
	stream.ended = true;
}

static err_t stream_connected(void *argument, struct tcp_pcb *pcb, err_t err)
{
	(void)argument;
	(void)pcb;
	(void)err;
	stream.connected = true;
	return ERR_OK;
}

/* Let time pass once. False: too much has passed since `start`. */
static bool pump(uint32_t start)
{
	uint32_t wait = stack_step();

	if (wire_now_ms() - start > STREAM_PATIENCE_MS)
		return false;
	wire_wait(wait);
	stack_step();
	return true;
}

static bool stack_ready(uint32_t start)
{
	static bool tried, started;

	if (!tried) {
		tried = true;
		started = stack_start();
	}
	while (started && !stack_has_address())
		if (!pump(start))
			return false;
	return started;
}

void stream_close(void)
{
	if (stream.pcb) {
		tcp_recv(stream.pcb, NULL);
		tcp_err(stream.pcb, NULL);
		tcp_abort(stream.pcb);
	}
	if (stream.come)
		pbuf_free(stream.come);
	stream.pcb = NULL;
	stream.come = NULL;
	stream.at = 0;
	stream.connected = stream.ended = false;
}

bool stream_open(uint32_t address, uint16_t port)
{
	uint32_t start = wire_now_ms();
	ip_addr_t to = IPADDR4_INIT(address);

	stream_close();
	if (!stack_ready(start))
		return false;
	stream.pcb = tcp_new();
	if (!stream.pcb)
		return false;
	tcp_recv(stream.pcb, stream_came);
	tcp_err(stream.pcb, stream_lost);
	tcp_nagle_disable(stream.pcb);
	bool asked = tcp_connect(stream.pcb, &to, port, stream_connected) == ERR_OK;
	while (asked && stream.pcb && !stream.connected && pump(start))
		;
	if (!stream.connected)
		stream_close();
	return stream.connected;
}

bool stream_send(const void *bytes, uint32_t size)
{
	uint32_t start = wire_now_ms();
	const uint8_t *at = bytes;

	while (size) {
		if (!stream.pcb || stream.ended)
			return false;
		uint32_t room = tcp_sndbuf(stream.pcb), part = size < SEND_MOST ? size : SEND_MOST;
		part = part < room ? part : room;
		if (part && tcp_write(stream.pcb, at, (u16_t)part, TCP_WRITE_FLAG_COPY) == ERR_OK) {
			tcp_output(stream.pcb);
			at += part;
			size -= part;
			stack_step();
		} else if (!pump(start)) {
			return false;
		}
	}
	return true;
}

/* Bytes that were read: their memory, and room for the other side. */
static void bytes_leave(uint32_t count)
{
	stream.at += count;
	while (stream.come && stream.at >= stream.come->len) {
		struct pbuf *first = stream.come;
		stream.at -= first->len;
		stream.come = first->next;
		if (first->next)
			pbuf_ref(first->next);
		pbuf_free(first);
	}
	if (stream.pcb)
		tcp_recved(stream.pcb, (u16_t)count);
}

bool stream_receive(void *bytes, uint32_t size)
{
	uint32_t start = wire_now_ms();
	uint8_t *at = bytes;

	while (size) {
		u16_t part = (u16_t)(size < RECEIVE_MOST ? size : RECEIVE_MOST);
		uint32_t count = stream.come ? pbuf_copy_partial(stream.come, at, part, (u16_t)stream.at) : 0;
		if (count) {
			bytes_leave(count);
			at += count;
			size -= count;
		} else if (stream.ended || !stream.pcb || !pump(start)) {
			return false;
		}
	}
	return true;
}
