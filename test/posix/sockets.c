/* SPDX-License-Identifier: MIT */
/* Pairs of sockets: streams, datagrams and packets, bounds of messages, ends that close, what each call refuses. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "show.h"

static int ends[2];
static char bytes[300000], other[300000];
static volatile int piped;

static void handle(int number)
{
	(void)number;
	piped++;
}

static int ready(int file)
{
	struct pollfd poll_one = {.fd = file, .events = POLLIN | POLLOUT | POLLRDHUP | POLLPRI};

	poll(&poll_one, 1, 0);
	return poll_one.revents;
}

static void making(void)
{
	struct stat found;

	SHOW(socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, ends));
	SHOW(socketpair(AF_UNIX, SOCK_STREAM, 7, ends));
	SHOW(socketpair(AF_UNIX, 4, 0, ends));
	SHOW(socketpair(AF_UNIX, 15, 0, ends));
	SHOW(socketpair(99, SOCK_STREAM, 0, ends));
	SHOW(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 8));
	SHOW(socketpair(AF_UNIX, SOCK_RAW, 0, ends));
	SHOW(close(ends[0]) + close(ends[1]));
	SHOW(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, AF_UNIX, ends));
	SHOW(fcntl(ends[0], F_GETFD));
	SHOW(fcntl(ends[1], F_GETFL));
	SHOW(fstat(ends[0], &found));
	SHOW(S_ISSOCK(found.st_mode));
	SHOW(lseek(ends[0], 0, SEEK_CUR));
	SHOW(pread(ends[0], bytes, 1, 0));
	SHOW(isatty(ends[0]));
	SHOW(fsync(ends[0]));
	SHOW(ftruncate(ends[0], 1));
	SHOW(close(ends[0]) + close(ends[1]));
}

static int value_of(int option)
{
	int value = -1;
	socklen_t size = sizeof value;

	return getsockopt(ends[0], SOL_SOCKET, option, &value, &size) ? -1 : value * 10 + (int)size;
}

static void streams(void)
{
	int count = 0;
	struct iovec parts[3] = {{bytes, 3}, {bytes + 10, 0}, {bytes + 20, 4}}, into[2] = {{other, 2}, {other + 100, 50}};

	SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	SHOW(ready(ends[0]));
	SHOW(write(ends[0], "hello ", 6));
	SHOW(send(ends[0], "world", 5, 0));
	SHOW(ready(ends[1]) * 100 + ready(ends[0]));
	SHOW(ioctl(ends[1], FIONREAD, &count));
	SHOW(count);
	SHOW(recv(ends[1], bytes, 8, MSG_PEEK));
	SHOW(recv(ends[1], bytes, 2, 0));
	SHOW(read(ends[1], bytes + 2, 100));
	SHOW(memcmp(bytes, "hello world", 11));
	SHOW(recv(ends[1], bytes, 10, MSG_DONTWAIT));
	SHOW(write(ends[0], "", 0));
	SHOW(read(ends[1], bytes, 0));
	SHOW(recv(ends[1], bytes, 10, MSG_DONTWAIT));
	SHOW(writev(ends[1], parts, 3));
	SHOW(readv(ends[0], into, 2));
	SHOW(memcmp(other, bytes, 2) + memcmp(other + 100, bytes + 2, 1) + memcmp(other + 101, bytes + 20, 4));
	SHOW(send(ends[0], "x", 1, MSG_OOB | MSG_DONTWAIT) <= 1);
	SHOW(recv(ends[1], bytes, 100, MSG_DONTWAIT) <= 1);
	SHOW(value_of(SO_TYPE));
	SHOW(value_of(SO_ERROR));
	SHOW(value_of(SO_DOMAIN));
	SHOW(value_of(SO_PROTOCOL));
	SHOW(value_of(SO_ACCEPTCONN));
	SHOW(value_of(9999));
	SHOW(getsockopt(ends[0], 77, 1, bytes, (socklen_t *)other));
	SHOW(getsockopt(ends[0], SOL_SOCKET, SO_TYPE, bytes, NULL));
	SHOW(shutdown(ends[0], 3));
	SHOW(shutdown(ends[0], SHUT_WR));
	SHOW(ready(ends[0]));
	SHOW(ready(ends[1]));
	SHOW(read(ends[1], bytes, 10));
	SHOW(send(ends[0], "x", 1, MSG_NOSIGNAL));
	SHOW(write(ends[1], "back", 4));
	SHOW(read(ends[0], bytes, 10));
	SHOW(piped);
	SHOW(write(ends[0], "x", 1));
	SHOW(piped);
	SHOW(close(ends[0]));
	SHOW(ready(ends[1]));
	SHOW(write(ends[1], "x", 1));
	SHOW(read(ends[1], bytes, 10));
	SHOW(close(ends[1]));
}

static void closing(int type)
{
	SHOW(type);
	SHOW(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends));
	SHOW(write(ends[1], "left", 4));
	SHOW(write(ends[0], "lost", 4));
	SHOW(close(ends[1]));
	SHOW(ready(ends[0]));
	if (type == SOCK_SEQPACKET)
		SHOW(read(ends[0], bytes, 10));
	SHOW(read(ends[0], bytes, 10));
	SHOW(ready(ends[0]));
	SHOW(read(ends[0], bytes, 10));
	SHOW(read(ends[0], bytes, 10));
	SHOW(write(ends[0], "x", 1));
	SHOW(write(ends[0], "x", 1));
	SHOW(ready(ends[0]));
	SHOW(value_of(SO_ERROR));
	SHOW(close(ends[0]));
	SHOW(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends));
	SHOW(shutdown(ends[0], SHUT_RD));
	SHOW(ready(ends[0]) * 100000 + ready(ends[1]));
	SHOW(read(ends[0], bytes, 10));
	SHOW(write(ends[1], "x", 1));
	SHOW(shutdown(ends[1], SHUT_RDWR));
	SHOW(ready(ends[0]) * 100000 + ready(ends[1]));
	SHOW(write(ends[0], "x", 1));
	SHOW(close(ends[0]) + close(ends[1]));
	SHOW(piped);
}

static void messages(int type)
{
	struct iovec parts[2] = {{bytes, 3}, {bytes + 10, 4}}, into[2] = {{other, 2}, {other + 100, 3}};
	struct msghdr header = {.msg_iov = into, .msg_iovlen = 2, .msg_name = other, .msg_namelen = 100, .msg_flags = -1};
	int count = 0;

	SHOW(type);
	SHOW(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends));
	SHOW(write(ends[0], "first", 5));
	SHOW(write(ends[0], "second", 6));
	SHOW(write(ends[0], "", 0));
	SHOW(writev(ends[0], parts, 2));
	SHOW(send(ends[0], "last", 4, 0));
	SHOW(ioctl(ends[1], FIONREAD, &count));
	SHOW(count);
	SHOW(recv(ends[1], bytes, 3, MSG_PEEK));
	SHOW(recv(ends[1], bytes, 3, MSG_PEEK | MSG_TRUNC));
	SHOW(read(ends[1], bytes, 100));
	SHOW(read(ends[1], bytes, 2));
	SHOW(recv(ends[1], bytes, 100, 0));
	SHOW(recvmsg(ends[1], &header, 0));
	SHOW(header.msg_flags);
	SHOW(header.msg_namelen);
	SHOW(header.msg_controllen);
	SHOW(readv(ends[1], into, 2));
	SHOW(read(ends[1], bytes, 100));
	SHOW(write(ends[0], bytes, 50000));
	SHOW(read(ends[1], bytes, sizeof bytes));
	SHOW(send(ends[0], bytes, 250000, 0));
	SHOW(close(ends[0]) + close(ends[1]));
}

static void headers(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	struct sockaddr_storage found;
	socklen_t size = sizeof found;
	struct iovec part = {bytes, 5};
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {.head = {.cmsg_len = 3, .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};

	SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	SHOW(getsockname(ends[0], (struct sockaddr *)&found, &size));
	SHOW(size * 100 + found.ss_family);
	size = 1;
	SHOW(getpeername(ends[0], (struct sockaddr *)&found, &size));
	SHOW(size);
	SHOW(sendto(ends[0], "x", 1, 0, (struct sockaddr *)&name, sizeof name));
	SHOW(sendto(ends[0], "to", 2, 0, NULL, 0));
	size = sizeof found;
	SHOW(recvfrom(ends[1], bytes, 10, 0, (struct sockaddr *)&found, &size));
	SHOW(size);
	SHOW(sendmsg(ends[0], &header, 0));
	SHOW(recvmsg(ends[1], &header, 0));
	SHOW(header.msg_flags);
	header.msg_iovlen = 5000;
	SHOW(sendmsg(ends[0], &header, 0));
	header.msg_iovlen = 0;
	SHOW(sendmsg(ends[0], &header, 0));
	header.msg_iovlen = 1;
	header.msg_control = &control;
	header.msg_controllen = sizeof control;
	SHOW(sendmsg(ends[0], &header, 0));
	control.head.cmsg_len = 16;
	control.head.cmsg_type = 99;
	SHOW(sendmsg(ends[0], &header, 0));
	SHOW(syscall(SYS_sendmsg, ends[0], NULL, 0));
	SHOW(sendmsg(0, &header, 0));
	SHOW(send(900, "x", 1, 0));
	SHOW(recv(0, bytes, 1, 0));
	SHOW(shutdown(0, 0));
	SHOW(getsockname(0, (struct sockaddr *)&found, &size));
	SHOW(close(ends[1]));
	SHOW(getpeername(ends[0], (struct sockaddr *)&found, &size));
	SHOW(close(ends[0]));
}

static void *write_much(void *unused)
{
	(void)unused;
	return (void *)write(ends[1], bytes, sizeof bytes);
}

static void *send_much(void *unused)
{
	struct iovec parts[2] = {{bytes, 200000}, {bytes + 200000, 100000}};
	struct msghdr header = {.msg_iov = parts, .msg_iovlen = 2};

	(void)unused;
	return (void *)sendmsg(ends[1], &header, 0);
}

static void blocking(void *(*much)(void *))
{
	pthread_t writer;
	void *result;
	long got = 0, part;

	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 7 ^ i >> 8);
	SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	pthread_create(&writer, NULL, much, NULL);
	SHOW(recv(ends[0], other, 150000, MSG_WAITALL));
	got = 150000;
	while (got < (long)sizeof bytes && (part = read(ends[0], other + got, 7777)) > 0)
		got += part;
	SHOW(got);
	pthread_join(writer, &result);
	SHOW((long)result);
	SHOW(memcmp(bytes, other, sizeof bytes));
	SHOW(close(ends[0]) + close(ends[1]));
}

static void *read_one(void *unused)
{
	(void)unused;
	return (void *)read(ends[0], other, 10);
}

/* What somebody waits for, and then the other end closes. */
static void woken(int type)
{
	pthread_t reader;
	void *result;

	SHOW(socketpair(AF_UNIX, type, 0, ends));
	pthread_create(&reader, NULL, read_one, NULL);
	usleep(20000);
	SHOW(shutdown(ends[1], SHUT_WR));
	if (type == SOCK_DGRAM)
		SHOW(write(ends[1], "x", 1) == -1 && shutdown(ends[0], SHUT_RD) == 0);
	pthread_join(reader, &result);
	SHOW((long)result);
	SHOW(close(ends[0]) + close(ends[1]));
}

