/* SPDX-License-Identifier: MIT */
/*
 * rtcr-files DIRECTORY [ADDRESS:]PORT: the directory by files/protocol.h, at 127.0.0.1 unless an address is given. One
 * connection counts, the newest: a board that was started anew does not take leave of the old one.
 * Exit status: 1 if it cannot listen, 2 wrong use; else it runs until it is ended.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "files/table.h"

enum { PATIENCE_S = 20 };

static struct table table;

static int fail(const char *subject, const char *what)
{
	fprintf(stderr, "rtcr-files: %s: %s\n", subject, what);
	return 1;
}

static bool address_parse(const char *text, struct sockaddr_in *address)
{
	const char *colon = strrchr(text, ':'), *port = colon ? colon + 1 : text;
	char host[64] = "127.0.0.1", *end;

	if (colon && (size_t)(colon - text) >= sizeof host)
		return false;
	if (colon)
		snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
	unsigned long number = strtoul(port, &end, 10);
	*address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)number)};
	return *port && !*end && number > 0 && number < 65536 && inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

static int listener_make(const struct sockaddr_in *address)
{
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (const struct sockaddr *)address, sizeof *address) == 0 && listen(fd, 8) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* All of it, within the time that the socket allows for each piece. */
static bool receive(int fd, void *to, size_t size)
{
	char *at = to;

	while (size) {
		ssize_t count = recv(fd, at, size, 0);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		at += count;
		size -= (size_t)count;
	}
	return true;
}

static bool reply_send(int fd, const void *from, size_t size, int flags)
{
	const char *at = from;

	while (size) {
		ssize_t count = send(fd, at, size, MSG_NOSIGNAL | flags);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		at += count;
		size -= (size_t)count;
	}
	return true;
}

static bool request_serve(int fd)
{
	static uint8_t in[FILES_PART], out[FILES_PART];
	struct files_request request;
	struct files_reply reply;

	if (!receive(fd, &request, sizeof request) || request.length > FILES_PART)
		return false;
	if (request.operation == FILES_WRITE && !receive(fd, in, request.length))
		return false;
	return table_serve(&table, &request, in, &reply, out) &&
	       reply_send(fd, &reply, sizeof reply, reply.length ? MSG_MORE : 0) && reply_send(fd, out, reply.length, 0);
}

static int connection_accept(int listener)
{
	const struct timeval patience = {PATIENCE_S, 0};
	const int on = 1;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static _Noreturn void serve(int listener)
{
	struct pollfd polls[2] = {{listener, POLLIN, 0}, {-1, POLLIN, 0}};

	for (;;) {
		if (poll(polls, 2, -1) < 0)
			continue;
		bool over = polls[1].revents && !request_serve(polls[1].fd);
		int fresh = polls[0].revents ? connection_accept(listener) : -1;
		if (!over && fresh < 0)
			continue;
		if (polls[1].fd >= 0)
			close(polls[1].fd);
		table_clear(&table);
		polls[1].fd = fresh;
		polls[1].revents = 0;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in address;

	if (argc != 3 || !address_parse(argv[2], &address)) {
		fprintf(stderr, "usage: rtcr-files DIRECTORY [ADDRESS:]PORT\n");
		return 2;
	}
	int directory = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return fail(argv[1], strerror(errno));
	int listener = listener_make(&address);
	if (listener < 0)
		return fail(argv[2], strerror(errno));
	table_init(&table, directory);
	serve(listener);
}
