/* SPDX-License-Identifier: MIT */
/* epoll: what is told and when, by level and by edge, of what is closed, doubled and nested; limits. */
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "epoll.h"

static int ends[2];
static char bytes[100000];

/* Past what the compiler knows to be wrong. */
static long wait_raw(int file, void *events, int most, int limit)
{
	return syscall(SYS_epoll_wait, file, events, most, limit);
}

static void errors(void)
{
	struct epoll_event event = {.events = EPOLLIN}, events[2];
	int file = epoll_create1(EPOLL_CLOEXEC), plain = open("some-file", O_RDWR | O_CREAT, 0600), other = epoll_create(7);
	int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDWR), directory = open(".", O_RDONLY);

	SHOW(epoll_create(0));
	SHOW(epoll_create(-1));
	SHOW(epoll_create1(1));
	SHOW(epoll_create1(EPOLL_CLOEXEC | O_NONBLOCK));
	SHOW(fcntl(file, F_GETFD));
	SHOW(fcntl(other, F_GETFD));
	SHOW(fcntl(file, F_GETFL));
	SHOW(pipe(ends));
	SHOW(epoll_ctl(-1, EPOLL_CTL_ADD, ends[0], &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_ADD, 900, &event));
	SHOW(epoll_ctl(ends[0], EPOLL_CTL_ADD, ends[1], &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_ADD, file, &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_ADD, plain, &event));
	SHOW(epoll_ctl(ends[0], EPOLL_CTL_ADD, plain, &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_ADD, directory, &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_ADD, null, &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_ADD, zero, &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_MOD, ends[0], &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_DEL, ends[0], &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_ADD, ends[0], NULL));
	SHOW(epoll_ctl(file, EPOLL_CTL_ADD, ends[0], &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_ADD, ends[0], &event));
	SHOW(epoll_ctl(file, 0, ends[0], &event));
	SHOW(epoll_ctl(file, 77, ends[0], &event));
	SHOW(epoll_ctl(file, EPOLL_CTL_DEL, ends[0], NULL));
	SHOW(epoll_ctl(file, EPOLL_CTL_DEL, ends[0], NULL));
	SHOW(add(file, ends[0], EPOLLIN | EPOLLEXCLUSIVE, 1));
	SHOW(control(file, EPOLL_CTL_MOD, ends[0], EPOLLIN, 1));
	SHOW(control(file, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLEXCLUSIVE, 1));
	SHOW(add(file, ends[1], EPOLLOUT | EPOLLEXCLUSIVE | EPOLLRDHUP, 1));
	SHOW(add(file, ends[1], EPOLLOUT | EPOLLEXCLUSIVE | EPOLLONESHOT, 1));
	SHOW(add(file, other, EPOLLIN | EPOLLEXCLUSIVE, 1));
	SHOW(wait_raw(file, events, 0, 0));
	SHOW(wait_raw(file, events, -1, 0));
	SHOW(wait_raw(-1, events, 1, 0));
	SHOW(wait_raw(ends[0], events, 1, 0));
	SHOW(wait_raw(other, events, 1, 0));
	SHOW(write(ends[1], "x", 1));
	SHOW(wait_raw(file, NULL, 1, 0));
	SHOW(take(file, MOST, 0));
	SHOW(read(file, bytes, 10));
	SHOW(write(file, bytes, 10));
	SHOW(lseek(file, 0, SEEK_CUR));
	SHOW(ftruncate(file, 0));
	for (int i = 0; i < 2; i++)
		SHOW(close(ends[i]));
	SHOW(close(file) + close(other) + close(plain) + close(null) + close(zero) + close(directory));
}

static void levels(void)
{
	int file = epoll_create1(0);

	pipe2(ends, O_NONBLOCK);
	SHOW(add(file, ends[0], EPOLLIN, 1));
	SHOW(add(file, ends[1], EPOLLOUT, 2));
	take(file, MOST, 0);
	SHOW(write(ends[1], "hello", 5));
	take(file, MOST, 0);
	take(file, MOST, 0);
	take(file, 1, 0);
	take(file, 1, 0);
	SHOW(read(ends[0], bytes, 2));
	take(file, MOST, 0);
	SHOW(read(ends[0], bytes, 10));
	take(file, MOST, 0);
	SHOW(control(file, EPOLL_CTL_MOD, ends[1], 0, 3));
	take(file, MOST, 0);
	SHOW(write(ends[1], "more", 4));
	SHOW(control(file, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLPRI, 4));
	take(file, MOST, 0);
	SHOW(close(ends[1]));
	take(file, MOST, 0);
	SHOW(read(ends[0], bytes, 10));
	take(file, MOST, 0);
	SHOW(close(ends[0]));
	take(file, MOST, 0);
	pipe(ends);
	SHOW(add(file, ends[1], 0, 5));
	take(file, MOST, 0);
	SHOW(close(ends[0]));
	take(file, MOST, 0);
	SHOW(close(ends[1]));
	SHOW(close(file));
}

