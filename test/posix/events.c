/* SPDX-License-Identifier: MIT */
/* What is waited for beside pipes: signals that are read, counters, timers, files without a name; masks and times of waits. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

#include "show.h"

enum { MILLION = 1000000 };
static struct signalfd_siginfo infos[4];
static char bytes[20000];

static int ready(int file)
{
	struct pollfd poll_one = {.fd = file, .events = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM};

	poll(&poll_one, 1, 0);
	return poll_one.revents;
}

static sigset_t set_of(int one, int other)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, one);
	if (other)
		sigaddset(&set, other);
	return set;
}

/* What is the same wherever it runs. */
static void info_show(const struct signalfd_siginfo *info)
{
	printf("  signal %u error %d code %d self %d user %u value %d pointer %llx timer %u overrun %u address %llx\n",
	       info->ssi_signo, info->ssi_errno, info->ssi_code, info->ssi_pid == (uint32_t)getpid(),
	       info->ssi_uid == getuid(), info->ssi_int, (unsigned long long)info->ssi_ptr, info->ssi_tid, info->ssi_overrun,
	       (unsigned long long)info->ssi_addr);
	fflush(stdout);
}

static void *signal_later(void *file)
{
	usleep(20000);
	(void)file;
	return (void *)(long)kill(getpid(), SIGUSR2);
}

static void signal_errors(void)
{
	sigset_t set = set_of(SIGUSR1, SIGUSR2);
	int event = eventfd(0, 0);

	SHOW(syscall(SYS_signalfd4, -1, &set, 4, 0));
	SHOW(syscall(SYS_signalfd4, -1, NULL, 8, 0));
	SHOW(syscall(SYS_signalfd4, -1, &set, 8, 1));
	SHOW(signalfd(event, &set, 0));
	SHOW(signalfd(900, &set, 0));
	SHOW(signalfd(-2, &set, 0));
	SHOW(close(event));
}

static void signals(void)
{
	sigset_t set = set_of(SIGUSR1, SIGUSR2), both = set, one = set_of(SIGUSR1, 0), pending;
	struct stat found;
	pthread_t thread;
	int file;

	sigaddset(&both, SIGRTMIN + 3);
	sigprocmask(SIG_BLOCK, &both, NULL);
	file = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	SHOW(fcntl(file, F_GETFD) * 10000 + fcntl(file, F_GETFL));
	SHOW(fstat(file, &found));
	SHOW(lseek(file, 0, SEEK_SET));
	SHOW(read(file, infos, sizeof *infos));
	SHOW(read(file, infos, 100));
	SHOW(read(file, infos, 0));
	SHOW(write(file, infos, sizeof *infos));
	SHOW(ready(file));
	SHOW(raise(SIGUSR2));
	SHOW(ready(file));
	SHOW(kill(getpid(), SIGUSR1));
	SHOW(kill(getpid(), SIGUSR1));
	SHOW(read(file, infos, sizeof infos));
	info_show(&infos[0]);
	info_show(&infos[1]);
	SHOW(read(file, infos, sizeof infos));
	SHOW(sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 77}));
	SHOW(sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 78}));
	SHOW(ready(file));
	SHOW(signalfd(file, &both, 0) == file);
	SHOW(ready(file));
	SHOW(read(file, infos, 2 * sizeof *infos - 1));
	info_show(&infos[0]);
	SHOW(read(file, infos, sizeof infos));
	info_show(&infos[0]);
	SHOW(raise(SIGUSR1));
	SHOW(signalfd(file, &one, 0) == file);
	SHOW(read(file, infos, sizeof infos));
	SHOW(fcntl(file, F_SETFL, 0));
	SHOW(signalfd(file, &both, 0) == file);
	pthread_create(&thread, NULL, signal_later, NULL);
	SHOW(read(file, infos, sizeof infos));
	info_show(&infos[0]);
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, signal_later, NULL);
	struct pollfd poll_one = {.fd = file, .events = POLLIN};
	SHOW(poll(&poll_one, 1, 10000));
	pthread_join(thread, NULL);
	SHOW(read(file, infos, sizeof infos));
	SHOW(sigpending(&pending));
	SHOW(sigismember(&pending, SIGUSR1) + sigismember(&pending, SIGUSR2));
	SHOW(close(file));
}

static void signal_timers(void)
{
	sigset_t set = set_of(SIGALRM, SIGRTMIN + 4);
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 4, .sigev_value.sival_int = 55};
	struct itimerspec span = {.it_value.tv_nsec = 5 * MILLION};
	struct itimerval alarm_at = {.it_value.tv_usec = 5000};
	timer_t timer;
	int file;

	sigprocmask(SIG_BLOCK, &set, NULL);
	file = signalfd(-1, &set, 0);
	SHOW(setitimer(ITIMER_REAL, &alarm_at, NULL));
	SHOW(read(file, infos, sizeof infos));
	printf("  signal %u code %d process %u\n", infos[0].ssi_signo, infos[0].ssi_code, infos[0].ssi_pid);
	SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
	SHOW(timer_settime(timer, 0, &span, NULL));
	SHOW(read(file, infos, sizeof infos));
	info_show(&infos[0]);
	SHOW(timer_delete(timer));
	SHOW(close(file));
}

