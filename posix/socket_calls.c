/* SPDX-License-Identifier: MIT */
/* Calls on sockets, over socket.h. What belongs to addresses and to networks is not there. */
#include <framework/memory.h>

#include "posix/errno.h"
#include "posix/file.h"
#include "posix/handlers.h"
#include "posix/socket.h"
#include "posix/user.h"

enum { AF_UNIX = 1, SOL_SOCKET = 1, SCM_RIGHTS = 1, SCM_CREDENTIALS = 2 };
enum {
	SO_TYPE = 3, SO_ERROR = 4, SO_SNDBUF = 7, SO_RCVBUF = 8, SO_PEERCRED = 17, SO_ACCEPTCONN = 30, SO_PROTOCOL = 38, SO_DOMAIN = 39
};

/* struct msghdr, all of it as wide as an address. */
struct message_header {
	addr_t name, name_size, vector, count, control, control_size, flags;
};

/* The socket of a descriptor, held until description_release. */
static long socket_get(uint64_t descriptor, struct description **file)
{
	struct description *found = description_of(descriptor);

	if (!found)
		return -EBADF;
	if (!socket_of(found))
		return -ENOTSOCK;
	found->references++;
	*file = found;
	return 0;
}

/* Who names a receiver: a connection has one, and nobody else has a name. */
static long name_check(const struct description *file, addr_t name, uint64_t size)
{
	const struct socket *socket = socket_of(file);

	if (!name || !size || socket->type == SOCK_SEQPACKET)
		return 0;
	return socket->type == SOCK_DGRAM ? -ECONNREFUSED : -EISCONN;
}

/* In pieces where it is more than one; only a stream comes here with that. */
static long bytes_send(struct description *file, addr_t from, uint64_t size, uint32_t flags)
{
	uint8_t *buffer = thread_piece();
	uint64_t done = 0;

	if (!buffer)
		return -ENOMEM;
	do {
		uint64_t part = size - done < PIECE ? size - done : PIECE;
		long moved = user_read(buffer, from + done, part) ? -EFAULT : socket_send(file, buffer, part, flags);
		if (moved < 0)
			return done ? (long)done : moved;
		done += (uint64_t)moved;
	} while (done < size);
	return (long)done;
}

long call_sendto(const uint64_t a[6])
{
	struct description *file;
	long result = socket_get(a[0], &file);

	if (result)
		return result;
	result = name_check(file, (addr_t)a[4], a[5]);
	if (!result && file->kind->whole && a[2] > PIECE)
		result = -EMSGSIZE;
	if (!result)
		result = bytes_send(file, (addr_t)a[1], a[2] < INT32_MAX ? a[2] : INT32_MAX, (uint32_t)a[3]);
	description_release(file);
	return result;
}

long call_send(const uint64_t a[6])
{
	const uint64_t unnamed[6] = {a[0], a[1], a[2], a[3]};

	return call_sendto(unnamed);
}

/* Descriptors and credentials beside the bytes are for other processes. */
static long control_check(addr_t at, uint64_t size)
{
	struct {
		addr_t length;
		int32_t level, type;
	} head;
	uint64_t done = 0;

	while (size - done >= sizeof head) {
		if (user_read(&head, at + done, sizeof head))
			return -EFAULT;
		if (head.length < sizeof head || head.length > size - done)
			return -EINVAL;
		if (head.level == SOL_SOCKET && (head.type == SCM_RIGHTS || head.type == SCM_CREDENTIALS)) {
			call_unsupported("sendmsg", "descriptors or credentials in a message");
			return -EOPNOTSUPP;
		}
		if (head.level == SOL_SOCKET)
			return -EINVAL;
		done += (head.length + sizeof(addr_t) - 1) & ~(uint64_t)(sizeof(addr_t) - 1);
		if (done > size)
			break;
	}
	return 0;
}

