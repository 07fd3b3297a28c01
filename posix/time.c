/* SPDX-License-Identifier: MIT */
/*
 * Clocks and timers, see time.h. One thread of the library waits for the earliest timer and posts its signal; it also
 * interrupts threads that run in the program while a signal is pending for them.
 */
#include <framework/memory.h>
#include <kernel/thread.h>

#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/signal.h"
#include "posix/time.h"
#include "posix/user.h"

enum { SECOND = 1000000000, TIMERS = 32, TIMER_THREAD = UTCB_COUNT - 1, KICK_NS = 300000, TIMER_REAL = TIMERS - 1 };
enum { CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, CLOCK_PROCESS = 2, CLOCK_THREAD = 3, CLOCK_COARSE_REAL = 5, CLOCK_BOOT = 7, CLOCK_TAI = 11 };
enum { SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD, SIGEV_THREAD_ID = 4, SIGEVENT_PADDING = (52 - sizeof(addr_t)) / 4 };

struct timer {
	bool used, real;
	int number;                /* signal, 0: none */
	uint32_t thread;           /* tid, 0: the program */
	uint64_t value;            /* sigval */
	uint64_t deadline, period; /* own clock; UINT64_MAX: not armed */
	uint32_t overrun;
};

static struct timer timers[TIMERS];
static signal_t kick;
static bool kick_wanted;

uint64_t time_real_deadline(uint64_t real)
{
	uint64_t now = clock_real(), own = clock_now();

	return real > now ? own + (real - now) : own;
}

static bool times_wide(void)
{
	return sizeof(long) == sizeof(int64_t) || thread_self()->time64;
}

uint32_t time_size(void)
{
	return times_wide() ? 2 * sizeof(int64_t) : 2 * sizeof(long);
}

/* Of the nanoseconds of a machine with short `long` the upper half is padding. */
long time_pair_read(addr_t from, int64_t pair[2])
{
	long narrow[2];

	if (times_wide()) {
		if (user_read(pair, from, 2 * sizeof *pair))
			return -EFAULT;
		pair[1] = (long)pair[1];
		return 0;
	}
	if (user_read(narrow, from, sizeof narrow))
		return -EFAULT;
	pair[0] = narrow[0];
	pair[1] = narrow[1];
	return 0;
}

long time_read(addr_t from, uint64_t *nanoseconds)
{
	int64_t value[2];

	if (time_pair_read(from, value))
		return -EFAULT;
	if (value[0] < 0 || value[1] < 0 || value[1] >= SECOND)
		return -EINVAL;
	*nanoseconds = value[0] > INT64_MAX / SECOND - 1 ? INT64_MAX : (uint64_t)(value[0] * SECOND + value[1]);
	return 0;
}

long time_write(addr_t to, uint64_t nanoseconds)
{
	const uint64_t value[2] = {nanoseconds / SECOND, nanoseconds % SECOND};
	const unsigned long narrow[2] = {(unsigned long)value[0], (unsigned long)value[1]};

	return times_wide() ? user_write(to, value, sizeof value) : user_write(to, narrow, sizeof narrow);
}

long time_limit(addr_t from, uint64_t *deadline)
{
	uint64_t span;
	long result = from ? time_read(from, &span) : 0;

	if (!result)
		*deadline = !from ? UINT64_MAX : span ? clock_now() + span : 0;
	return result;
}

static long clock_of(uint64_t clock, uint64_t *now)
{
	if (clock == CLOCK_REALTIME || clock == CLOCK_COARSE_REAL || clock == CLOCK_TAI)
		*now = clock_real();
	else if (clock <= CLOCK_BOOT)
		*now = clock_now();
	else
		return -EINVAL;
	return 0;
}

static struct thread *thread_of(uint32_t id)
{
	for (uint32_t i = 0; id && i < thread_top; i++)
		if (threads[i].used && threads[i].id == id)
			return &threads[i];
	return NULL;
}

static void timer_fire(struct timer *timer, uint64_t now)
{
	const struct signal_info info = {.number = timer->number, .code = timer->real ? SI_KERNEL : SI_TIMER,
	                                 .value = timer->real ? 0 : (uint64_t)(timer - timers), .extra = timer->value};

	timer->overrun = 0;
	if (timer->period) {
		uint64_t missed = (now - timer->deadline) / timer->period;
		timer->overrun = missed > INT32_MAX ? INT32_MAX : (uint32_t)missed;
		timer->deadline += (missed + 1) * timer->period;
	} else {
		timer->deadline = UINT64_MAX;
	}
	if (!timer->number)
		return;
	long ignored = signal_post(thread_of(timer->thread), &info);
	(void)ignored;
}

