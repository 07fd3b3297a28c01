/* SPDX-License-Identifier: MIT */
/* epoll: waits that other threads and signals end, several that wait for the same, many files. */
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/select.h>

#include "epoll.h"

static void *write_later(void *file)
{
	struct timespec span = {0, 20 * MILLION};
	uint64_t one = 1;

	nanosleep(&span, NULL);
	return (void *)write(*(int *)file, &one, sizeof one);
}

static int watcher;

static void *timer_later(void *unused)
{
	struct timespec span = {0, 20 * MILLION};

	(void)unused;
	nanosleep(&span, NULL);
	return (void *)(long)add(watcher, timer_make(20, 0), EPOLLIN, 9);
}

static void *wait_for_one(void *unused)
{
	struct epoll_event event;

	(void)unused;
	return (void *)(long)epoll_wait(watcher, &event, 1, 10000);
}

static void others(void)
{
	enum { WAITERS = 4 };
	pthread_t thread, waiters[WAITERS];
	int event = eventfd(0, EFD_SEMAPHORE);
	uint64_t value = 0;
	void *result;
	long sum = 0;
	fd_set set;

	watcher = epoll_create1(0);
	SHOW(add(watcher, event, EPOLLIN, 1));
	pthread_create(&thread, NULL, write_later, &event);
	take(watcher, MOST, -1);
	pthread_join(thread, NULL);
	SHOW(read(event, &value, 8));
	pthread_create(&thread, NULL, write_later, &event);
	FD_ZERO(&set);
	FD_SET(watcher, &set);
	SHOW(select(watcher + 1, &set, NULL, NULL, NULL));
	pthread_join(thread, NULL);
	SHOW(read(event, &value, 8));
	pthread_create(&thread, NULL, timer_later, NULL);
	take(watcher, MOST, 10000);
	pthread_join(thread, NULL);
	SHOW(control(watcher, EPOLL_CTL_MOD, event, EPOLLIN | EPOLLET, 2));
	close(watcher);
	watcher = epoll_create1(0);
	SHOW(add(watcher, event, EPOLLIN | EPOLLET, 3));
	for (int i = 0; i < WAITERS; i++)
		pthread_create(&waiters[i], NULL, wait_for_one, NULL);
	for (int i = 0; i < WAITERS; i++) {
		write_later(&event);
		usleep(20000);
	}
	for (int i = 0; i < WAITERS; i++) {
		pthread_join(waiters[i], &result);
		sum += (long)result;
	}
	SHOW(sum);
	SHOW(close(watcher) + close(event));
}

static volatile int handled;

static void handle(int number)
{
	handled = number;
}

static void *signal_later(void *thread)
{
	usleep(20000);
	return (void *)(long)pthread_kill(*(pthread_t *)thread, SIGUSR1);
}

static void signals(void)
{
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
	int file = epoll_create1(0), event = eventfd(1, 0);
	struct epoll_event events[MOST];
	pthread_t self = pthread_self(), thread;
	sigset_t none, one, pending;

	sigemptyset(&none);
	sigemptyset(&one);
	sigaddset(&one, SIGUSR1);
	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&thread, NULL, signal_later, &self);
	SHOW(epoll_wait(file, events, MOST, 10000));
	pthread_join(thread, NULL);
	SHOW(handled);
	handled = 0;
	SHOW(sigprocmask(SIG_BLOCK, &one, NULL));
	SHOW(raise(SIGUSR1));
	SHOW(epoll_pwait(file, events, MOST, 20, NULL));
	SHOW(handled);
	SHOW(epoll_pwait(file, events, MOST, 0, &none));
	SHOW(handled);
	SHOW(add(file, event, EPOLLIN, 1));
	SHOW(epoll_pwait(file, events, MOST, 10000, &none));
	SHOW(handled);
	SHOW(sigpending(&pending));
	SHOW(sigismember(&pending, SIGUSR1));
	SHOW(control(file, EPOLL_CTL_DEL, event, 0, 0));
	SHOW(epoll_pwait(file, events, MOST, 10000, &none));
	SHOW(handled);
	SHOW(sigprocmask(SIG_SETMASK, NULL, &pending));
	SHOW(sigismember(&pending, SIGUSR1));
	SHOW(syscall(SYS_epoll_pwait, file, events, MOST, 0, &none, 4));
	SHOW(sigprocmask(SIG_UNBLOCK, &one, NULL));
	SHOW(close(file) + close(event));
}

static void many(void)
{
	enum { FILES = 400 };
	int file = epoll_create1(0), files[FILES], seen = 0, wrong = 0;
	struct epoll_event events[FILES];
	uint64_t value = 1;

	for (int i = 0; i < FILES; i++) {
		files[i] = eventfd(0, 0);
		wrong += add(file, files[i], EPOLLIN, (uint64_t)i) != 0;
	}
	for (int i = 0; i < FILES; i += 3)
		wrong += write(files[i], &value, 8) != 8;
	for (int round = 0; round < 2; round++) {
		int count = epoll_wait(file, events, FILES, 0);
		SHOW(count);
		for (int i = 0; i < count; i++)
			wrong += events[i].data.u64 != (uint64_t)i * 3;
	}
	/* Of many that stay ready each has its turn. */
	for (int i = 0; i < FILES; i++)
		seen += epoll_wait(file, events, 7, 0);
	SHOW(seen);
	for (int i = 0; i < FILES; i++)
		close(files[i]);
	SHOW(epoll_wait(file, events, FILES, 0));
	SHOW(wrong);
	SHOW(close(file));
}

int main(void)
{
	others();
	signals();
	many();
	return 0;
}