/* A vector that is more than a piece goes part by part. */
static long vector_send(struct description *file, const struct message_header *header, uint32_t flags)
{
	uint64_t total, done = 0;
	uint8_t *buffer;
	addr_t part[2];
	long result = vector_size(header->vector, header->count, &total);

	if (result)
		return result;
	if (total <= PIECE) {
		result = vector_gather(header->vector, header->count, &buffer);
		return result < 0 ? result : socket_send(file, buffer, (uint64_t)result, flags);
	}
	if (file->kind->whole)
		return -EMSGSIZE;
	for (uint64_t i = 0; i < header->count; i++) {
		if (user_read(part, header->vector + i * sizeof part, sizeof part))
			return done ? (long)done : -EFAULT;
		long moved = part[1] ? bytes_send(file, part[0], part[1], flags) : 0;
		if (moved < 0)
			return done ? (long)done : moved;
		done += (uint64_t)moved;
		if ((uint64_t)moved < part[1])
			break;
	}
	return (long)done;
}

static long header_read(addr_t at, struct message_header *header)
{
	if (user_read(header, at, sizeof *header))
		return -EFAULT;
	header->name_size = (uint32_t)header->name_size;
	return header->count > VECTORS ? -EMSGSIZE : 0;
}

long call_sendmsg(const uint64_t a[6])
{
	struct message_header header;
	struct description *file;
	long result = socket_get(a[0], &file);

	if (result)
		return result;
	result = header_read((addr_t)a[1], &header);
	if (!result)
		result = name_check(file, header.name, header.name_size);
	if (!result && header.control)
		result = control_check(header.control, header.control_size);
	if (!result)
		result = vector_send(file, &header, (uint32_t)a[2]);
	description_release(file);
	return result;
}

/* What there is, up to a piece; with MSG_WAITALL a stream goes on until all is there. */
static long bytes_receive(struct description *file, addr_t to, uint64_t size, uint32_t flags)
{
	bool all = flags & MSG_WAITALL && !(flags & MSG_PEEK) && !file->kind->whole;
	uint8_t *buffer = thread_piece();
	uint64_t done = 0, part;
	long moved;

	if (!buffer)
		return -ENOMEM;
	do {
		uint32_t told = flags;
		part = size - done < PIECE ? size - done : PIECE;
		moved = socket_receive(file, buffer, part, &told);
		if (moved > 0 && user_write(to + done, buffer, (uint64_t)moved < part ? (uint64_t)moved : part))
			moved = -EFAULT;
		if (moved < 0)
			return done ? (long)done : moved;
		done += (uint64_t)moved;
	} while (all && (uint64_t)moved == part && done < size);
	return (long)done;
}

/* Nobody has a name: one of length 0 is told. */
long call_recvfrom(const uint64_t a[6])
{
	const uint32_t none = 0;
	struct description *file;
	long result = socket_get(a[0], &file);

	if (result)
		return result;
	result = bytes_receive(file, (addr_t)a[1], a[2] < INT32_MAX ? a[2] : INT32_MAX, (uint32_t)a[3]);
	if (result >= 0 && a[4] && a[5] && user_write((addr_t)a[5], &none, sizeof none))
		result = -EFAULT;
	description_release(file);
	return result;
}

long call_recv(const uint64_t a[6])
{
	const uint64_t unnamed[6] = {a[0], a[1], a[2], a[3]};

	return call_recvfrom(unnamed);
}

static long message_receive(struct description *file, struct message_header *header, uint32_t flags)
{
	uint8_t *buffer = thread_piece();
	uint64_t total;
	long result = vector_size(header->vector, header->count, &total);

	if (!result && !buffer)
		result = -ENOMEM;
	if (result)
		return result;
	total = total < PIECE ? total : PIECE;
	result = socket_receive(file, buffer, total, &flags);
	if (result < 0)
		return result;
	header->flags = (header->flags & ~(addr_t)UINT32_MAX) | flags;
	if (vector_scatter(header->vector, header->count, buffer, (uint64_t)result < total ? (uint64_t)result : total) < 0)
		return -EFAULT;
	return result;
}