static _Noreturn void timers_run(addr_t unused)
{
	uint32_t badges, count;

	(void)unused;
	for (;;) {
		posix_lock();
		uint64_t now = clock_now(), next = UINT64_MAX;
		for (int i = 0; i < TIMERS; i++) {
			if (timers[i].used && timers[i].deadline <= now)
				timer_fire(&timers[i], now);
			if (timers[i].used && timers[i].deadline < next)
				next = timers[i].deadline;
		}
		kick_wanted = false;
		/* Telling may take longer than the interval, or than a timer's: whoever wants the lock gets it in between. */
		bool again = signals_kick();
		now = clock_now();
		if (again && now + KICK_NS < next)
			next = now + KICK_NS;
		posix_unlock();
		if (next <= now)
			thread_yield();
		err_t ignored = signal_wait(kick, next, &badges, &count);
		(void)ignored;
	}
}

/* Most programs have no timers and no signals between threads: they have no such thread. */
static err_t timers_start(void)
{
	err_t err = posix_shared();

	if (err == OK)
		err = signal_alloc(&kick);
	if (err == OK)
		err = thread_spawn(TIMER_THREAD, "timers", 65536, timers_run, 0);
	if (err != OK)
		log_line("timers: %s", err_sentence(err));
	return err;
}

void timers_kick(void)
{
	kick_wanted = true;
	if (!cap_valid(kick) && timers_start() != OK)
		return;
	err_t ignored = signal_submit(kick);
	(void)ignored;
}

long call_clock_gettime(const uint64_t a[6])
{
	uint64_t now;
	long result = clock_of(a[0], &now);

	return result ? result : time_write(a[1], now);
}

long call_clock_getres(const uint64_t a[6])
{
	uint64_t now;
	long result = clock_of(a[0], &now);

	return result || !a[1] ? result : time_write(a[1], 1);
}

long call_gettimeofday(const uint64_t a[6])
{
	uint64_t now = clock_real();
	const unsigned long value[2] = {(unsigned long)(now / SECOND), (unsigned long)(now % SECOND / 1000)};

	return a[0] ? user_write(a[0], value, sizeof value) : 0;
}

long call_time(const uint64_t a[6])
{
	unsigned long seconds = (unsigned long)(clock_real() / SECOND);

	return a[0] && user_write(a[0], &seconds, sizeof seconds) ? -EFAULT : (long)seconds;
}

static long sleep_until(uint64_t deadline, addr_t rest)
{
	struct wait_queue never = {0};
	long result = wait_on(&never, deadline);
	uint64_t now = clock_now();

	if (result == -ETIMEDOUT)
		return 0;
	if (rest && time_write(rest, deadline > now ? deadline - now : 0))
		return -EFAULT;
	return result;
}

long call_nanosleep(const uint64_t a[6])
{
	uint64_t span;
	long result = time_read(a[0], &span);

	return result ? result : sleep_until(clock_now() + span, a[1]);
}

long call_clock_nanosleep(const uint64_t a[6])
{
	uint64_t span, now;
	long result = clock_of(a[0], &now);

	if (!result)
		result = time_read(a[2], &span);
	if (result)
		return result;
	if (!(a[1] & 1))
		return sleep_until(clock_now() + span, a[3]);
	return sleep_until(a[0] == CLOCK_REALTIME || a[0] == CLOCK_TAI ? time_real_deadline(span) : span, 0);
}

static void timer_left(const struct timer *timer, uint64_t left[2])
{
	uint64_t now = clock_now();

	left[0] = timer->period;
	left[1] = timer->deadline == UINT64_MAX ? 0 : timer->deadline > now ? timer->deadline - now : 1;
}

static void timer_arm(struct timer *timer, uint64_t period, uint64_t deadline)
{
	timer->period = period;
	timer->deadline = deadline;
	timers_kick();
}

static long itimer_set(uint64_t period, uint64_t span)
{
	struct timer *timer = &timers[TIMER_REAL];

	timer->used = timer->real = true;
	timer->number = SIGALRM;
	timer_arm(timer, period, span ? clock_now() + span : UINT64_MAX);
	return 0;
}

