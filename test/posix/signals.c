/* SPDX-License-Identifier: MIT */
/* Signals: masks, pending, handlers with their information, alternate stacks, waits that they end, timers. */
#include <pthread.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>

#include "show.h"

static volatile int caught, code, last;
static volatile union sigval value;
static void *volatile where;

static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)context;
	caught++;
	last = number;
	code = info->si_code;
	value = info->si_value;
	where = __builtin_frame_address(0);
}

static void handle(int number, int flags)
{
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | flags};

	SHOW(sigaction(number, &action, NULL));
}

static void masking(void)
{
	sigset_t set, old;

	handle(SIGUSR1, 0);
	SHOW(raise(SIGUSR1));
	SHOW(caught * 1000 + code);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGKILL);
	SHOW(sigprocmask(SIG_BLOCK, &set, &old));
	SHOW(sigismember(&old, SIGUSR1));
	SHOW(sigprocmask(SIG_BLOCK, NULL, &old));
	SHOW(sigismember(&old, SIGUSR1) * 10 + sigismember(&old, SIGKILL));
	SHOW(kill(getpid(), SIGUSR1));
	SHOW(kill(getpid(), SIGUSR1));
	SHOW(sigpending(&old));
	SHOW(sigismember(&old, SIGUSR1));
	SHOW(caught);
	SHOW(sigprocmask(SIG_UNBLOCK, &set, NULL));
	SHOW(caught * 1000 + code);
	SHOW(sigprocmask(77, &set, NULL));
	SHOW(kill(getpid(), 0));
	SHOW(kill(getpid(), 77));
	SHOW(kill(999999, SIGUSR1));
	SHOW(signal(SIGUSR2, SIG_IGN) == SIG_DFL);
	SHOW(raise(SIGUSR2));
	SHOW((long)signal(SIGKILL, SIG_IGN));
	SHOW(raise(SIGCHLD));
	SHOW(raise(SIGWINCH));
	handle(SIGUSR1, SA_RESETHAND | SA_NODEFER);
	SHOW(raise(SIGUSR1));
	SHOW(signal(SIGUSR1, SIG_DFL) == SIG_DFL);
}

static void queueing(void)
{
	sigset_t set;
	siginfo_t info;
	struct timespec soon = {0, 20000000};

	handle(SIGRTMIN, 0);
	SHOW(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 42}));
	SHOW(value.sival_int);
	SHOW(code);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGUSR1);
	SHOW(sigprocmask(SIG_BLOCK, &set, NULL));
	for (int i = 1; i <= 3; i++)
		SHOW(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i}));
	for (int i = 1; i <= 3; i++) {
		SHOW(sigwaitinfo(&set, &info) == SIGRTMIN);
		SHOW(info.si_value.sival_int * 100 + info.si_code);
		HOLDS(info.si_pid == getpid());
	}
	SHOW(sigtimedwait(&set, &info, &soon));
	soon.tv_nsec = -1;
	SHOW(sigtimedwait(&set, &info, &soon));
	SHOW(raise(SIGUSR1));
	int number = 0;
	SHOW(sigwait(&set, &number));
	SHOW(number);
	SHOW(sigprocmask(SIG_UNBLOCK, &set, NULL));
}

static char stack[65536] __attribute__((aligned(16)));

static void stacking(void)
{
	stack_t given = {.ss_sp = stack, .ss_size = sizeof stack}, old;

	SHOW(sigaltstack(&given, &old));
	SHOW(old.ss_flags);
	handle(SIGUSR1, SA_ONSTACK);
	SHOW(raise(SIGUSR1));
	HOLDS((char *)where > stack && (char *)where < stack + sizeof stack);
	SHOW(sigaltstack(NULL, &old));
	SHOW(old.ss_size);
	given.ss_size = 100;
	SHOW(sigaltstack(&given, NULL));
	given.ss_flags = 77;
	SHOW(sigaltstack(&given, NULL));
	given.ss_flags = SS_DISABLE;
	SHOW(sigaltstack(&given, NULL));
	SHOW(raise(SIGUSR1));
	HOLDS(!((char *)where > stack && (char *)where < stack + sizeof stack));
}

static void alarm_in(long microseconds, long again)
{
	struct itimerval when = {{0, again}, {0, microseconds}};

	SHOW(setitimer(ITIMER_REAL, &when, NULL));
}

static void *write_later(void *end)
{
	struct timespec span = {0, 60000000};

	nanosleep(&span, NULL);
	return (void *)write(*(int *)end, "late", 4);
}

