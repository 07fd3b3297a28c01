/* SPDX-License-Identifier: MIT */
/* Pairs of sockets, see socket.h; the calls are in socket_calls.c. */
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/errno.h"
#include "posix/file.h"
#include "posix/handlers.h"
#include "posix/signal.h"
#include "posix/socket.h"
#include "posix/user.h"

/* What a message takes of the room beside its bytes: as with Linux, about. */
enum { MESSAGE_ROOM = 768 };
enum { AF_UNIX = 1, TYPES = 15 };

struct message {
	struct message *next;
	uint64_t size, start;
	uint8_t bytes[];
};

static uint64_t room_of(const struct message *message)
{
	return message->size + MESSAGE_ROOM;
}

static bool socket_writable(const struct socket *socket)
{
	return socket->held * 4 <= SOCKET_ROOM;
}

/* The first message was read: whoever sent it has room again. */
static void message_drop(struct socket *socket)
{
	struct message *message = socket->first;

	socket->first = message->next;
	socket->came -= message->size - message->start;
	if (socket->peer) {
		socket->peer->held -= room_of(message);
		wait_tell(&socket->peer->queue, socket_writable(socket->peer) ? WRITABLE | POLLWRBAND : 0);
	}
	heap_free(message);
}

static long error_take(struct socket *socket)
{
	int error = socket->error;

	socket->error = 0;
	return -error;
}

static bool may_wait(const struct description *file, uint32_t flags)
{
	return !(file->flags & O_NONBLOCK || flags & MSG_DONTWAIT);
}

static long socket_wait(struct description *file, struct socket *socket, uint32_t flags)
{
	return may_wait(file, flags) ? wait_on(&socket->queue, UINT64_MAX) : -EAGAIN;
}

/* Why nothing can be sent; 0: it can. */
static long send_hindrance(struct socket *socket)
{
	struct socket *peer = socket->peer;

	if (socket->type != SOCK_STREAM && socket->error)
		return error_take(socket);
	if (socket->shut & SHUT_WRITE)
		return -EPIPE;
	if (!peer && socket->type == SOCK_DGRAM) {
		long result = socket->parted ? -ENOTCONN : -ECONNREFUSED;
		socket->parted = true;
		return result;
	}
	return !peer || peer->shut & SHUT_READ ? -EPIPE : 0;
}

static long message_send(struct description *file, struct socket *socket, const void *bytes, uint64_t size, uint32_t flags)
{
	struct message *message;
	long result;

	while (!(result = send_hindrance(socket)) && socket->held >= SOCKET_ROOM)
		if ((result = socket_wait(file, socket, flags)))
			break;
	if (result)
		return result;
	message = heap_alloc(sizeof *message + size);
	if (!message)
		return -ENOBUFS;
	message->size = size;
	memcpy(message->bytes, bytes, size);
	struct socket *peer = socket->peer;
	if (peer->first)
		peer->last->next = message;
	else
		peer->first = message;
	peer->last = message;
	peer->came += size;
	socket->held += room_of(message);
	/* Linux names errors too: a watch of anything gets to look. */
	wait_tell(&peer->queue, READABLE | POLLRDBAND | POLLPRI | POLLERR);
	return (long)size;
}

long socket_send(struct description *file, const void *bytes, uint64_t size, uint32_t flags)
{
	struct socket *socket = file->state;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (socket->type == SOCK_STREAM && !size)
		return 0;
	if (size > PIECE)
		return -EMSGSIZE;
	long result = message_send(file, socket, bytes, size, flags);
	if (result == -EPIPE && socket->type == SOCK_STREAM && !(flags & MSG_NOSIGNAL))
		signal_send_self(SIGPIPE);
	return result;
}

/* Wait for a message: 1, 0 at the end, or -errno. Of a stream errors come behind what is there. */
static long message_wait(struct description *file, struct socket *socket, uint32_t flags)
{
	bool stream = socket->type == SOCK_STREAM;

	for (;;) {
		if (!stream && socket->error)
			return error_take(socket);
		if (socket->first)
			return 1;
		if (stream && socket->error)
			return error_take(socket);
		/* Who does not wait for datagrams is not told of the end. */
		if (socket->shut & SHUT_READ && (socket->type != SOCK_DGRAM || may_wait(file, flags)))
			return 0;
		long result = socket_wait(file, socket, flags);
		if (result)
			return result;
	}
}

/* From messages into one buffer, over their bounds. */
static uint64_t stream_take(struct socket *socket, uint8_t *to, uint64_t size, bool peek)
{
	struct message *message = socket->first;
	uint64_t done = 0;

	while (done < size && message) {
		uint64_t left = message->size - message->start, part = left < size - done ? left : size - done;
		struct message *next = message->next;
		memcpy(to + done, message->bytes + message->start, part);
		done += part;
		if (!peek) {
			message->start += part;
			socket->came -= part;
			if (message->start == message->size)
				message_drop(socket);
		}
		message = next;
	}
	return done;
}

static long stream_receive(struct description *file, struct socket *socket, uint8_t *to, uint64_t size, uint32_t flags)
{
	bool all = flags & MSG_WAITALL && !(flags & MSG_PEEK);
	uint64_t done = 0;
	long result;

	do {
		result = message_wait(file, socket, flags);
		if (result > 0)
			done += stream_take(socket, to + done, size - done, flags & MSG_PEEK);
	} while (all && result > 0 && done < size);
	return done ? (long)done : result < 0 ? result : 0;
}

