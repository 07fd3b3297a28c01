/* SPDX-License-Identifier: MIT */
/*
 * The sockets of server/host.h by lwIP (socket.h): HOST_GRANT listens at NET_PORT. A descriptor names a socket from accepting to
 * closing, whatever becomes of the connection; what came is kept until it is read, and only then has the other side room
 * to send more.
 */
#include "lwip/tcp.h"

#include "server/host.h"
#include "server/net/socket.h"
#include "server/net/stack.h"
#include "server/net/wire.h"

enum { NET_PORT = 7000, SOCKET_FIRST = HOST_GRANT + 1, BACKLOG = 32 };
enum { ERROR_IO = 5, ERROR_DESCRIPTOR = 9, ERROR_PIPE = 32, FOUND_READ = 1, WRITE_MOST = 65535 };

static struct socket *socket_of(int descriptor)
{
	uint32_t at = (uint32_t)(descriptor - SOCKET_FIRST);

	return at < SOCKETS && sockets[at].used && !sockets[at].left ? &sockets[at] : NULL;
}

/* Once, by the first call of the thread that polls. */
static bool listening(void)
{
	static bool tried, listens;

	if (!tried)
		listens = stack_start() && sockets_listen(NET_PORT, BACKLOG);
	tried = true;
	return listens;
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
		sockets_step();
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

long host_read(int descriptor, void *to, uint64_t size)
{
	enum { READ_MOST = 32768 };
	long result = -ERROR_DESCRIPTOR;

	wire_lock();
	struct socket *socket = socket_of(descriptor);
	if (socket && socket->come) {
		u16_t part = (u16_t)(size < READ_MOST ? size : READ_MOST);
		result = pbuf_copy_partial(socket->come, to, part, (u16_t)socket->at);
		socket_taken(socket, (uint32_t)result);
	} else if (socket) {
		result = socket->ended ? 0 : -HOST_EAGAIN;
	}
	wire_unlock();
	return result;
}

/* All or nothing. */
long host_write(int descriptor, const void *from, uint64_t size)
{
	long result = -ERROR_PIPE;

	wire_lock();
	struct socket *socket = socket_of(descriptor);
	if (socket && size <= WRITE_MOST && socket_send(socket, from, (uint16_t)size))
		result = (long)size;
	wire_unlock();
	return result;
}

long host_close(int descriptor)
{
	wire_lock();
	struct socket *socket = socket_of(descriptor);
	if (socket)
		socket_leave(socket);
	wire_unlock();
	wire_wake();
	return socket ? 0 : -ERROR_DESCRIPTOR;
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
