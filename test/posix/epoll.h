/* SPDX-License-Identifier: MIT */
/* What the checks of epoll have in common. */
#ifndef EPOLL_H
#define EPOLL_H

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#include "show.h"

enum { MOST = 16, MILLION = 1000000 };

/* A wait that shows each event: bits and data. */
static inline int take(int file, int most, int limit)
{
	struct epoll_event events[MOST];
	int count = epoll_wait(file, events, most, limit);

	printf("  %d:", count);
	for (int i = 0; i < count; i++)
		printf(" %x/%llu", events[i].events, (unsigned long long)events[i].data.u64);
	printf("\n");
	fflush(stdout);
	return count;
}

static inline int control(int file, int operation, int target, uint32_t events, uint64_t data)
{
	struct epoll_event event = {.events = events, .data.u64 = data};

	return epoll_ctl(file, operation, target, &event);
}

static inline int add(int file, int target, uint32_t events, uint64_t data)
{
	return control(file, EPOLL_CTL_ADD, target, events, data);
}

static inline int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static inline int timer_make(long first, long period)
{
	struct itimerspec span = {{0, period * MILLION}, {0, first * MILLION}};
	int file = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);

	timerfd_settime(file, 0, &span, NULL);
	return file;
}

#endif
