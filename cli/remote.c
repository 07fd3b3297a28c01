/* SPDX-License-Identifier: MIT */
/* Connecting to a node elsewhere: see remote.h. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/remote.h"
#include "cli/report.h"

enum { HOST = 256 };

/* Cut HOST:PORT at its last colon, and brackets off. */
static const char *port_find(const char *address, char host[HOST])
{
	const char *colon = strrchr(address, ':');
	size_t length = colon ? (size_t)(colon - address) : 0;

	if (!length || !colon[1] || length >= HOST)
		return NULL;
	memcpy(host, address, length);
	host[length] = 0;
	if (host[0] == '[' && host[length - 1] == ']') {
		host[length - 1] = 0;
		memmove(host, host + 1, length - 1);
	}
	return colon + 1;
}

static int socket_connect(const struct addrinfo *at)
{
	const int on = 1;
	int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);

	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	if (connect(fd, at->ai_addr, at->ai_addrlen) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

int remote_connect(const char *address)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	char host[HOST];
	const char *port = port_find(address, host);
	int fd = -1;

	if (!port)
		return report(-1, address, "not of the form HOST:PORT");
	int error = getaddrinfo(host, port, &hints, &list);
	if (error)
		return report(-1, address, "%s", gai_strerror(error));
	for (const struct addrinfo *at = list; at && fd < 0; at = at->ai_next)
		fd = socket_connect(at);
	if (fd < 0)
		report(0, address, "%s", strerror(errno));
	freeaddrinfo(list);
	return fd;
}
