/* SPDX-License-Identifier: MIT */
/*
 * Pairs of connected sockets (socketpair of AF_UNIX), which are all sockets that there are. What is sent waits at the
 * other end as a list of messages; a stream does not keep their bounds. An end whose other end is closed has no peer.
 */
#ifndef POSIX_SOCKET_H
#define POSIX_SOCKET_H

#include "posix/description.h"

enum { SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_SEQPACKET = 5 };
enum { SHUT_READ = 1, SHUT_WRITE = 2 };
enum { SOCKET_ROOM = 212992 };     /* for what is on its way in one direction */
enum {
	MSG_OOB = 1, MSG_PEEK = 2, MSG_TRUNC = 0x20, MSG_DONTWAIT = 0x40, MSG_WAITALL = 0x100, MSG_NOSIGNAL = 0x4000,
	MSG_ERRQUEUE = 0x2000
};

struct message;
struct socket {
	uint32_t type;
	struct socket *peer;
	bool parted;                   /* from a peer that is gone, and it was told so: datagrams have nowhere to go */
	struct message *first, *last;  /* came, not read yet */
	uint64_t came;                 /* bytes in them */
	uint64_t held;                 /* room that what was sent takes until it is read */
	uint32_t shut;
	int error;                     /* told once */
	struct wait_queue queue;
};

/* The description's socket; NULL: it is no socket. */
struct socket *socket_of(const struct description *file);

/* One message, or a part of a stream. `flags` are MSG bits; MSG_TRUNC comes back for what was longer. Bytes or -errno. */
long socket_send(struct description *file, const void *bytes, uint64_t size, uint32_t flags);
long socket_receive(struct description *file, void *bytes, uint64_t size, uint32_t *flags);

/* SHUT bits for one end and what follows for the other. */
void socket_shut(struct socket *socket, uint32_t how);

#endif