static volatile int handled;

static void handle(int number)
{
	handled += number == SIGUSR1;
}

static void *poke_later(void *thread)
{
	usleep(20000);
	return (void *)(long)pthread_kill(*(pthread_t *)thread, SIGUSR1);
}

/* A signal with a handler during a read that may go on (SA_RESTART) and then data. */
static void *poke_and_write(void *argument)
{
	int *const arguments = argument;
	uint64_t one = 1;

	usleep(20000);
	kill(getpid(), SIGUSR1);
	usleep(20000);
	return (void *)write(arguments[0], &one, sizeof one);
}

static void restarts(void)
{
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
	sigset_t one = set_of(SIGUSR1, 0), none;
	pthread_t self = pthread_self(), thread;
	struct pollfd poll_one;
	uint64_t value;
	int event = eventfd(0, 0);

	sigemptyset(&none);
	sigaction(SIGUSR1, &action, NULL);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	poll_one = (struct pollfd){.fd = event, .events = POLLIN};
	pthread_create(&thread, NULL, poke_and_write, &event);
	SHOW(read(event, &value, 8));
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, poke_later, &self);
	SHOW(poll(&poll_one, 1, 10000));
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, poke_later, &self);
	SHOW(ppoll(&poll_one, 1, NULL, NULL));
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, poke_later, &self);
	SHOW(select(0, NULL, NULL, NULL, NULL));
	pthread_join(thread, NULL);
	SHOW(handled);
	sigprocmask(SIG_BLOCK, &one, NULL);
	value = 1;
	SHOW(raise(SIGUSR1));
	SHOW(write(event, &value, 8));
	SHOW(ppoll(&poll_one, 1, NULL, &none));
	SHOW(handled);
	SHOW(read(event, &value, 8));
	struct timespec zero = {0, 0};
	SHOW(ppoll(&poll_one, 1, &zero, NULL));
	SHOW(ppoll(&poll_one, 1, &zero, &none));
	SHOW(handled);
	SHOW(raise(SIGUSR1));
	SHOW(pselect(0, NULL, NULL, NULL, NULL, &none));
	SHOW(handled);
	SHOW(syscall(SYS_ppoll, &poll_one, 1, NULL, &none, 4));
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	SHOW(close(event));
}

static void selects(void)
{
	struct timeval negative = {-1, 0}, much = {0, 10000}, none = {0, 0};
	fd_set in, out, more;
	int ends[2];

	pipe(ends);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&more);
	SHOW(select(0, NULL, NULL, NULL, &negative));
	SHOW(select(-1, NULL, NULL, NULL, &none));
	FD_SET(ends[0], &in);
	FD_SET(ends[0], &out);
	FD_SET(ends[1], &out);
	FD_SET(ends[0], &more);
	SHOW(select(ends[1] + 1, &in, &out, &more, NULL));
	SHOW(FD_ISSET(ends[0], &in) * 1000 + FD_ISSET(ends[0], &out) * 100 + FD_ISSET(ends[1], &out) * 10 +
	     FD_ISSET(ends[0], &more));
	FD_SET(ends[0], &in);
	SHOW(select(ends[1] + 1, &in, NULL, NULL, &much));
	SHOW(much.tv_sec * 1000000 + much.tv_usec);
	SHOW(FD_ISSET(ends[0], &in));
	FD_SET(ends[0], &in);
	FD_SET(25, &in);
	SHOW(select(26, &in, NULL, NULL, &none));
	FD_CLR(25, &in);
	SHOW(close(ends[1]));
	FD_SET(ends[0], &in);
	FD_SET(ends[0], &out);
	SHOW(select(ends[0] + 1, &in, &out, NULL, NULL));
	SHOW(FD_ISSET(ends[0], &in) * 10 + FD_ISSET(ends[0], &out));
	SHOW(close(ends[0]));
	SHOW(ready(0) == 0);
	int file = open("some-file", O_RDWR | O_CREAT, 0600);
	SHOW(ready(file));
	SHOW(close(file));
}

static void counters(void)
{
	uint64_t value = 3, wide[2] = {3, 4};
	int event;

	SHOW(eventfd(0, 8));
	SHOW(eventfd(0, EFD_NONBLOCK | 0x10000000));
	event = eventfd(7, EFD_CLOEXEC);
	SHOW(fcntl(event, F_GETFD) * 10000 + fcntl(event, F_GETFL));
	SHOW(lseek(event, 5, SEEK_SET));
	SHOW(pread(event, &value, 8, 0));
	SHOW(read(event, &value, 7));
	SHOW(write(event, &value, 4));
	SHOW(read(event, wide, 16));
	SHOW(wide[0]);
	SHOW(ready(event));
	value = UINT64_MAX - 1;
	SHOW(write(event, &value, 8));
	SHOW(ready(event));
	SHOW(fcntl(event, F_SETFL, O_NONBLOCK));
	value = 1;
	SHOW(write(event, &value, 8));
	SHOW(close(event));
	int ends[2];
	SHOW(syscall(SYS_pipe2, 8, O_CLOEXEC));
	HOLDS(pipe(ends) == 0 && ends[0] == event && ends[1] == event + 1);
	SHOW(fcntl(ends[0], F_GETFL) * 100 + fcntl(ends[1], F_GETFL));
	SHOW(ready(ends[1]));
	while (write(ends[1], bytes, 4096) == 4096 && ready(ends[1]) & POLLOUT)
		;
	SHOW(close(ends[0]));
	SHOW(ready(ends[1]));
	SHOW(close(ends[1]));
}