long socket_receive(struct description *file, void *bytes, uint64_t size, uint32_t *flags)
{
	struct socket *socket = file->state;
	const uint32_t given = *flags;

	*flags = 0;
	if (given & MSG_OOB)
		return socket->type == SOCK_STREAM ? -EINVAL : -EOPNOTSUPP;
	if (given & MSG_ERRQUEUE)
		return -EAGAIN;
	if (socket->type == SOCK_STREAM)
		return stream_receive(file, socket, bytes, size, given);
	long result = message_wait(file, socket, given);
	if (result <= 0)
		return result;
	const struct message *message = socket->first;
	uint64_t length = message->size, part = size < length ? size : length;
	memcpy(bytes, message->bytes, part);
	*flags = part < length ? MSG_TRUNC : 0;
	if (!(given & MSG_PEEK))
		message_drop(socket);
	return (long)(given & MSG_TRUNC ? length : part);
}

void socket_shut(struct socket *socket, uint32_t how)
{
	struct socket *peer = socket->peer;

	socket->shut |= how;
	if (peer && socket->type != SOCK_DGRAM) {
		peer->shut |= (how & SHUT_READ ? SHUT_WRITE : 0) | (how & SHUT_WRITE ? SHUT_READ : 0);
		wait_tell(&peer->queue, UINT32_MAX);
	}
	wait_tell(&socket->queue, UINT32_MAX);
}

static long socket_read(struct description *file, uint64_t offset, void *buffer, uint64_t size)
{
	uint32_t flags = 0;

	(void)offset;
	return size ? socket_receive(file, buffer, size, &flags) : 0;
}

static long socket_write(struct description *file, uint64_t offset, const void *buffer, uint64_t size)
{
	(void)offset;
	return socket_send(file, buffer, size, 0);
}

/* What the other end has read of stays there; what lies here is lost, and of that a connection tells the other end. */
static void socket_close(struct description *file)
{
	struct socket *socket = file->state, *peer = socket->peer;
	bool unread = socket->first != NULL;

	while (socket->first)
		message_drop(socket);
	if (peer) {
		peer->peer = NULL;
		if (socket->type != SOCK_DGRAM) {
			peer->shut = SHUT_READ | SHUT_WRITE;
			if (unread)
				peer->error = ECONNRESET;
		}
		wait_tell(&peer->queue, socket->type != SOCK_DGRAM ? UINT32_MAX : 0);
	}
	heap_free(socket);
}

static uint32_t socket_ready(const struct description *file)
{
	const struct socket *socket = file->state;

	return (socket->error ? POLLERR : 0) | (socket->shut == (SHUT_READ | SHUT_WRITE) ? POLLHUP : 0) |
	       (socket->shut & SHUT_READ ? POLLRDHUP | READABLE : 0) | (socket->first ? READABLE : 0) |
	       (socket_writable(socket) ? WRITABLE | POLLWRBAND : 0);
}

static struct wait_queue *socket_queue(struct description *file)
{
	return &((struct socket *)file->state)->queue;
}

/* Of datagrams the next one counts. */
static uint64_t socket_waiting(const struct description *file)
{
	const struct socket *socket = file->state;

	return socket->type != SOCK_DGRAM ? socket->came : socket->first ? socket->first->size : 0;
}

static const struct file_kind file_socket = {
	.read = socket_read, .write = socket_write, .close = socket_close, .ready = socket_ready, .queue = socket_queue,
	.waiting = socket_waiting, .type = 0140000,
};
static const struct file_kind file_packets = {
	.read = socket_read, .write = socket_write, .close = socket_close, .ready = socket_ready, .queue = socket_queue,
	.waiting = socket_waiting, .type = 0140000, .whole = true,
};

struct socket *socket_of(const struct description *file)
{
	return file->kind == &file_socket || file->kind == &file_packets ? file->state : NULL;
}

static struct description *socket_make(uint32_t type, uint64_t flags)
{
	struct socket *socket = heap_alloc(sizeof *socket);
	struct description *file = NULL;

	if (socket)
		file = description_make(type == SOCK_STREAM ? &file_socket : &file_packets, O_RDWR | (flags & O_NONBLOCK));
	if (!file) {
		heap_free(socket);
		return NULL;
	}
	socket->type = type;
	file->state = socket;
	file->references = 1;
	return file;
}

long call_socketpair(const uint64_t a[6])
{
	enum { SOCK_RAW = 3, TYPES_MOST = 10 };
	uint32_t type = (uint32_t)a[1] & TYPES, flags = (uint32_t)a[1] & ~(uint32_t)TYPES;
	struct description *ends[2];

	if (flags & ~(uint32_t)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	if ((int32_t)a[0] != AF_UNIX)
		return -EAFNOSUPPORT;
	if (type > TYPES_MOST)
		return -EINVAL;
	if ((int32_t)a[2] != 0 && (int32_t)a[2] != AF_UNIX)
		return -EPROTONOSUPPORT;
	type = type == SOCK_RAW ? SOCK_DGRAM : type;
	if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	ends[0] = socket_make(type, flags);
	ends[1] = socket_make(type, flags);
	if (!ends[0] || !ends[1]) {
		for (int i = 0; i < 2; i++)
			if (ends[i])
				description_release(ends[i]);
		return -ENOMEM;
	}
	struct socket *one = ends[0]->state, *other = ends[1]->state;
	one->peer = other;
	other->peer = one;
	return description_enter_pair(ends, flags & O_CLOEXEC, (addr_t)a[3]);
}
