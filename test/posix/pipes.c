/* SPDX-License-Identifier: MIT */
/* Pipes, eventfd, poll and select: blocking, not blocking, ends that close, bytes in order. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <time.h>

#include "show.h"

static char bytes[200000];
static int ends[2];

static int ready(int file, int wanted)
{
	struct pollfd poll_one = {.fd = file, .events = (short)wanted};

	poll(&poll_one, 1, 0);
	return poll_one.revents;
}

static void plain(void)
{
	int count = 0;
	struct stat found;

	SHOW(pipe2(ends, O_NONBLOCK | O_CLOEXEC));
	SHOW(ready(ends[0], POLLIN) * 100 + ready(ends[1], POLLOUT));
	SHOW(read(ends[0], bytes, 10));
	SHOW(write(ends[1], "hello", 5));
	SHOW(ready(ends[0], POLLIN | POLLOUT));
	SHOW(ioctl(ends[0], FIONREAD, &count));
	SHOW(count);
	SHOW(read(ends[0], bytes, 2));
	SHOW(read(ends[0], bytes, 10));
	SHOW(write(ends[1], bytes, sizeof bytes));
	SHOW(write(ends[1], bytes, 1));
	SHOW(ready(ends[1], POLLOUT));
	SHOW(read(ends[0], bytes, sizeof bytes));
	SHOW(write(ends[0], "x", 1));
	SHOW(read(ends[1], bytes, 1));
	SHOW(lseek(ends[0], 0, SEEK_CUR));
	SHOW(fstat(ends[0], &found));
	SHOW(S_ISFIFO(found.st_mode));
	SHOW(isatty(ends[0]));
	SHOW(fsync(ends[0]));
	SHOW(write(ends[1], "end", 3));
	SHOW(close(ends[1]));
	SHOW(ready(ends[0], POLLIN));
	SHOW(read(ends[0], bytes, 10));
	SHOW(read(ends[0], bytes, 10));
	SHOW(ready(ends[0], POLLIN));
	SHOW(close(ends[0]));
	SHOW(pipe2(ends, 077777777));
	SHOW(syscall(SYS_pipe2, 8, 0));
}

static void *feed(void *count)
{
	for (long i = 0; i < (long)count; i++)
		if (write(ends[1], &i, sizeof i) != sizeof i)
			return NULL;
	close(ends[1]);
	return NULL;
}

static void streaming(void)
{
	pthread_t writer;
	long value, sum = 0, wrong = 0, expected = 0;

	SHOW(pipe(ends));
	pthread_create(&writer, NULL, feed, (void *)50000l);
	while (read(ends[0], &value, sizeof value) == sizeof value) {
		wrong += value != expected++;
		sum += value;
	}
	pthread_join(writer, NULL);
	SHOW(sum);
	SHOW(wrong);
	SHOW(close(ends[0]));
}

static void *write_much(void *unused)
{
	(void)unused;
	return (void *)write(ends[1], bytes, sizeof bytes);
}

static void blocking(void)
{
	pthread_t writer;
	void *result;
	long got = 0, part;

	SHOW(pipe(ends));
	pthread_create(&writer, NULL, write_much, NULL);
	while (got < (long)sizeof bytes && (part = read(ends[0], bytes, 7777)) > 0)
		got += part;
	SHOW(got);
	pthread_join(writer, &result);
	SHOW((long)result);
	signal(SIGPIPE, SIG_IGN);
	SHOW(close(ends[0]));
	SHOW(write(ends[1], "x", 1));
	SHOW(ready(ends[1], POLLOUT));
	SHOW(close(ends[1]));
}

static void *poke(void *file)
{
	struct timespec span = {0, 20000000};
	uint64_t one = 1;

	nanosleep(&span, NULL);
	return (void *)write(*(int *)file, &one, sizeof one);
}

static void events(void)
{
	uint64_t value = 5;
	pthread_t thread;
	int event = eventfd(3, EFD_NONBLOCK);

	SHOW(write(event, &value, 8));
	SHOW(read(event, &value, 8));
	SHOW(value);
	SHOW(read(event, &value, 8));
	SHOW(read(event, &value, 4));
	value = UINT64_MAX;
	SHOW(write(event, &value, 8));
	SHOW(ready(event, POLLIN | POLLOUT));
	SHOW(close(event));
	event = eventfd(2, EFD_SEMAPHORE);
	SHOW(read(event, &value, 8));
	SHOW(value);
	SHOW(read(event, &value, 8));
	pthread_create(&thread, NULL, poke, &event);
	SHOW(read(event, &value, 8));
	pthread_join(thread, NULL);
	struct pollfd two[3] = {{event, POLLIN, 0}, {-1, POLLIN, 0}, {777, POLLIN, 0}};
	SHOW(poll(two, 3, 1000));
	SHOW(two[1].revents * 100 + two[2].revents);
	pthread_create(&thread, NULL, poke, &event);
	SHOW(poll(two, 2, 5000));
	SHOW(two[0].revents);
	pthread_join(thread, NULL);
	fd_set set;
	struct timeval span = {0, 10000};
	FD_ZERO(&set);
	FD_SET(event, &set);
	SHOW(select(event + 1, &set, NULL, NULL, NULL));
	SHOW(FD_ISSET(event, &set));
	SHOW(read(event, &value, 8));
	SHOW(select(event + 1, &set, NULL, NULL, &span));
	SHOW(FD_ISSET(event, &set));
	FD_SET(500, &set);
	SHOW(select(501, &set, NULL, NULL, &span));
	SHOW(poll(NULL, 0, 10));
	SHOW(close(event));
}

int main(void)
{
	plain();
	streaming();
	blocking();
	events();
	SHOW(ready(0, POLLIN));
	SHOW(read(0, bytes, 10));
	SHOW(close(0));
	SHOW(read(0, bytes, 10));
	SHOW(open("/dev/null", O_RDONLY));
	return 0;
}
