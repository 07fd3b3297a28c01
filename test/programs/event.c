/* SPDX-License-Identifier: MIT */
/* A main for Debian's libevent: timers, signals, pipes, buffered sockets, priorities and another thread, with each of the
 * ways to wait that there are: epoll (once with a list of changes, and with a timerfd), poll, select. The output does not
 * depend on when what happens.
 *   usage: event [ROUNDS]     how much there is to do, 20 without it */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/thread.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TIMERS = 4, PRIORITIES = 3, TOTAL = 300000 };
static struct event_base *base;
static long rounds;

static void check(int right, const char *what)
{
	if (!right) {
		printf("%s: it failed\n", what);
		exit(EXIT_FAILURE);
	}
}

static void phase_end(const char *name)
{
	int result = event_base_dispatch(base);

	printf("  %s: dispatch %d, left %d\n", name, result, event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED));
	fflush(stdout);
}

static struct {
	struct event *event;
	long fired;
} timers[TIMERS];

static void timer_fired(evutil_socket_t none, short what, void *which)
{
	long i = (long)(intptr_t)which;

	(void)none;
	check(what == EV_TIMEOUT, "timer");
	if (++timers[i].fired == rounds)
		event_del(timers[i].event);
}

static void timers_run(void)
{
	for (long i = 0; i < TIMERS; i++) {
		const struct timeval period = {0, 700 + 900 * i};
		timers[i].fired = 0;
		timers[i].event = event_new(base, -1, EV_PERSIST, timer_fired, (void *)(intptr_t)i);
		check(timers[i].event && event_add(timers[i].event, &period) == 0, "timer");
	}
	phase_end("timers");
	for (int i = 0; i < TIMERS; i++) {
		printf("    timer %d fired %ld\n", i, timers[i].fired);
		event_free(timers[i].event);
	}
}

/* Signals to itself, the next one when the last has come. */
static struct event *signals[2];
static long caught[2];

static void signal_caught(evutil_socket_t number, short what, void *unused)
{
	(void)unused;
	check(what == EV_SIGNAL, "signal");
	caught[number == SIGUSR2]++;
	if (caught[0] + caught[1] == rounds * 2) {
		event_del(signals[0]);
		event_del(signals[1]);
		return;
	}
	check(kill(getpid(), number == SIGUSR1 ? SIGUSR2 : SIGUSR1) == 0, "kill");
}

static void signals_run(void)
{
	caught[0] = caught[1] = 0;
	for (int i = 0; i < 2; i++) {
		signals[i] = evsignal_new(base, i ? SIGUSR2 : SIGUSR1, signal_caught, NULL);
		check(signals[i] && event_add(signals[i], NULL) == 0, "signal");
	}
	check(kill(getpid(), SIGUSR1) == 0, "kill");
	phase_end("signals");
	printf("    caught %ld and %ld\n", caught[0], caught[1]);
	event_free(signals[0]);
	event_free(signals[1]);
}

/* A pipe that is written to when it has room, and read when it has something. */
static struct event *reader, *writer;
static uint64_t gone, came, sum;

static void pipe_write(evutil_socket_t file, short what, void *unused)
{
	char bytes[3000];

	(void)unused;
	check(what == EV_WRITE, "writer");
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)((gone + i) * 7);
	ssize_t count = write(file, bytes, TOTAL - gone < sizeof bytes ? TOTAL - gone : sizeof bytes);
	check(count > 0, "write");
	gone += (uint64_t)count;
	if (gone < TOTAL)
		return;
	event_del(writer);
	close(file);
}

static void pipe_read(evutil_socket_t file, short what, void *unused)
{
	char bytes[1777];
	ssize_t count = read(file, bytes, sizeof bytes);

	(void)unused;
	check(what == EV_READ && count >= 0, "reader");
	for (ssize_t i = 0; i < count; i++)
		sum = sum * 31 + (unsigned char)bytes[i];
	came += (uint64_t)count;
	if (!count) {
		event_del(reader);
		close(file);
	}
}

static void pipes_run(void)
{
	int ends[2];

	gone = came = sum = 0;
	check(pipe(ends) == 0 && evutil_make_socket_nonblocking(ends[0]) == 0 && evutil_make_socket_nonblocking(ends[1]) == 0,
	      "pipe");
	reader = event_new(base, ends[0], EV_READ | EV_PERSIST, pipe_read, NULL);
	writer = event_new(base, ends[1], EV_WRITE | EV_PERSIST, pipe_write, NULL);
	check(event_add(reader, NULL) == 0 && event_add(writer, NULL) == 0, "pipe");
	phase_end("pipes");
	printf("    %llu bytes, sum %016llx\n", (unsigned long long)came, (unsigned long long)sum);
	event_free(reader);
	event_free(writer);
}