long call_recvmsg(const uint64_t a[6])
{
	const uint32_t none = 0;
	struct message_header header;
	struct description *file;
	long result = socket_get(a[0], &file);

	if (result)
		return result;
	result = header_read((addr_t)a[1], &header);
	if (!result)
		result = message_receive(file, &header, (uint32_t)a[2]);
	header.control_size = 0;
	addr_t at = (addr_t)a[1];
	if (result >= 0 && ((header.name && user_write(at + sizeof(addr_t), &none, sizeof none)) ||
	                    user_write(at + 5 * sizeof(addr_t), &header.control_size, 2 * sizeof(addr_t))))
		result = -EFAULT;
	description_release(file);
	return result;
}

long call_shutdown(const uint64_t a[6])
{
	struct description *file;
	long result = socket_get(a[0], &file);

	if (result)
		return result;
	if (a[1] > 2)
		result = -EINVAL;
	else
		socket_shut(socket_of(file), (uint32_t)a[1] + 1);
	description_release(file);
	return result;
}

/* sun_family alone: the ends of a pair have no names. */
static long name_write(addr_t to, addr_t size_at)
{
	const uint16_t family = AF_UNIX;
	const uint32_t whole = sizeof family;
	int32_t size;

	if (user_read(&size, size_at, sizeof size))
		return -EFAULT;
	if (size < 0)
		return -EINVAL;
	uint64_t part = (uint32_t)size < whole ? (uint32_t)size : whole;
	return user_write(to, &family, part) || user_write(size_at, &whole, sizeof whole) ? -EFAULT : 0;
}

long call_getsockname(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);

	return !file ? -EBADF : !socket_of(file) ? -ENOTSOCK : name_write((addr_t)a[1], (addr_t)a[2]);
}

long call_getpeername(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);

	if (!file || !socket_of(file))
		return file ? -ENOTSOCK : -EBADF;
	return socket_of(file)->parted ? -ENOTCONN : name_write((addr_t)a[1], (addr_t)a[2]);
}

static long option_get(struct socket *socket, uint64_t option, int32_t *value)
{
	switch (option) {
	case SO_TYPE: *value = (int32_t)socket->type; return 0;
	case SO_ERROR:
		*value = socket->error;
		socket->error = 0;
		return 0;
	case SO_SNDBUF:
	case SO_RCVBUF: *value = SOCKET_ROOM; return 0;
	case SO_ACCEPTCONN:
	case SO_PROTOCOL: *value = 0; return 0;
	case SO_DOMAIN: *value = AF_UNIX; return 0;
	default: return -ENOPROTOOPT;
	}
}

long call_getsockopt(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);
	int32_t size, value[3] = {1, 0, 0};     /* SO_PEERCRED: the program itself, user and group 0 */

	if (!file || !socket_of(file))
		return file ? -ENOTSOCK : -EBADF;
	if (user_read(&size, (addr_t)a[4], sizeof size))
		return -EFAULT;
	if (size < 0)
		return -EINVAL;
	if (a[1] != SOL_SOCKET)
		return -EOPNOTSUPP;
	uint32_t whole = a[2] == SO_PEERCRED ? sizeof value : sizeof value[0];
	long result = a[2] == SO_PEERCRED ? 0 : option_get(socket_of(file), a[2], value);
	if (result)
		return result;
	whole = (uint32_t)size < whole ? (uint32_t)size : whole;
	return user_write((addr_t)a[3], value, whole) || user_write((addr_t)a[4], &whole, sizeof whole) ? -EFAULT : 0;
}

long call_setsockopt(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);

	if (!file || !socket_of(file))
		return file ? -ENOTSOCK : -EBADF;
	if (a[1] != SOL_SOCKET)
		return -EOPNOTSUPP;
	call_unsupported("setsockopt", "a pair of sockets is as it is");
	return -ENOPROTOOPT;
}

long call_socket(const uint64_t a[6])
{
	(void)a;
	call_unsupported("socket", "there is no network, and no socket with a name: socketpair is there");
	return -EAFNOSUPPORT;
}
