/* SPDX-License-Identifier: MIT */
/*
 * An event loop over epoll, one epoll description within another, that five threads feed: counts by an eventfd, signals in order
 * that a signalfd reads, requests over a pair of sockets that get answers, bytes through a pipe that is told of by edge, and a
 * timer. Nothing is lost, doubled or told too early, and every wait ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "test/checkpoint/subject.h"

SUBJECT(events, "an event loop hears of everything once and in order");

enum { COUNTS = 20, SIGNALS = 2, REQUESTS = 4, BYTES = 40000, CHUNK = 5003, IN_FLIGHT = 8, PERIOD_NS = 400000, SECOND = 1000000000 };
enum source { FROM_COUNTER, FROM_SIGNALS, FROM_SOCKET, FROM_PIPE, FROM_TIMER, FROM_LOWER, SOURCES };

static unsigned long steps;
static int upper, lower, counter, signals, timer, sockets[2], ends[2], credit;
static uint64_t results[SOURCES], done[SOURCES], worked[SOURCES];
static int64_t started;

static int64_t clock_now(void)
{
	struct timespec now;

	subject_check(clock_gettime(CLOCK_MONOTONIC, &now) == 0, "clock");
	return now.tv_sec * (int64_t)SECOND + now.tv_nsec;
}

/* Read or write whole what is not a stream; whoever is interrupted does it again. */
static void whole_write(int file, const void *bytes, ssize_t size)
{
	ssize_t count;

	while ((count = write(file, bytes, (size_t)size)) < 0)
		subject_check(errno == EINTR, "write to %d: errno %d", file, errno);
	subject_check(count == size, "write to %d: %zd of %zd", file, count, size);
}

static void whole_read(int file, void *bytes, ssize_t size)
{
	ssize_t count;

	while ((count = read(file, bytes, (size_t)size)) < 0)
		subject_check(errno == EINTR, "read from %d: errno %d", file, errno);
	subject_check(count == size, "read from %d: %zd of %zd", file, count, size);
}

static void *counts_feed(void *unused)
{
	(void)unused;
	for (uint64_t i = 1; i <= steps * COUNTS; i++) {
		whole_write(counter, &i, sizeof(i));
		worked[FROM_COUNTER] = subject_work(worked[FROM_COUNTER] ^ i, 4000);
	}
	return NULL;
}

/* As many are on their way as the loop has given credit for. */
static void *signals_feed(void *unused)
{
	uint64_t one;

	(void)unused;
	for (unsigned long i = 0; i < steps * SIGNALS; i++) {
		whole_read(credit, &one, sizeof(one));
		subject_check(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = (int)i}) == 0, "sigqueue: errno %d",
			      errno);
		worked[FROM_SIGNALS] = subject_work(worked[FROM_SIGNALS] ^ i, 40000);
	}
	return NULL;
}

static void *requests_feed(void *unused)
{
	uint64_t number, answer;

	(void)unused;
	for (number = 1; number <= steps * REQUESTS; number++) {
		whole_write(sockets[1], &number, sizeof(number));
		whole_read(sockets[1], &answer, sizeof(answer));
		subject_check(answer == subject_mix(number), "answer to %llu", (unsigned long long)number);
		worked[FROM_SOCKET] = subject_work(worked[FROM_SOCKET] ^ number, 20000);
	}
	return NULL;
}

static uint8_t byte_at(uint64_t position)
{
	return (uint8_t)(position ^ position >> 8 ^ position >> 16);
}

static void *bytes_feed(void *unused)
{
	uint8_t bytes[CHUNK];
	uint64_t position = 0, total = steps * BYTES;

	(void)unused;
	while (position < total) {
		uint64_t size = 1 + subject_mix(position) % CHUNK;
		size = size < total - position ? size : total - position;
		for (uint64_t i = 0; i < size; i++)
			bytes[i] = byte_at(position + i);
		for (uint64_t sent = 0; sent < size;) {
			ssize_t count = write(ends[1], bytes + sent, size - sent);
			subject_check(count > 0 || errno == EINTR, "write: errno %d", errno);
			sent += count > 0 ? (uint64_t)count : 0;
		}
		position += size;
	}
	return NULL;
}

static void watch(int watcher, int file, uint32_t events, enum source source)
{
	struct epoll_event event = {.events = events, .data.u32 = source};

	subject_check(epoll_ctl(watcher, EPOLL_CTL_ADD, file, &event) == 0, "source %d: errno %d", source, errno);
}

/* Beside the loop: nothing comes, so each of its waits lasts as long as it shall. */
static void *silence_check(void *unused)
{
	int quiet = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event;

	(void)unused;
	watch(quiet, sockets[1], 0, FROM_SOCKET);
	for (unsigned long i = 0; i < steps / 4; i++) {
		int64_t start = clock_now();
		int count = epoll_wait(quiet, &event, 1, 2);
		subject_check(count == 0 || (count < 0 && errno == EINTR), "%d events, errno %d", count, errno);
		subject_check(count < 0 || clock_now() - start >= 2000000, "early by %lld ns",
			      (long long)(2000000 - (clock_now() - start)));
	}
	return NULL;
}

static void counts_take(void)
{
	uint64_t value;

	whole_read(counter, &value, sizeof(value));
	subject_check(value > 0, "nothing was counted");
	done[FROM_COUNTER] += value;
}