static void edges(void)
{
	int file = epoll_create1(0), event = eventfd(0, EFD_NONBLOCK);
	uint64_t value = 1;

	pipe2(ends, O_NONBLOCK);
	SHOW(add(file, ends[0], EPOLLIN | EPOLLET, 1));
	SHOW(add(file, ends[1], EPOLLOUT | EPOLLET, 2));
	take(file, MOST, 0);
	take(file, MOST, 0);
	SHOW(write(ends[1], "hello", 5));
	take(file, MOST, 0);
	take(file, MOST, 0);
	SHOW(read(ends[0], bytes, 2));
	take(file, MOST, 0);
	SHOW(write(ends[1], "x", 1));
	take(file, MOST, 0);
	SHOW(write(ends[1], "y", 1));
	SHOW(read(ends[0], bytes, 100));
	take(file, MOST, 0);
	SHOW(write(ends[1], bytes, sizeof bytes));
	take(file, MOST, 0);
	SHOW(write(ends[1], bytes, 1));
	SHOW(read(ends[0], bytes, 100));
	take(file, MOST, 0);
	SHOW(read(ends[0], bytes, 8192));
	take(file, MOST, 0);
	SHOW(read(ends[0], bytes, 8192));
	take(file, MOST, 0);
	SHOW(control(file, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET, 3));
	take(file, MOST, 0);
	SHOW(add(file, event, EPOLLIN | EPOLLOUT | EPOLLET, 4));
	take(file, MOST, 0);
	SHOW(write(event, &value, 8));
	take(file, MOST, 0);
	SHOW(write(event, &value, 8));
	take(file, MOST, 0);
	SHOW(read(event, &value, 8));
	take(file, MOST, 0);
	SHOW(control(file, EPOLL_CTL_MOD, event, EPOLLIN | EPOLLET, 5));
	SHOW(write(event, &value, 8));
	SHOW(read(event, &value, 8));
	take(file, MOST, 0);
	SHOW(close(ends[1]));
	take(file, MOST, 0);
	take(file, MOST, 0);
	SHOW(close(ends[0]) + close(event) + close(file));
}

static void once(void)
{
	int file = epoll_create1(0), event = eventfd(0, 0);
	uint64_t value = 1;

	SHOW(add(file, event, EPOLLIN | EPOLLONESHOT, 1));
	SHOW(write(event, &value, 8));
	take(file, MOST, 0);
	SHOW(write(event, &value, 8));
	take(file, MOST, 0);
	SHOW(control(file, EPOLL_CTL_MOD, event, EPOLLIN | EPOLLONESHOT, 2));
	take(file, MOST, 0);
	SHOW(control(file, EPOLL_CTL_MOD, event, EPOLLIN | EPOLLOUT | EPOLLONESHOT | EPOLLET, 3));
	take(file, MOST, 0);
	take(file, MOST, 0);
	SHOW(add(file, event, EPOLLIN, 4));
	pipe(ends);
	SHOW(add(file, ends[1], EPOLLIN | EPOLLONESHOT, 5));
	SHOW(close(ends[0]));
	take(file, MOST, 0);
	take(file, MOST, 0);
	SHOW(close(event) + close(ends[1]) + close(file));
}

static void copies(void)
{
	int file = epoll_create1(0), event = eventfd(1, 0), copy = dup(event), other;

	SHOW(add(file, event, EPOLLIN, 1));
	SHOW(add(file, copy, EPOLLIN, 2));
	take(file, MOST, 0);
	SHOW(close(event));
	take(file, MOST, 0);
	SHOW(control(file, EPOLL_CTL_DEL, event, 0, 0));
	HOLDS((other = eventfd(1, 0)) == event);
	SHOW(add(file, other, EPOLLIN, 3));
	take(file, MOST, 0);
	SHOW(close(copy));
	take(file, MOST, 0);
	SHOW(dup2(other, 40) == 40);
	SHOW(add(file, 40, EPOLLIN, 4));
	take(file, MOST, 0);
	SHOW(dup2(0, 40) == 40);
	take(file, MOST, 0);
	SHOW(close(40));
	SHOW(close(other));
	take(file, MOST, 0);
	copy = dup(file);
	event = eventfd(1, 0);
	SHOW(add(copy, event, EPOLLIN, 6));
	take(file, MOST, 0);
	SHOW(close(file));
	take(copy, MOST, 0);
	SHOW(control(copy, EPOLL_CTL_MOD, event, EPOLLOUT, 7));
	take(copy, MOST, 0);
	SHOW(close(copy));
	SHOW(close(event));
}

