/* SPDX-License-Identifier: MIT */
/* Connections by lwIP's raw interface, and their limits: see socket.h. lwIP aborts through connection_lost. */
#include <string.h>

#include "lwip/tcp.h"

#include "server/net/socket.h"
#include "server/net/wire.h"

enum { KEEP_ALIVE_MS = 30000 };

struct socket sockets[SOCKETS];

static uint32_t unread(const struct socket *socket)
{
	return socket->pcb ? TCP_SND_BUF - tcp_sndbuf(socket->pcb) : 0;
}

static void socket_free(struct socket *socket)
{
	if (socket->come)
		pbuf_free(socket->come);
	*socket = (struct socket){0};
}

static err_t bytes_came(void *argument, struct tcp_pcb *pcb, struct pbuf *bytes, err_t err)
{
	struct socket *socket = argument;

	(void)err;
	if (!bytes) {
		socket->ended = true;
	} else if (socket->left) {
		tcp_recved(pcb, bytes->tot_len);
		pbuf_free(bytes);
	} else if (socket->come) {
		pbuf_cat(socket->come, bytes);
	} else {
		socket->come = bytes;
	}
	return ERR_OK;
}

static err_t bytes_read(void *argument, struct tcp_pcb *pcb, u16_t count)
{
	struct socket *socket = argument;

	(void)pcb;
	(void)count;
	socket->moved_ms = wire_now_ms();
	return ERR_OK;
}

/* lwIP has freed the connection. */
static void connection_lost(void *argument, err_t err)
{
	struct socket *socket = argument;

	(void)err;
	socket->pcb = NULL;
	socket->ended = true;
	if (socket->left)
		socket_free(socket);
}

/* The one with something unread that has read nothing for the longest time. */
static struct socket *slowest(bool left)
{
	struct socket *found = NULL;
	uint32_t now = wire_now_ms();

	for (uint32_t i = 0; i < SOCKETS; i++)
		if (unread(&sockets[i]) && (sockets[i].left || !left) &&
		    (!found || now - sockets[i].moved_ms > now - found->moved_ms))
			found = &sockets[i];
	return found;
}

static struct socket *place_find(void)
{
	for (uint32_t i = 0; i < SOCKETS; i++)
		if (!sockets[i].used)
			return &sockets[i];
	struct socket *socket = slowest(true);
	if (socket)
		tcp_abort(socket->pcb);
	return socket;
}

static err_t connection_came(void *argument, struct tcp_pcb *pcb, err_t err)
{
	(void)argument;
	if (err != ERR_OK || !pcb)
		return ERR_VAL;
	struct socket *socket = place_find();
	if (!socket)
		return ERR_MEM;
	*socket = (struct socket){.used = true, .pcb = pcb};
	tcp_arg(pcb, socket);
	tcp_recv(pcb, bytes_came);
	tcp_sent(pcb, bytes_read);
	tcp_err(pcb, connection_lost);
	tcp_nagle_disable(pcb);
	ip_set_option(pcb, SOF_KEEPALIVE);
	pcb->keep_idle = KEEP_ALIVE_MS;
	return ERR_OK;
}

bool sockets_listen(uint16_t port, uint8_t backlog)
{
	struct tcp_pcb *pcb = tcp_new();

	if (!pcb || tcp_bind(pcb, IP_ADDR_ANY, port) != ERR_OK)
		return false;
	pcb = tcp_listen_with_backlog(pcb, backlog);
	if (pcb)
		tcp_accept(pcb, connection_came);
	return pcb;
}

struct socket *socket_waiting(void)
{
	for (uint32_t i = 0; i < SOCKETS; i++)
		if (sockets[i].used && !sockets[i].accepted)
			return &sockets[i];
	return NULL;
}

static uint32_t unread_in_all(void)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < SOCKETS; i++)
		sum += unread(&sockets[i]);
	return sum;
}

bool socket_send(struct socket *socket, const void *bytes, uint16_t size)
{
	struct socket *slow;
	err_t err = ERR_MEM;

	if (!socket->pcb)
		return false;
	/* It asked, so it has read the reply before: what it sent said so. */
	if (unread(socket) || size > tcp_sndbuf(socket->pcb)) {
		tcp_abort(socket->pcb);
		return false;
	}
	for (uint32_t sum = unread_in_all(); sum + size > SOCKETS_UNREAD && (slow = slowest(false)); sum = unread_in_all())
		tcp_abort(slow->pcb);
	while (err == ERR_MEM) {
		err = tcp_write(socket->pcb, bytes, size, TCP_WRITE_FLAG_COPY);
		slow = err == ERR_MEM ? slowest(false) : NULL;
		if (err == ERR_MEM && !slow)
			return false;
		if (slow)
			tcp_abort(slow->pcb);
	}
	if (err != ERR_OK)
		return false;
	socket->written_ms = socket->moved_ms = wire_now_ms();
	tcp_output(socket->pcb);
	return true;
}

void socket_taken(struct socket *socket, uint32_t count)
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

/* Nothing of it is under way any more. */
static void socket_end(struct socket *socket)
{
	struct tcp_pcb *pcb = socket->pcb;

	socket_free(socket);
	if (!pcb)
		return;
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
	if (tcp_close(pcb) != ERR_OK)
		tcp_abort(pcb);
}

void socket_leave(struct socket *socket)
{
	if (!unread(socket)) {
		socket_end(socket);
		return;
	}
	socket_taken(socket, socket->come ? socket->come->tot_len - socket->at : 0);
	socket->left = true;
}

void sockets_step(void)
{
	uint32_t now = wire_now_ms();

	for (uint32_t i = 0; i < SOCKETS; i++) {
		struct socket *socket = &sockets[i];
		if (!unread(socket)) {
			if (socket->left)
				socket_end(socket);
		} else if (now - socket->moved_ms > SOCKET_STALL_MS || now - socket->written_ms > SOCKET_WHOLE_MS) {
			tcp_abort(socket->pcb);
		}
	}
}