static void interrupting(void)
{
	struct timespec span = {5, 0}, rest = {0, 0};
	struct itimerval left;
	sigset_t none, alarm_only, old;
	pthread_t writer;
	int ends[2];
	char bytes[8];

	handle(SIGALRM, 0);
	alarm_in(20000, 0);
	SHOW(nanosleep(&span, &rest));
	HOLDS(rest.tv_sec == 4);
	alarm_in(20000, 0);
	SHOW(pause());
	alarm_in(20000, 0);
	SHOW(poll(NULL, 0, -1));
	alarm_in(20000, 0);
	SHOW(pipe(ends));
	SHOW(read(ends[0], bytes, 4));
	sigemptyset(&none);
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	SHOW(sigprocmask(SIG_BLOCK, &alarm_only, &old));
	alarm_in(20000, 0);
	SHOW(sigsuspend(&none));
	SHOW(sigprocmask(SIG_SETMASK, NULL, &none));
	SHOW(sigismember(&none, SIGALRM));
	SHOW(sigprocmask(SIG_SETMASK, &old, NULL));
	handle(SIGALRM, SA_RESTART);
	caught = 0;
	pthread_sigmask(SIG_BLOCK, &alarm_only, NULL);
	pthread_create(&writer, NULL, write_later, &ends[1]);
	pthread_sigmask(SIG_UNBLOCK, &alarm_only, NULL);
	alarm_in(10000, 0);
	SHOW(read(ends[0], bytes, 4));
	HOLDS(caught == 1);
	pthread_join(writer, NULL);
	alarm_in(10000, 5000);
	caught = 0;
	for (volatile long spin = 0; caught < 5; spin++)
		;
	SHOW(getitimer(ITIMER_REAL, &left));
	HOLDS(left.it_interval.tv_usec == 5000);
	alarm_in(0, 0);
	SHOW(alarm(100));
	SHOW(alarm(0));
	SHOW(alarm(0));
}

static void timers(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1, .sigev_value.sival_int = 7};
	struct itimerspec when = {{0, 3000000}, {0, 3000000}}, left;
	timer_t timer;

	handle(SIGRTMIN + 1, 0);
	caught = 0;
	SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
	SHOW(timer_settime(timer, 0, &when, NULL));
	while (caught < 3)
		;
	SHOW(value.sival_int * 100 + code);
	SHOW(timer_gettime(timer, &left));
	SHOW(left.it_interval.tv_nsec);
	HOLDS(timer_getoverrun(timer) >= 0);
	SHOW(timer_delete(timer));
	SHOW(syscall(SYS_timer_delete, 5));
	when = (struct itimerspec){{0, 0}, {0, 1000000000}};
	event.sigev_notify = SIGEV_NONE;
	SHOW(timer_create(CLOCK_REALTIME, &event, &timer));
	SHOW(timer_settime(timer, 0, &when, NULL));
	SHOW(timer_create(77, &event, &timer));
}

static void *spin_or_block(void *block)
{
	sigset_t set;

	if (block) {
		sigemptyset(&set);
		sigaddset(&set, SIGUSR1);
		pthread_sigmask(SIG_BLOCK, &set, NULL);
		sigsuspend(&(sigset_t){0});
		return NULL;
	}
	while (!caught)
		;
	return NULL;
}

static void threading(void)
{
	pthread_t thread;

	handle(SIGUSR1, 0);
	for (long i = 0; i < 2; i++) {
		caught = 0;
		pthread_create(&thread, NULL, spin_or_block, (void *)i);
		struct timespec span = {0, 20000000};
		nanosleep(&span, NULL);
		SHOW(pthread_kill(thread, SIGUSR1));
		SHOW(pthread_join(thread, NULL));
	}
	SHOW(syscall(SYS_tgkill, getpid(), 999999, SIGUSR1));
	SHOW(syscall(SYS_tgkill, -1, 1, SIGUSR1));
}

static void *read_all(void *end)
{
	char byte;

	return (void *)(long)read(*(int *)end, &byte, 1);
}

static void *spin(void *unused)
{
	volatile unsigned long turns = 0;

	for (;;)
		turns++;
	return unused;
}

/* What comes for the process is taken by the first thread: one that computes has nothing of it, and the wait of a reader goes on. */
static void directed(void)
{
	const struct itimerspec when = {{0, 20000000}, {0, 20000000}}, never = {{0, 0}, {0, 0}};
	const struct timespec second = {1, 0};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
	pthread_t reader, spinner;
	timer_t timer;
	int ends[2];
	void *result;

	handle(SIGRTMIN, 0);
	SHOW(pipe(ends));
	SHOW(pthread_create(&reader, NULL, read_all, &ends[0]));
	SHOW(pthread_create(&spinner, NULL, spin, NULL));
	SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
	caught = 0;
	SHOW(timer_settime(timer, 0, &when, NULL));
	while (caught < 20)
		nanosleep(&second, NULL);
	SHOW(timer_settime(timer, 0, &never, NULL));
	SHOW(write(ends[1], "x", 1));
	SHOW(pthread_join(reader, &result));
	SHOW((long)result);
}

int main(void)
{
	masking();
	queueing();
	stacking();
	interrupting();
	timers();
	threading();
	directed();
	handle(SIGPIPE, 0);
	int ends[2];
	SHOW(pipe(ends));
	SHOW(close(ends[0]));
	caught = 0;
	SHOW(write(ends[1], "x", 1));
	SHOW(caught * 100 + last);
	fflush(stdout);
	raise(SIGTERM);
	return 0;
}