static int ready(int file)
{
	struct pollfd poll_one = {.fd = file, .events = POLLIN | POLLOUT};

	poll(&poll_one, 1, 0);
	return poll_one.revents;
}

static void nested(void)
{
	int files[8], event = eventfd(0, EFD_NONBLOCK);
	uint64_t value = 1;

	for (int i = 0; i < 8; i++)
		files[i] = epoll_create1(0);
	SHOW(add(files[0], event, EPOLLIN, 1));
	SHOW(add(files[1], files[0], EPOLLIN, 2));
	SHOW(add(files[2], files[0], EPOLLIN | EPOLLET, 3));
	SHOW(ready(files[0]) * 100 + ready(files[1]));
	take(files[1], MOST, 0);
	SHOW(write(event, &value, 8));
	SHOW(ready(files[0]) * 100 + ready(files[1]));
	take(files[1], MOST, 0);
	take(files[1], MOST, 0);
	take(files[2], MOST, 0);
	take(files[2], MOST, 0);
	SHOW(write(event, &value, 8));
	take(files[2], MOST, 0);
	take(files[0], MOST, 0);
	SHOW(read(event, &value, 8));
	take(files[1], MOST, 0);
	take(files[0], MOST, 0);
	SHOW(ready(files[0]) * 100 + ready(files[1]));
	SHOW(add(files[0], files[1], EPOLLIN, 4));
	SHOW(add(files[0], files[2], EPOLLIN, 4));
	SHOW(add(files[3], files[1], EPOLLIN, 5));
	SHOW(add(files[4], files[3], EPOLLIN, 6));
	SHOW(add(files[0], files[4], EPOLLIN, 7));
	SHOW(add(files[6], files[5], EPOLLIN, 8));
	SHOW(add(files[7], files[6], EPOLLIN, 9));
	SHOW(add(files[5], files[7], EPOLLIN, 10));
	SHOW(add(files[5], files[3], EPOLLIN, 11) == 0 && add(files[7], files[4], EPOLLIN, 12) == 0 &&
	     add(files[4], files[5], EPOLLIN, 13) == 0);
	SHOW(write(event, &value, 8));
	take(files[4], 1, 0);
	SHOW(close(files[0]));
	take(files[4], MOST, 0);
	SHOW(close(event));
	for (int i = 1; i < 8; i++)
		close(files[i]);
}

static void times(void)
{
	int file = epoll_create1(0), upper = epoll_create1(0), timer;
	struct timespec span = {0, 15 * MILLION}, negative = {-1, 0}, none = {0, 0};
	struct epoll_event events[MOST];
	uint64_t count;
	int64_t start = now();

	SHOW(epoll_wait(file, events, MOST, 20));
	HOLDS(now() - start >= 20 * MILLION);
	start = now();
	SHOW(epoll_pwait2(file, events, MOST, &span, NULL));
	HOLDS(now() - start >= 15 * MILLION);
	SHOW(epoll_pwait2(file, events, MOST, &negative, NULL));
	SHOW(epoll_pwait2(file, events, MOST, &none, NULL));
	start = now();
	timer = timer_make(20, 0);
	SHOW(add(file, timer, EPOLLIN, 1));
	take(file, MOST, -1);
	HOLDS(now() - start >= 20 * MILLION);
	take(file, MOST, 0);
	SHOW(read(timer, &count, 8));
	take(file, MOST, 0);
	SHOW(close(timer));
	timer = timer_make(10, 10);
	SHOW(add(file, timer, EPOLLIN | EPOLLET, 2));
	take(file, MOST, 5000);
	take(file, MOST, 50);
	HOLDS(read(timer, &count, 8) == 8 && count >= 5);
	take(file, MOST, 5000);
	SHOW(close(timer));
	timer = timer_make(20, 0);
	SHOW(add(file, timer, EPOLLIN, 3));
	SHOW(add(upper, file, EPOLLIN, 4));
	take(upper, MOST, 5000);
	take(file, MOST, 0);
	SHOW(close(timer) + close(file) + close(upper));
}

int main(void)
{
	errors();
	levels();
	edges();
	once();
	copies();
	nested();
	times();
	return 0;
}
