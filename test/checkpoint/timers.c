/* SPDX-License-Identifier: MIT */
/* An interval timer keeps firing during work, single shots are armed and waited for. None may fire
 * before its time, the remaining time never grows, and a disarmed timer stays silent. */
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "test/checkpoint/subject.h"

SUBJECT(timers, "interval timers keep period, remaining time and disarming");

enum { SHOT_MICROSECONDS = 1500, SECOND = 1000000000 };
static volatile sig_atomic_t fired;

static void handle_alarm(int signal)
{
	subject_check(signal == SIGALRM, "signal %d", signal);
	fired++;
}

static int64_t clock_now(void)
{
	struct timespec now;

	subject_check(clock_gettime(CLOCK_MONOTONIC, &now) == 0, "clock");
	return now.tv_sec * (int64_t)SECOND + now.tv_nsec;
}

static void timer_arm(long first, long period)
{
	struct itimerval value = {.it_value.tv_usec = first, .it_interval.tv_usec = period};

	subject_check(setitimer(ITIMER_REAL, &value, NULL) == 0, "setitimer: errno %d", errno);
}

static int64_t timer_left(void)
{
	struct itimerval value;

	subject_check(getitimer(ITIMER_REAL, &value) == 0, "getitimer: errno %d", errno);
	return value.it_value.tv_sec * 1000000LL + value.it_value.tv_usec;
}

static void shot_check(unsigned long step)
{
	int before = fired;
	int64_t start = clock_now(), last = SHOT_MICROSECONDS + 1, left;

	timer_arm(SHOT_MICROSECONDS, 0);
	while (fired == before) {
		left = timer_left();
		/* Linux says 1 for a timer that has run out but whose signal is on its way. */
		subject_check(left <= last || left == 1, "step %lu: remaining time grew to %lld", step, (long long)left);
		last = left;
		subject_work(step, 1000);
	}
	subject_check(fired == before + 1, "step %lu: %d shots", step, fired - before);
	subject_check(clock_now() - start >= SHOT_MICROSECONDS * 1000LL, "step %lu: early by %lld ns", step,
		      (long long)(SHOT_MICROSECONDS * 1000LL - (clock_now() - start)));
	subject_check(timer_left() == 0, "step %lu: still armed", step);
}

/* Periods: at most one shot per period has gone off since the start, and shots keep coming. */
static void period_check(unsigned long step)
{
	int before = fired, seen;
	int64_t start = clock_now();

	timer_arm(300, 300);
	while (fired < before + 5)
		subject_work(step, 1000);
	timer_arm(0, 0);
	seen = fired;
	subject_check(seen - before <= (clock_now() - start) / 300000, "step %lu: %d shots", step, seen - before);
	subject_work(step, 400000);
	subject_check(fired == seen, "step %lu: a disarmed timer fired", step);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = handle_alarm, .sa_flags = SA_RESTART};
	unsigned long steps = subject_begin(argc, argv);

	subject_check(sigaction(SIGALRM, &action, NULL) == 0, "sigaction");
	for (unsigned long step = 0; step < steps; step += 2) {
		shot_check(step);
		period_check(step);
	}
	return subject_finish(steps, subject_work(steps, 1));
}
