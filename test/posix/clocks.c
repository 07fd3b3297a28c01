/* SPDX-License-Identifier: MIT */
/* Timers that are read: once and again and again, waited for by read, poll and select, set anew meanwhile, and misused. */
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/select.h>
#include <sys/timerfd.h>
#include <time.h>

#include "show.h"

static uint64_t count;

static void set(int timer, long first_ms, long period_ms)
{
	const struct itimerspec when = {{period_ms / 1000, period_ms % 1000 * 1000000}, {first_ms / 1000, first_ms % 1000 * 1000000}};

	SHOW(timerfd_settime(timer, 0, &when, NULL));
}

static void once(void)
{
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct pollfd poll_of = {timer, POLLIN | POLLOUT, 0};

	SHOW(read(timer, &count, sizeof count));
	set(timer, 20, 0);
	SHOW(read(timer, &count, sizeof count));
	SHOW(poll(&poll_of, 1, 0));
	SHOW(poll(&poll_of, 1, 5000) * 1000 + poll_of.revents);
	SHOW(read(timer, &count, 7));
	SHOW(read(timer, &count, sizeof count));
	SHOW((long)count);
	SHOW(read(timer, &count, sizeof count));
	SHOW(write(timer, &count, sizeof count));
	SHOW(close(timer));
}

static void again(void)
{
	int timer = timerfd_create(CLOCK_REALTIME, 0);
	struct itimerspec left;
	struct timespec before, after, nap = {0, 30000000};
	fd_set set_of;

	set(timer, 5, 5);
	clock_gettime(CLOCK_MONOTONIC, &before);
	uint64_t sum = 0;
	while (sum < 20) {
		if (read(timer, &count, sizeof count) != sizeof count)
			break;
		sum += count;
	}
	clock_gettime(CLOCK_MONOTONIC, &after);
	long ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
	SHOW(ms >= 98);
	nanosleep(&nap, NULL);
	SHOW(read(timer, &count, sizeof count));
	SHOW(count >= 5);
	SHOW(timerfd_gettime(timer, &left));
	SHOW(left.it_interval.tv_nsec);
	SHOW(left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 5000000);
	FD_ZERO(&set_of);
	FD_SET(timer, &set_of);
	SHOW(select(timer + 1, &set_of, NULL, NULL, NULL));
	set(timer, 0, 0);
	SHOW(timerfd_gettime(timer, &left));
	SHOW(left.it_value.tv_nsec + left.it_value.tv_sec);
}

static void *set_later(void *timer)
{
	const struct timespec nap = {0, 20000000};

	nanosleep(&nap, NULL);
	set(*(int *)timer, 10, 0);
	return NULL;
}

/* Who waits for a time that is far off hears of a nearer one. */
static void anew(void)
{
	int timer = timerfd_create(CLOCK_BOOTTIME, 0);
	pthread_t thread;

	set(timer, 3600000, 0);
	pthread_create(&thread, NULL, set_later, &timer);
	SHOW(read(timer, &count, sizeof count));
	SHOW(pthread_join(thread, NULL));
	struct itimerspec when = {{0, 0}, {1, 0}};
	SHOW(timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL));
	SHOW(read(timer, &count, sizeof count) * 10 + (long)count);
}

static void misused(void)
{
	int ends[2], timer = timerfd_create(CLOCK_MONOTONIC, 0);
	struct itimerspec when = {{0, 0}, {0, 1000000000}};

	SHOW(timerfd_create(77, 0));
	SHOW(timerfd_create(CLOCK_MONOTONIC, 1));
	SHOW(timerfd_settime(timer, 0, &when, NULL));
	SHOW(timerfd_settime(timer, 0, (void *)1, NULL));
	when.it_value.tv_nsec = 0;
	SHOW(timerfd_settime(timer, 4, &when, NULL));
	SHOW(timerfd_settime(99, 0, &when, NULL));
	SHOW(pipe(ends));
	SHOW(timerfd_settime(ends[0], 0, &when, NULL));
	SHOW(timerfd_gettime(ends[0], &when));
}

int main(void)
{
	once();
	again();
	anew();
	misused();
	return 0;
}