static int take(int file)
{
	struct epoll_event events[4];
	int count = epoll_wait(file, events, 4, 0);

	printf("  %d:", count);
	for (int i = 0; i < count; i++)
		printf(" %x/%d", events[i].events, events[i].data.fd);
	printf("\n");
	fflush(stdout);
	return count;
}

static void watched(int type)
{
	int file = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.fd = 1};

	SHOW(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends));
	SHOW(epoll_ctl(file, EPOLL_CTL_ADD, ends[0], &event));
	take(file);
	take(file);
	SHOW(write(ends[1], "hello", 5));
	take(file);
	take(file);
	SHOW(read(ends[0], bytes, 2));
	take(file);
	SHOW(write(ends[1], "x", 1));
	take(file);
	SHOW(write(ends[0], "back", 4));
	take(file);
	SHOW(read(ends[1], bytes, 10));
	take(file);
	event.events = EPOLLRDHUP;
	SHOW(epoll_ctl(file, EPOLL_CTL_MOD, ends[0], &event));
	take(file);
	SHOW(shutdown(ends[1], SHUT_WR));
	take(file);
	take(file);
	SHOW(close(ends[1]));
	take(file);
	SHOW(close(ends[0]) + close(file));
}

int main(void)
{
	static const int types[] = {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM};

	signal(SIGPIPE, handle);
	making();
	streams();
	for (int i = 0; i < 3; i++) {
		closing(types[i]);
		woken(types[i]);
		watched(types[i]);
	}
	messages(SOCK_SEQPACKET);
	messages(SOCK_DGRAM);
	headers();
	blocking(write_much);
	blocking(send_much);
	return 0;
}
