/* SPDX-License-Identifier: MIT */
/*
 * The sockets of server/host.h by lwIP: HOST_GRANT listens at NET_PORT. A descriptor names a socket from accepting to
 * closing, whatever becomes of the connection; what came is kept until it is read, and only then has the other side room
 * to send more.
 */
#include <string.h>

#include "lwip/tcp.h"

#include "server/host.h"
#include "server/net/stack.h"
#include "server/net/wire.h"

enum { NET_PORT = 7000, SOCKETS = 256, SOCKET_FIRST = HOST_GRANT + 1, BACKLOG = 32, KEEP_ALIVE_MS = 30000 };
enum { ERROR_IO = 5, ERROR_DESCRIPTOR = 9, ERROR_PIPE = 32, FOUND_READ = 1 };

struct socket {
	bool used, accepted;
	bool ended;               /* nothing will come any more */
	struct tcp_pcb *pcb;      /* NULL: gone */
	struct pbuf *come;        /* not read yet */
	uint32_t at;              /* bytes of it that are read */
};

static struct socket sockets[SOCKETS];

static struct socket *socket_of(int descriptor)
{
	uint32_t at = (uint32_t)(descriptor - SOCKET_FIRST);

	return at < SOCKETS && sockets[at].used ? &sockets[at] : NULL;
}

static void pcb_leave(struct tcp_pcb *pcb)
{
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_err(pcb, NULL);
}

static err_t bytes_came(void *argument, struct tcp_pcb *pcb, struct pbuf *bytes, err_t err)
{
	struct socket *socket = argument;

	(void)pcb;
	(void)err;
	if (!bytes)
		socket->ended = true;
	else if (socket->come)
		pbuf_cat(socket->come, bytes);
	else
		socket->come = bytes;
	return ERR_OK;
}

/* lwIP has freed the connection. */
static void connection_lost(void *argument, err_t err)
{
	struct socket *socket = argument;

	(void)err;
	socket->pcb = NULL;
	socket->ended = true;
}

static err_t connection_came(void *argument, struct tcp_pcb *pcb, err_t err)
{
	(void)argument;
	if (err != ERR_OK || !pcb)
		return ERR_VAL;
	for (uint32_t i = 0; i < SOCKETS; i++) {
		if (sockets[i].used)
			continue;
		sockets[i] = (struct socket){.used = true, .pcb = pcb};
		tcp_arg(pcb, &sockets[i]);
		tcp_recv(pcb, bytes_came);
		tcp_err(pcb, connection_lost);
		tcp_nagle_disable(pcb);
		ip_set_option(pcb, SOF_KEEPALIVE);
		pcb->keep_idle = KEEP_ALIVE_MS;
		return ERR_OK;
	}
	return ERR_MEM;
}

/* Once, by the first call of the thread that polls. */
static bool listening(void)
{
	static bool tried, listens;

	if (tried)
		return listens;
	tried = true;
	struct tcp_pcb *pcb = stack_start() ? tcp_new() : NULL;
	if (!pcb || tcp_bind(pcb, IP_ADDR_ANY, NET_PORT) != ERR_OK)
		return false;
	pcb = tcp_listen_with_backlog(pcb, BACKLOG);
	if (pcb)
		tcp_accept(pcb, connection_came);
	listens = pcb;
	return listens;
}

static struct socket *socket_waiting(void)
{
	for (uint32_t i = 0; i < SOCKETS; i++)
		if (sockets[i].used && !sockets[i].accepted)
			return &sockets[i];
	return NULL;
}

static bool readable(int descriptor)
{
	const struct socket *socket = socket_of(descriptor);

	if (descriptor == HOST_GRANT)
		return socket_waiting();
	return !socket || socket->come || socket->ended;
}

long host_poll(struct host_poll *polls, uint32_t count, int64_t timeout_ms)
{
	uint32_t start = wire_now_ms();

	for (;;) {
		long found = 0;
		wire_lock();
		if (!listening()) {
			wire_unlock();
			return -ERROR_IO;
		}
		uint32_t wait = stack_step();
		for (uint32_t i = 0; i < count; i++) {
			polls[i].found = polls[i].wanted & FOUND_READ && readable(polls[i].descriptor) ? FOUND_READ : 0;
			found += polls[i].found != 0;
		}
		wire_unlock();
		uint32_t passed = wire_now_ms() - start;
		if (found || (timeout_ms >= 0 && passed >= timeout_ms))
			return found;
		wire_wait(timeout_ms >= 0 && timeout_ms - passed < wait ? (uint32_t)timeout_ms - passed : wait);
	}
}

long host_accept(int descriptor)
{
	wire_lock();
	struct socket *socket = descriptor == HOST_GRANT ? socket_waiting() : NULL;
	if (socket)
		socket->accepted = true;
	wire_unlock();
	return socket ? SOCKET_FIRST + (long)(socket - sockets) : -HOST_EAGAIN;
}

/* Bytes that were read: their memory, and room for the other side. */
static void bytes_leave(struct socket *socket, uint32_t count)
{
	socket->at += count;
	while (socket->come && socket->at >= socket->come->len) {
		struct pbuf *first = socket->come;
		socket->at -= first->len;
		socket->come = first->next;
		if (first->next)
			pbuf_ref(first->next);
		pbuf_free(first);
	}
	if (socket->pcb)
		tcp_recved(socket->pcb, (u16_t)count);
}

long host_read(int descriptor, void *to, uint64_t size)
{
	enum { READ_MOST = 32768 };
	long result = -ERROR_DESCRIPTOR;

	wire_lock();
	struct socket *socket = socket_of(descriptor);
	if (socket && socket->come) {
		u16_t part = (u16_t)(size < READ_MOST ? size : READ_MOST);
		result = pbuf_copy_partial(socket->come, to, part, (u16_t)socket->at);
		bytes_leave(socket, (uint32_t)result);
	} else if (socket) {
		result = socket->ended ? 0 : -HOST_EAGAIN;
	}
	wire_unlock();
	return result;
}

/* All or, where the other side has left too much unread, nothing. */
long host_write(int descriptor, const void *from, uint64_t size)
{
	long result = -ERROR_PIPE;

	wire_lock();
	struct socket *socket = socket_of(descriptor);
	if (socket && socket->pcb) {
		result = -HOST_EAGAIN;
		if (size <= tcp_sndbuf(socket->pcb) && tcp_write(socket->pcb, from, (u16_t)size, TCP_WRITE_FLAG_COPY) == ERR_OK) {
			tcp_output(socket->pcb);
			result = (long)size;
		}
	}
	wire_unlock();
	return result;
}

long host_close(int descriptor)
{
	long result = -ERROR_DESCRIPTOR;

	wire_lock();
	struct socket *socket = socket_of(descriptor);
	if (socket) {
		if (socket->pcb) {
			pcb_leave(socket->pcb);
			if (tcp_close(socket->pcb) != ERR_OK)
				tcp_abort(socket->pcb);
		}
		if (socket->come)
			pbuf_free(socket->come);
		*socket = (struct socket){0};
		result = 0;
	}
	wire_unlock();
	wire_wake();
	return result;
}

long host_shutdown(int descriptor)
{
	wire_lock();
	struct socket *socket = socket_of(descriptor);
	if (socket)
		socket->ended = true;
	wire_unlock();
	wire_wake();
	return socket ? 0 : -ERROR_DESCRIPTOR;
}