/* Lines there and back through buffers on a pair of sockets. */
static struct bufferevent *here, *there;
static long lines;

static void line_answer(struct bufferevent *from, void *unused)
{
	char *line;

	(void)unused;
	while ((line = evbuffer_readln(bufferevent_get_input(from), NULL, EVBUFFER_EOL_LF)) != NULL) {
		evbuffer_add_printf(bufferevent_get_output(from), "%ld %s\n", atol(line) * 3, line);
		free(line);
	}
}

static void answer_take(struct bufferevent *from, void *unused)
{
	char *line;

	(void)unused;
	while ((line = evbuffer_readln(bufferevent_get_input(from), NULL, EVBUFFER_EOL_LF)) != NULL) {
		for (const char *at = line; *at; at++)
			sum = sum * 31 + (unsigned char)*at;
		free(line);
		if (++lines == rounds * 50)
			bufferevent_free(here);
		else if (lines % 50 == 0)
			evbuffer_add_printf(bufferevent_get_output(from), "%ld again\n", lines);
	}
}

static void end_hear(struct bufferevent *from, short what, void *unused)
{
	(void)unused;
	printf("    events %x\n", (unsigned)what);
	bufferevent_free(from);
}

static void buffers_run(void)
{
	evutil_socket_t pair[2];

	sum = 0;
	lines = 0;
	check(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
	for (int i = 0; i < 2; i++)
		evutil_make_socket_nonblocking(pair[i]);
	here = bufferevent_socket_new(base, pair[0], BEV_OPT_CLOSE_ON_FREE);
	there = bufferevent_socket_new(base, pair[1], BEV_OPT_CLOSE_ON_FREE);
	check(here && there, "buffers");
	bufferevent_setcb(here, answer_take, NULL, NULL, NULL);
	bufferevent_setcb(there, line_answer, NULL, end_hear, NULL);
	bufferevent_enable(here, EV_READ | EV_WRITE);
	bufferevent_enable(there, EV_READ | EV_WRITE);
	for (long i = 0; i < rounds * 50 - rounds + 1; i++)
		evbuffer_add_printf(bufferevent_get_output(here), "%ld line\n", i);
	phase_end("buffers");
	printf("    %ld lines, sum %016llx\n", lines, (unsigned long long)sum);
}

/* Of those that are ready at once the ones with the better priority go first. */
static void priority_say(evutil_socket_t none, short what, void *which)
{
	(void)none;
	(void)what;
	printf("    priority %d\n", (int)(intptr_t)which);
}

static void *thread_run(void *event)
{
	usleep(2000);
	event_active(event, EV_TIMEOUT, 1);
	return NULL;
}

static void others_run(void)
{
	struct event *events[PRIORITIES], *told = event_new(base, -1, 0, priority_say, (void *)(intptr_t)99);
	const struct timeval long_time = {30, 0};
	pthread_t thread;

	for (int i = 0; i < PRIORITIES; i++) {
		events[i] = event_new(base, -1, 0, priority_say, (void *)(intptr_t)i);
		event_priority_set(events[i], i);
		event_active(events[i], EV_TIMEOUT, 1);
	}
	phase_end("priorities");
	event_add(told, &long_time);
	check(pthread_create(&thread, NULL, thread_run, told) == 0, "thread");
	phase_end("thread");
	pthread_join(thread, NULL);
	for (int i = 0; i < PRIORITIES; i++)
		event_free(events[i]);
	event_free(told);
}

static void base_run(const char *method, int flags)
{
	static const char *const methods[] = {"epoll", "poll", "select"};
	struct event_config *config = event_config_new();

	for (int i = 0; i < 3; i++)
		if (strcmp(methods[i], method) != 0)
			event_config_avoid_method(config, methods[i]);
	event_config_set_flag(config, flags);
	base = event_base_new_with_config(config);
	check(base != NULL, method);
	event_config_free(config);
	event_base_priority_init(base, PRIORITIES);
	printf("%s %x:\n", event_base_get_method(base), (unsigned)flags);
	timers_run();
	signals_run();
	pipes_run();
	buffers_run();
	others_run();
	event_base_free(base);
}

int main(int argc, char **argv)
{
	rounds = argc > 1 ? atol(argv[1]) : 20;
	if (rounds < 1) {
		fprintf(stderr, "usage: event [ROUNDS]\n");
		return 2;
	}
	printf("libevent %s\n", event_get_version());
	check(evthread_use_pthreads() == 0, "threads");
	base_run("epoll", 0);
	base_run("epoll", EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST | EVENT_BASE_FLAG_PRECISE_TIMER);
	base_run("poll", 0);
	base_run("select", 0);
	return 0;
}