static void timers(void)
{
	struct itimerspec span = {.it_value.tv_nsec = 10 * MILLION}, left, wrong = {.it_value.tv_nsec = 1000000000};
	uint64_t count = 0;
	int timer;

	SHOW(timerfd_create(55, 0));
	SHOW(timerfd_create(CLOCK_MONOTONIC, 1));
	timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	SHOW(fcntl(timer, F_GETFD) * 10000 + fcntl(timer, F_GETFL));
	SHOW(read(timer, &count, 8));
	SHOW(read(timer, &count, 7));
	SHOW(write(timer, &count, 8));
	SHOW(timerfd_settime(timer, 4, &span, NULL));
	SHOW(timerfd_settime(timer, 0, &wrong, NULL));
	SHOW(timerfd_settime(0, 0, &span, NULL));
	SHOW(timerfd_settime(900, 0, &span, NULL));
	SHOW(timerfd_gettime(timer, &left));
	SHOW(left.it_value.tv_nsec + left.it_interval.tv_nsec);
	/* Long past, but not before 1970, where the clock of a board begins. */
	span = (struct itimerspec){{0, 0}, {0, 1}};
	SHOW(timerfd_settime(timer, TFD_TIMER_ABSTIME, &span, NULL));
	while (!ready(timer))
		;
	SHOW(ready(timer));
	SHOW(read(timer, &count, 8));
	SHOW(count);
	SHOW(ready(timer));
	span = (struct itimerspec){{0, 0}, {0, 0}};
	SHOW(timerfd_settime(timer, 0, &span, &left));
	SHOW(left.it_interval.tv_sec);
	SHOW(close(timer));
}

static void memory_files(void)
{
	struct stat found;
	char *view;
	int file;

	SHOW(memfd_create("name", 0x1000));
	SHOW(syscall(SYS_memfd_create, NULL, 0));
	memset(bytes, 'n', 250);
	SHOW(memfd_create(bytes, 0));
	bytes[249] = 0;
	SHOW(close(memfd_create(bytes, 0)));
	file = memfd_create("", MFD_CLOEXEC);
	SHOW(fcntl(file, F_GETFD));
	SHOW(fcntl(file, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
	SHOW(fstat(file, &found));
	SHOW(found.st_mode);
	SHOW(found.st_nlink);
	SHOW(write(file, "hello", 5));
	SHOW(pread(file, bytes, 10, 1));
	SHOW(ftruncate(file, 10000));
	view = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	HOLDS(view != MAP_FAILED && memcmp(view, "hello", 6) == 0);
	view[5] = '!';
	SHOW(pread(file, bytes, 6, 0));
	SHOW(memcmp(bytes, "hello!", 6));
	SHOW(munmap(view, 10000));
	SHOW(fcntl(file, F_GET_SEALS));
	SHOW(fcntl(file, F_ADD_SEALS, F_SEAL_WRITE));
	SHOW(close(file));
	file = memfd_create("sealed", MFD_ALLOW_SEALING);
	SHOW(fcntl(file, F_GET_SEALS));
	SHOW(fcntl(file, F_ADD_SEALS, 0x1000));
	SHOW(write(file, bytes, 5000));
	SHOW(fcntl(file, F_ADD_SEALS, F_SEAL_GROW));
	SHOW(ftruncate(file, 6000));
	SHOW(pwrite(file, bytes, 100, 4950));
	SHOW(pwrite(file, bytes, 100, 4900));
	SHOW(ftruncate(file, 4000));
	SHOW(fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK));
	SHOW(ftruncate(file, 3000));
	view = mmap(NULL, 4000, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	SHOW(view != MAP_FAILED);
	SHOW(fcntl(file, F_ADD_SEALS, F_SEAL_WRITE));
	SHOW(munmap(view, 4000));
	SHOW(fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL));
	SHOW(pwrite(file, "x", 1, 0));
	SHOW(fcntl(file, F_GET_SEALS));
	SHOW(fcntl(file, F_ADD_SEALS, F_SEAL_SEAL));
	SHOW(mmap(NULL, 4000, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) == MAP_FAILED);
	SHOW(mmap(NULL, 4000, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0) != MAP_FAILED);
	SHOW(close(file));
	file = eventfd(0, 0);
	SHOW(fcntl(file, F_GET_SEALS));
	SHOW(mmap(NULL, 4000, PROT_READ, MAP_SHARED, file, 0) == MAP_FAILED);
	SHOW(close(file));
}

int main(void)
{
	signal_errors();
	signals();
	signal_timers();
	restarts();
	selects();
	counters();
	timers();
	memory_files();
	return 0;
}
