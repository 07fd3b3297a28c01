/* SPDX-License-Identifier: MIT */
/* poll and select, over what kinds of files tell of their readiness (description.h). epoll.c is the third over that. */
#include <framework/env.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/signal.h"
#include "posix/time.h"
#include "posix/user.h"

enum { POLLS = DESCRIPTORS, LONG_BITS = 8 * sizeof(long), SECOND = 1000000000 };

struct poll {
	int32_t descriptor;
	int16_t wanted, found;
};

/* What a look goes on to wait for: queues, and the files that they belong to, which are held meanwhile. */
struct pollers {
	struct waiter *waiters;
	struct description **files;
	uint32_t count;
	uint64_t until;
};

static void look(struct poll *poll, struct pollers *pollers)
{
	struct description *file = poll->descriptor < 0 ? NULL : description_of((uint64_t)poll->descriptor);

	poll->found = poll->descriptor >= 0 ? POLLNVAL : 0;
	if (!file)
		return;
	const struct file_kind *kind = file->kind;
	uint32_t ready = kind->ready ? kind->ready(file) : READABLE | WRITABLE;
	poll->found = (int16_t)(ready & ((uint16_t)poll->wanted | POLLERR | POLLHUP));
	struct wait_queue *queue = kind->queue ? kind->queue(file) : NULL;
	if (queue) {
		pollers->files[pollers->count] = file;
		pollers->waiters[pollers->count++] = (struct waiter){.queue = queue};
	}
	uint64_t at = kind->deadline ? kind->deadline(file) : UINT64_MAX;
	pollers->until = at < pollers->until ? at : pollers->until;
}

static long pollers_wait(struct pollers *pollers)
{
	struct wait_queue never = {0};
	uint32_t count = pollers->count;

	for (uint32_t i = 0; i < count; i++)
		pollers->files[i]->references++;
	if (!count)
		pollers->waiters[0] = (struct waiter){.queue = &never};
	long result = wait_any(pollers->waiters, count ? count : 1, pollers->until);
	for (uint32_t i = 0; i < count; i++)
		description_release(pollers->files[i]);
	return result;
}

/* Number of those that are ready; 0 after the deadline. What is ready counts more than a signal. */
static long poll_wait(struct poll *polls, uint32_t count, uint64_t deadline)
{
	struct pollers pollers = {.waiters = heap_alloc((count + 1) * sizeof *pollers.waiters),
	                          .files = heap_alloc((count + 1) * sizeof *pollers.files)};
	long ready = 0, result = pollers.waiters && pollers.files ? 0 : -ENOMEM;

	while (result != -ENOMEM) {
		pollers.count = 0;
		pollers.until = deadline;
		for (uint32_t i = 0; i < count; i++) {
			look(&polls[i], &pollers);
			ready += polls[i].found != 0;
		}
		if (ready || result)
			break;
		if (!deadline)
			result = signal_deliverable(thread_self()) ? -EINTR : -ETIMEDOUT;
		else
			result = pollers_wait(&pollers);
		if (result == -ETIMEDOUT && pollers.until < deadline)
			result = 0;
	}
	heap_free(pollers.waiters);
	heap_free(pollers.files);
	return ready ? ready : result == -ETIMEDOUT ? 0 : result;
}

static long poll_run(addr_t at, uint32_t count, uint64_t deadline)
{
	if (count > POLLS)
		return -EINVAL;
	struct poll *polls = heap_alloc(count * sizeof *polls + 1);
	if (!polls)
		return -ENOMEM;
	long result = user_read(polls, at, count * sizeof *polls);
	if (!result)
		result = poll_wait(polls, count, deadline);
	if (result >= 0 && user_write(at, polls, count * sizeof *polls))
		result = -EFAULT;
	heap_free(polls);
	return result;
}

long call_poll(const uint64_t a[6])
{
	int32_t limit = (int32_t)a[2];
	uint64_t deadline = limit < 0 ? UINT64_MAX : limit ? clock_now() + (uint64_t)limit * 1000000 : 0;

	return poll_run(a[0], (uint32_t)a[1], deadline);
}

/* What is left of the time goes back into the program's memory, where that can be written to. */
static uint64_t left_until(uint64_t deadline)
{
	uint64_t now = clock_now();

	return deadline > now ? deadline - now : 0;
}

static long limit_return(addr_t to, uint64_t deadline, long result)
{
	if (to && deadline)
		(void)!time_write(to, left_until(deadline));
	return signal_mask_return(result);
}

