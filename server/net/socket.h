/* SPDX-License-Identifier: MIT */
/*
 * What host.c keeps of a connection, and how much of lwIP's memory the other side may hold: one reply that it has not read.
 * Who asks again before that is cut off, and so is who reads nothing for SOCKET_STALL_MS or not all in SOCKET_WHOLE_MS; beyond
 * SOCKETS_UNREAD bytes in all, those go first that have read nothing for the longest time. A socket that is left with a reply under
 * way keeps its place until that is read. Everything is called with the lock of wire.h held.
 */
#ifndef SERVER_NET_SOCKET_H
#define SERVER_NET_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

struct tcp_pcb;
struct pbuf;

enum { SOCKETS = 256, SOCKET_STALL_MS = 20000, SOCKET_WHOLE_MS = 60000, SOCKETS_UNREAD = 2 << 20 };

struct socket {
	bool used, accepted;
	bool ended;               /* nothing will come any more */
	bool left;                /* nobody asks for it any more */
	struct tcp_pcb *pcb;      /* NULL: gone */
	struct pbuf *come;        /* not read yet */
	uint32_t at;              /* bytes of it that are read */
	uint32_t written_ms;      /* when the last reply was written */
	uint32_t moved_ms;        /* when the other side last read a part of it */
};

extern struct socket sockets[SOCKETS];

/* Listen at a port, with so many waiting to be accepted. */
bool sockets_listen(uint16_t port, uint8_t backlog);

/* One that came and was not accepted, or NULL. */
struct socket *socket_waiting(void);

/* All of it, or false: the other side broke the rules, or is gone. */
bool socket_send(struct socket *socket, const void *bytes, uint16_t size);

/* Bytes of `come` were read: their memory, and room for the other side. */
void socket_taken(struct socket *socket, uint32_t count);

void socket_leave(struct socket *socket);

/* What is due: from time to time. */
void sockets_step(void);

#endif