static long itimer_write(addr_t to)
{
	uint64_t left[2];

	timer_left(&timers[TIMER_REAL], left);
	if (!timers[TIMER_REAL].used)
		left[1] = 0;
	const unsigned long value[4] = {(unsigned long)(left[0] / SECOND), (unsigned long)(left[0] % SECOND / 1000),
	                                (unsigned long)(left[1] / SECOND), (unsigned long)(left[1] % SECOND / 1000)};
	return user_write(to, value, sizeof value);
}

long call_getitimer(const uint64_t a[6])
{
	return a[0] ? -EINVAL : itimer_write(a[1]);
}

long call_setitimer(const uint64_t a[6])
{
	unsigned long value[4];

	if (a[0]) {
		call_unsupported("setitimer", "processor time is not measured");
		return -EINVAL;
	}
	if (user_read(value, a[1], sizeof value))
		return -EFAULT;
	if (value[1] >= 1000000 || value[3] >= 1000000 || value[0] > INT32_MAX || value[2] > INT32_MAX)
		return -EINVAL;
	if (a[2] && itimer_write(a[2]))
		return -EFAULT;
	return itimer_set((uint64_t)value[0] * SECOND + value[1] * 1000, (uint64_t)value[2] * SECOND + value[3] * 1000);
}

long call_alarm(const uint64_t a[6])
{
	uint64_t left[2] = {0, 0};

	if (timers[TIMER_REAL].used)
		timer_left(&timers[TIMER_REAL], left);
	itimer_set(0, (uint64_t)(uint32_t)a[0] * SECOND);
	return (long)((left[1] + SECOND - 1) / SECOND);
}

long call_timer_create(const uint64_t a[6])
{
	struct {
		addr_t value;
		int32_t number, notify, thread, padding[SIGEVENT_PADDING];
	} event = {.number = SIGALRM, .notify = SIGEV_SIGNAL};
	uint64_t now;
	uint32_t id = 0;
	long result = clock_of(a[0], &now);

	_Static_assert(sizeof event == 64, "struct sigevent");

	if (result)
		return result;
	if (a[1] && user_read(&event, a[1], sizeof event))
		return -EFAULT;
	if (event.notify != SIGEV_NONE && (event.number < 1 || event.number > SIGNALS))
		return -EINVAL;
	while (id < TIMER_REAL && timers[id].used)
		id++;
	if (id == TIMER_REAL)
		return -EAGAIN;
	timers[id] = (struct timer){.used = true, .number = event.notify == SIGEV_NONE ? 0 : event.number,
	                            .thread = event.notify == SIGEV_THREAD_ID ? (uint32_t)event.thread : 0,
	                            .value = a[1] ? event.value : id, .deadline = UINT64_MAX};
	return user_write(a[2], &id, sizeof id);
}

static struct timer *timer_of(uint64_t id)
{
	return id < TIMER_REAL && timers[id].used ? &timers[id] : NULL;
}

static long timer_write(const struct timer *timer, addr_t to)
{
	uint64_t left[2];

	timer_left(timer, left);
	return time_write(to, left[0]) || time_write(to + time_size(), left[1]) ? -EFAULT : 0;
}

long call_timer_settime(const uint64_t a[6])
{
	struct timer *timer = timer_of(a[0]);
	uint64_t period, span;

	if (!timer)
		return -EINVAL;
	long result = time_read(a[2], &period);
	if (!result)
		result = time_read(a[2] + time_size(), &span);
	if (!result && a[3])
		result = timer_write(timer, a[3]);
	if (result)
		return result;
	uint64_t deadline = a[1] & 1 ? span : clock_now() + span;
	timer_arm(timer, period, span ? deadline : UINT64_MAX);
	return 0;
}

long call_timer_gettime(const uint64_t a[6])
{
	const struct timer *timer = timer_of(a[0]);

	return timer ? timer_write(timer, a[1]) : -EINVAL;
}

long call_timer_getoverrun(const uint64_t a[6])
{
	const struct timer *timer = timer_of(a[0]);

	return timer ? (long)timer->overrun : -EINVAL;
}

long call_timer_delete(const uint64_t a[6])
{
	struct timer *timer = timer_of(a[0]);

	if (!timer)
		return -EINVAL;
	timer->used = false;
	return 0;
}

long call_times(const uint64_t a[6])
{
	unsigned long ticks = (unsigned long)(clock_now() / 10000000);
	const unsigned long value[4] = {ticks, 0, 0, 0};

	return a[0] && user_write(a[0], value, sizeof value) ? -EFAULT : (long)ticks;
}