static void signals_take(void)
{
	struct signalfd_siginfo infos[3];
	const uint64_t one = 1;
	ssize_t size = read(signals, infos, sizeof(infos));

	subject_check((size > 0 && size % (ssize_t)sizeof(*infos) == 0) || errno == EINTR, "signalfd: %zd, errno %d", size, errno);
	for (ssize_t i = 0; i < size / (ssize_t)sizeof(*infos); i++) {
		subject_check(infos[i].ssi_int == (int)done[FROM_SIGNALS], "signal %llu is %d",
			      (unsigned long long)done[FROM_SIGNALS], infos[i].ssi_int);
		results[FROM_SIGNALS] = subject_mix(results[FROM_SIGNALS] + (uint64_t)infos[i].ssi_int);
		done[FROM_SIGNALS]++;
		whole_write(credit, &one, sizeof(one));
	}
}

/* It tells once, until it is set anew. */
static void request_take(void)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.u32 = FROM_SOCKET};
	uint64_t number, answer;

	whole_read(sockets[0], &number, sizeof(number));
	subject_check(number == ++done[FROM_SOCKET], "request %llu", (unsigned long long)number);
	answer = subject_mix(number);
	results[FROM_SOCKET] = subject_mix(results[FROM_SOCKET] + answer);
	whole_write(sockets[0], &answer, sizeof(answer));
	subject_check(epoll_ctl(upper, EPOLL_CTL_MOD, sockets[0], &event) == 0, "socket: errno %d", errno);
}

/* It tells of edges: all has to be taken. */
static void bytes_take(void)
{
	uint8_t bytes[3001];
	ssize_t count;

	while ((count = read(ends[0], bytes, sizeof(bytes))) != -1 || errno == EINTR)
		for (ssize_t i = 0; i < count; i++) {
			subject_check(bytes[i] == byte_at(done[FROM_PIPE]), "byte %llu", (unsigned long long)done[FROM_PIPE]);
			results[FROM_PIPE] = results[FROM_PIPE] * 31 + bytes[i];
			done[FROM_PIPE]++;
		}
	subject_check(errno == EAGAIN, "pipe: errno %d", errno);
}

static void ticks_take(void)
{
	uint64_t ticks;

	whole_read(timer, &ticks, sizeof(ticks));
	done[FROM_TIMER] += ticks;
	subject_check(ticks > 0 && (int64_t)done[FROM_TIMER] <= (clock_now() - started) / PERIOD_NS, "%llu ticks",
		      (unsigned long long)done[FROM_TIMER]);
}

static void events_take(int watcher, int limit);

static void source_take(enum source source)
{
	switch (source) {
	case FROM_COUNTER: counts_take(); break;
	case FROM_SIGNALS: signals_take(); break;
	case FROM_SOCKET: request_take(); break;
	case FROM_PIPE: bytes_take(); break;
	case FROM_TIMER: ticks_take(); break;
	case FROM_LOWER: events_take(lower, 0); break;
	default: subject_check(0, "source %d", source);
	}
}

static void events_take(int watcher, int limit)
{
	struct epoll_event events[4];
	int count = epoll_wait(watcher, events, 4, limit);

	subject_check(count >= 0 || errno == EINTR, "epoll_wait: errno %d", errno);
	for (int i = 0; i < count; i++) {
		subject_check(events[i].events == EPOLLIN, "source %u: events %x", events[i].data.u32, events[i].events);
		source_take((enum source)events[i].data.u32);
	}
}

static void all_make(void)
{
	struct itimerspec period = {{0, PERIOD_NS}, {0, PERIOD_NS}};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	subject_check(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0, "mask");
	upper = epoll_create1(0);
	lower = epoll_create1(EPOLL_CLOEXEC);
	counter = eventfd(0, EFD_NONBLOCK);
	credit = eventfd(IN_FLIGHT, EFD_SEMAPHORE);
	signals = signalfd(-1, &set, 0);
	timer = timerfd_create(CLOCK_MONOTONIC, 0);
	subject_check(upper >= 0 && lower >= 0 && counter >= 0 && credit >= 0 && signals >= 0 && timer >= 0, "errno %d", errno);
	subject_check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets) == 0, "socketpair: errno %d", errno);
	subject_check(pipe(ends) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0, "pipe: errno %d", errno);
	watch(upper, lower, EPOLLIN, FROM_LOWER);
	watch(upper, signals, EPOLLIN, FROM_SIGNALS);
	watch(upper, sockets[0], EPOLLIN | EPOLLONESHOT, FROM_SOCKET);
	watch(lower, counter, EPOLLIN, FROM_COUNTER);
	watch(lower, ends[0], EPOLLIN | EPOLLET, FROM_PIPE);
	watch(lower, timer, EPOLLIN, FROM_TIMER);
	started = clock_now();
	subject_check(timerfd_settime(timer, 0, &period, NULL) == 0, "timerfd: errno %d", errno);
}

static int all_done(void)
{
	return done[FROM_COUNTER] == steps * COUNTS * (steps * COUNTS + 1) / 2 && done[FROM_SIGNALS] == steps * SIGNALS &&
	       done[FROM_SOCKET] == steps * REQUESTS && done[FROM_PIPE] == steps * BYTES && done[FROM_TIMER] >= steps;
}

int main(int argc, char **argv)
{
	static void *(*const feeders[])(void *) = {counts_feed, signals_feed, requests_feed, bytes_feed, silence_check};
	enum { FEEDERS = sizeof(feeders) / sizeof(*feeders) };
	pthread_t threads[FEEDERS];
	uint64_t result = 0;

	steps = subject_begin(argc, argv);
	all_make();
	for (int i = 0; i < FEEDERS; i++)
		subject_check(pthread_create(&threads[i], NULL, feeders[i], NULL) == 0, "thread %d", i);
	while (!all_done())
		events_take(upper, -1);
	for (int i = 0; i < FEEDERS; i++)
		subject_check(pthread_join(threads[i], NULL) == 0, "join %d", i);
	for (int i = 0; i < FROM_TIMER; i++)
		result = subject_mix(result ^ results[i] ^ done[i] ^ worked[i]);
	return subject_finish(steps, result);
}