long call_ppoll(const uint64_t a[6])
{
	uint64_t deadline;
	long result = time_limit(a[2], &deadline);

	if (!result)
		result = signal_mask_lend(a[3], a[4]);
	return result ? result : limit_return(a[2], deadline, poll_run(a[0], (uint32_t)a[1], deadline));
}

enum { SETS = 3 };
struct select {
	uint32_t count;
	addr_t at[SETS];
	uint64_t bytes, bits[SETS][POLLS / 64];
};

static const uint32_t set_events[SETS] = {
	POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR, POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR, POLLPRI};

/* As many as Linux's table of descriptors would have room for: what lies beyond is not looked at. */
static uint32_t select_count(uint32_t wanted)
{
	uint32_t room = (descriptors_top() + LONG_BITS - 1) / LONG_BITS * LONG_BITS;

	room = room < LONG_BITS ? LONG_BITS : room;
	return wanted < room ? wanted : room;
}

/* Sets into a list of what is looked for: how many, or -errno. */
static long select_list(const struct select *select, struct poll *list)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < select->count; i++) {
		uint32_t events = 0;
		for (int k = 0; k < SETS; k++)
			events |= select->bits[k][i / 64] >> i % 64 & 1 ? set_events[k] : 0;
		if (events && !description_of(i))
			return -EBADF;
		if (events)
			list[count++] = (struct poll){(int32_t)i, (int16_t)events, 0};
	}
	return count;
}

/* Of each set what is ready of what was in it: the sum. */
static long select_answer(struct select *select, const struct poll *list, long count)
{
	long total = 0;

	for (int k = 0; k < SETS; k++) {
		uint64_t found[POLLS / 64] = {0};
		for (long i = 0; i < count; i++) {
			uint32_t at = (uint32_t)list[i].descriptor;
			if ((uint16_t)list[i].found & set_events[k] && select->bits[k][at / 64] >> at % 64 & 1) {
				found[at / 64] |= 1ull << at % 64;
				total++;
			}
		}
		if (select->at[k] && user_write(select->at[k], found, select->bytes))
			return -EFAULT;
	}
	return total;
}

static long select_run(const uint64_t a[6], uint64_t deadline)
{
	struct select select = {.at = {(addr_t)a[1], (addr_t)a[2], (addr_t)a[3]}};

	if ((int32_t)a[0] < 0)
		return -EINVAL;
	select.count = select_count((uint32_t)a[0]);
	select.bytes = (select.count + LONG_BITS - 1) / LONG_BITS * sizeof(long);
	for (int k = 0; k < SETS; k++)
		if (select.at[k] && user_read(select.bits[k], select.at[k], select.bytes))
			return -EFAULT;
	struct poll *list = heap_alloc(POLLS * sizeof *list);
	if (!list)
		return -ENOMEM;
	long count = select_list(&select, list);
	long result = count < 0 ? count : poll_wait(list, (uint32_t)count, deadline);
	if (result >= 0)
		result = select_answer(&select, list, count);
	heap_free(list);
	return result;
}

/* A struct timeval, whose microseconds may be more than a second. */
long call_select(const uint64_t a[6])
{
	uint64_t deadline = UINT64_MAX;
	long value[2];

	if (a[4]) {
		if (user_read(value, a[4], sizeof value))
			return -EFAULT;
		if (value[0] < 0 || value[1] < 0)
			return -EINVAL;
		uint64_t span = value[0] > INT32_MAX ? INT64_MAX : (uint64_t)value[0] * SECOND + (uint64_t)value[1] * 1000;
		deadline = span ? clock_now() + span : 0;
	}
	long result = select_run(a, deadline);
	if (a[4] && deadline) {
		uint64_t left = left_until(deadline);
		const unsigned long rest[2] = {(unsigned long)(left / SECOND), (unsigned long)(left % SECOND / 1000)};
		(void)!user_write(a[4], rest, sizeof rest);
	}
	return result;
}

long call_pselect(const uint64_t a[6])
{
	addr_t mask[2] = {0, 0};
	uint64_t deadline;
	long result = time_limit(a[4], &deadline);

	if (!result && a[5] && user_read(mask, a[5], sizeof mask))
		result = -EFAULT;
	if (!result)
		result = signal_mask_lend(mask[0], mask[1]);
	return result ? result : limit_return(a[4], deadline, select_run(a, deadline));
}
