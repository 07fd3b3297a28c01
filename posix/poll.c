/* SPDX-License-Identifier: MIT */
/* poll and select. epoll is not there: callers get ENOSYS and the log names it. */
#include <framework/env.h>
#include <framework/heap.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/signal.h"
#include "posix/time.h"
#include "posix/user.h"

enum { POLLS = 1024, LONG_BITS = 8 * sizeof(long) };

struct poll {
	int32_t descriptor;
	int16_t wanted, found;
};

static uint32_t look(const struct poll *poll)
{
	const struct description *file;
	const uint32_t always = POLLERR | POLLHUP | POLLNVAL;

	if (poll->descriptor < 0)
		return 0;
	file = description_of((uint64_t)poll->descriptor);
	if (!file)
		return POLLNVAL;
	uint32_t ready = file->kind->ready ? file->kind->ready(file) : POLLIN | POLLOUT;
	return ready & ((uint16_t)poll->wanted | always);
}

/* Number of those that are ready; 0 after the deadline. */
static long poll_wait(struct poll *polls, uint32_t count, uint64_t deadline)
{
	struct waiter *waiters = heap_alloc((count + 1) * sizeof *waiters);
	struct wait_queue never = {0};
	long ready = 0, result = 0;

	if (!waiters)
		return -ENOMEM;
	for (;;) {
		uint64_t until = deadline;
		uint32_t waiting = 0;
		ready = 0;
		for (uint32_t i = 0; i < count; i++) {
			polls[i].found = (int16_t)look(&polls[i]);
			ready += polls[i].found != 0;
			struct description *file = polls[i].descriptor < 0 ? NULL
			                                                    : description_of((uint64_t)polls[i].descriptor);
			if (file && file->kind->queue && file->kind->queue(file))
				waiters[waiting++] = (struct waiter){.queue = file->kind->queue(file)};
			if (file && file->kind->deadline && file->kind->deadline(file) < until)
				until = file->kind->deadline(file);
		}
		if (ready || result)
			break;
		if (!waiting)
			waiters[waiting++] = (struct waiter){.queue = &never};
		result = deadline ? wait_any(waiters, waiting, until) : -ETIMEDOUT;
		if (result == -ETIMEDOUT && until < deadline)
			result = 0;
	}
	heap_free(waiters);
	return ready ? ready : result == -ETIMEDOUT ? 0 : result;
}

static long poll_run(addr_t at, uint64_t count, uint64_t deadline)
{
	if (count > POLLS)
		return -EINVAL;
	struct poll *polls = heap_alloc(count * sizeof *polls + 1);
	if (!polls)
		return -ENOMEM;
	long result = user_read(polls, at, count * sizeof *polls);
	if (!result)
		result = poll_wait(polls, (uint32_t)count, deadline);
	if (result >= 0 && user_write(at, polls, count * sizeof *polls))
		result = -EFAULT;
	heap_free(polls);
	return result;
}

long call_poll(const uint64_t a[6])
{
	int32_t limit = (int32_t)a[2];
	uint64_t deadline = limit < 0 ? UINT64_MAX : limit ? clock_now() + (uint64_t)limit * 1000000 : 0;

	return poll_run(a[0], a[1], deadline);
}

/* A mask for the time of the wait, as sigsuspend. */
static long mask_set(addr_t at)
{
	struct thread *self = thread_self();
	uint64_t mask;

	if (!at)
		return 0;
	if (user_read(&mask, at, sizeof mask))
		return -EFAULT;
	self->saved_mask = self->mask;
	self->restore_mask = true;
	self->mask = mask & ~UNBLOCKABLE;
	return 0;
}

static long deadline_of(addr_t at, uint64_t *deadline)
{
	uint64_t span;
	long result;

	*deadline = UINT64_MAX;
	if (!at)
		return 0;
	result = time_read(at, &span);
	if (!result)
		*deadline = span ? clock_now() + span : 0;
	return result;
}

long call_ppoll(const uint64_t a[6])
{
	uint64_t deadline;
	long result = deadline_of(a[2], &deadline);

	if (!result)
		result = mask_set(a[3]);
	return result ? result : poll_run(a[0], a[1], deadline);
}

static long select_run(const uint64_t a[6], uint64_t deadline)
{
	static const int16_t wanted[3] = {POLLIN, POLLOUT, 0};
	uint64_t sets[3][POLLS / 64] = {{0}}, bytes = (a[0] + LONG_BITS - 1) / LONG_BITS * sizeof(long);
	uint32_t count = 0;
	long total = 0;

	if (a[0] > POLLS)
		return -EINVAL;
	for (int k = 0; k < 3; k++)
		if (a[1 + k] && user_read(sets[k], a[1 + k], bytes))
			return -EFAULT;
	struct poll *list = heap_alloc(POLLS * sizeof *list);
	if (!list)
		return -ENOMEM;
	for (uint32_t i = 0; i < a[0]; i++) {
		int16_t events = 0;
		for (int k = 0; k < 3; k++)
			events |= (sets[k][i / 64] >> i % 64 & 1) ? wanted[k] : 0;
		if (events)
			list[count++] = (struct poll){(int32_t)i, events, 0};
	}
	long result = poll_wait(list, count, deadline);
	for (int k = 0; k < 3; k++) {
		for (uint64_t i = 0; i < POLLS / 64; i++)
			sets[k][i] = 0;
		for (uint32_t i = 0; i < count && result > 0; i++)
			if (list[i].found & (wanted[k] | POLLHUP | POLLERR) && list[i].wanted & wanted[k]) {
				sets[k][list[i].descriptor / 64] |= 1ull << list[i].descriptor % 64;
				total++;
			}
		if (result >= 0 && a[1 + k] && user_write(a[1 + k], sets[k], bytes))
			result = -EFAULT;
	}
	heap_free(list);
	return result > 0 ? total : result;
}

long call_select(const uint64_t a[6])
{
	uint64_t deadline = UINT64_MAX;
	long value[2];

	if (a[4]) {
		if (user_read(value, a[4], sizeof value))
			return -EFAULT;
		uint64_t span = (uint64_t)value[0] * 1000000000 + (uint64_t)value[1] * 1000;
		deadline = span ? clock_now() + span : 0;
	}
	return select_run(a, deadline);
}

long call_pselect(const uint64_t a[6])
{
	addr_t mask[2] = {0, 0};
	uint64_t deadline;
	long result = deadline_of(a[4], &deadline);

	if (!result && a[5] && user_read(mask, a[5], sizeof mask))
		result = -EFAULT;
	if (!result)
		result = mask_set(mask[0]);
	return result ? result : select_run(a, deadline);
}
