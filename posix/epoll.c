/* SPDX-License-Identifier: MIT */
/*
 * epoll: a description that watches others. What may be ready is in a list that files' queues fill when they change, so a
 * wait looks only at that. A timer changes by itself: those that are watched are asked when they are due (`timed`, and so
 * is an epoll description, as it may watch one).
 *
 *   description ── items ──┐
 *       queue ── watch ── item ── description of the epoll: quiet or timed; ready
 */
#include <framework/env.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/signal.h"
#include "posix/time.h"
#include "posix/user.h"

enum { EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL, EPOLL_CTL_MOD };
enum { NESTED = 5, EVENTS_MOST = INT32_MAX / EVENT_SIZE };
#define EPOLLEXCLUSIVE (1u << 28)
#define EPOLLWAKEUP (1u << 29)
#define EPOLLONESHOT (1u << 30)
#define EPOLLET (1u << 31)
#define SETTINGS (EPOLLEXCLUSIVE | EPOLLWAKEUP | EPOLLONESHOT | EPOLLET)
#define WITH_EXCLUSIVE (POLLIN | POLLOUT | POLLERR | POLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE)

struct epoll {
	struct link quiet, timed;      /* items, each in one of them */
	struct link ready;             /* items that may be */
	struct wait_queue waiting;     /* threads in epoll_wait: one is woken for what comes */
	struct wait_queue queue;       /* of those that wait for this description to be ready */
	struct description *file;      /* its own */
};

struct item {
	struct watch watch;            /* of the queue of `file` */
	struct epoll *epoll;
	struct description *file;      /* the item goes with it */
	uint32_t descriptor, events;
	uint64_t data;
	struct link all, of_file, ready;
};

static const struct file_kind file_epoll;

static bool item_timed(const struct item *item)
{
	return item->file->kind->deadline != NULL;
}

static uint32_t item_ready(const struct item *item)
{
	return item->file->kind->ready(item->file) & item->events;
}

/* It may be ready. */
static void item_list(struct item *item)
{
	struct epoll *epoll = item->epoll;

	if (list_empty(&item->ready))
		list_insert(&epoll->ready, &item->ready);
	wait_wake(&epoll->waiting, item_timed(item) ? UINT32_MAX : 1);
	wait_tell(&epoll->queue, READABLE);
}

/* One that has told once (EPOLLONESHOT) watches nothing until it is set anew. */
static void item_told(struct watch *watch, uint32_t events)
{
	struct item *item = (struct item *)watch;

	if (item->events & ~SETTINGS && item->events & events)
		item_list(item);
}

static void item_remove(struct item *item)
{
	if (item->watch.link)
		watch_remove(&item->watch);
	list_remove(&item->all);
	list_remove(&item->of_file);
	list_remove(&item->ready);
	heap_free(item);
}

void epoll_forget(struct description *file)
{
	while (!list_empty(&file->items))
		item_remove(list_holder(file->items.next, struct item, of_file));
}

/* Ask those timers that are due; when the next one is. */
static uint64_t timed_look(const struct epoll *epoll)
{
	uint64_t next = UINT64_MAX, now = list_empty(&epoll->timed) ? 0 : clock_now();

	for (const struct link *link = epoll->timed.next; link != &epoll->timed; link = link->next) {
		const struct description *file = list_holder(link, struct item, all)->file;
		uint64_t at = file->kind->deadline(file);
		if (at <= now) {
			(void)file->kind->ready(file);
			at = file->kind->deadline(file);
		}
		next = at < next ? at : next;
	}
	return next;
}

static void epoll_close(struct description *file)
{
	struct epoll *epoll = file->state;
	struct link *const lists[] = {&epoll->quiet, &epoll->timed};

	for (int i = 0; i < 2; i++)
		while (!list_empty(lists[i]))
			item_remove(list_holder(lists[i]->next, struct item, all));
	heap_free(epoll);
}

static uint32_t epoll_ready(const struct description *file)
{
	struct epoll *epoll = file->state;

	timed_look(epoll);
	while (!list_empty(&epoll->ready)) {
		struct item *item = list_holder(epoll->ready.next, struct item, ready);
		if (item_ready(item))
			return READABLE;
		list_remove(&item->ready);
	}
	return 0;
}

static struct wait_queue *epoll_queue(struct description *file)
{
	return &((struct epoll *)file->state)->queue;
}

static uint64_t epoll_deadline(const struct description *file)
{
	const struct epoll *epoll = file->state;
	uint64_t next = UINT64_MAX;

	for (const struct link *link = epoll->timed.next; link != &epoll->timed; link = link->next) {
		const struct description *timed = list_holder(link, struct item, all)->file;
		uint64_t at = timed->kind->deadline(timed);
		next = at < next ? at : next;
	}
	return next;
}

static const struct file_kind file_epoll = {
	.close = epoll_close, .ready = epoll_ready, .queue = epoll_queue, .deadline = epoll_deadline, .type = ANONYMOUS,
};

static long epoll_make(uint64_t flags)
{
	struct epoll *epoll = heap_alloc(sizeof *epoll);
	struct description *file = epoll ? description_make(&file_epoll, O_RDWR) : NULL;

	if (!file) {
		heap_free(epoll);
		return -ENOMEM;
	}
	list_init(&epoll->quiet);
	list_init(&epoll->timed);
	list_init(&epoll->ready);
	epoll->file = file;
	file->state = epoll;
	return description_enter(file, flags & O_CLOEXEC);
}

long call_epoll_create(const uint64_t a[6])
{
	return (int32_t)a[0] <= 0 ? -EINVAL : epoll_make(0);
}

long call_epoll_create1(const uint64_t a[6])
{
	return (uint32_t)a[0] & ~(uint32_t)O_CLOEXEC ? -EINVAL : epoll_make(a[0]);
}

/* How many levels of epoll descriptions there are below; more than NESTED if `upper` is among them. */
static int levels_below(const struct description *file, const struct description *upper, int level)
{
	const struct epoll *epoll = file->state;
	int most = 0;

	if (file == upper || level > NESTED)
		return NESTED + 1;
	for (const struct link *link = epoll->timed.next; link != &epoll->timed && most <= NESTED; link = link->next) {
		const struct description *below = list_holder(link, struct item, all)->file;
		int levels = below->kind == &file_epoll ? 1 + levels_below(below, upper, level + 1) : 0;
		most = levels > most ? levels : most;
	}
	return most;
}

static int levels_above(const struct description *file, int level)
{
	int most = 0;

	if (level > NESTED)
		return level;
	for (const struct link *link = file->items.next; link != &file->items && most <= NESTED; link = link->next) {
		int levels = 1 + levels_above(list_holder(link, struct item, of_file)->epoll->file, level + 1);
		most = levels > most ? levels : most;
	}
	return most;
}

static struct item *item_find(const struct epoll *epoll, const struct description *file, uint32_t descriptor)
{
	for (const struct link *link = file->items.next; link != &file->items; link = link->next) {
		struct item *item = list_holder(link, struct item, of_file);
		if (item->epoll == epoll && item->descriptor == descriptor)
			return item;
	}
	return NULL;
}

/* With a timer those that wait already must reckon anew how long. */
static void item_set(struct item *item, uint32_t events, uint64_t data)
{
	item->events = events | POLLERR | POLLHUP;
	item->data = data;
	if (item_ready(item) || item_timed(item))
		item_list(item);
}

static struct item *item_make(struct epoll *epoll, struct description *file, uint32_t descriptor)
{
	struct item *item = heap_alloc(sizeof *item);
	struct wait_queue *queue = item && file->kind->queue ? file->kind->queue(file) : NULL;

	if (!item)
		return NULL;
	item->watch.told = item_told;
	item->epoll = epoll;
	item->file = file;
	item->descriptor = descriptor;
	list_insert(item_timed(item) ? &epoll->timed : &epoll->quiet, &item->all);
	list_insert(&file->items, &item->of_file);
	list_init(&item->ready);
	if (queue)
		watch_add(&item->watch, queue);
	return item;
}

static long event_read(addr_t from, uint32_t *events, uint64_t *data)
{
	uint8_t event[EVENT_SIZE];
	long result = user_read(event, from, sizeof event);

	if (!result) {
		memcpy(events, event, sizeof *events);
		memcpy(data, event + EVENT_DATA, sizeof *data);
	}
	return result;
}

static long event_write(addr_t to, uint32_t events, uint64_t data)
{
	uint8_t event[EVENT_SIZE] = {0};

	memcpy(event, &events, sizeof events);
	memcpy(event + EVENT_DATA, &data, sizeof data);
	return user_write(to, event, sizeof event);
}

/* What may be asked for, in the order in which Linux looks. */
static long control_check(const struct description *file, const struct description *target, int operation, uint32_t events)
{
	bool nested = target && target->kind == &file_epoll;

	if (!file || !target)
		return -EBADF;
	if (!target->kind->ready)
		return -EPERM;
	if (file == target || file->kind != &file_epoll)
		return -EINVAL;
	if (events & EPOLLEXCLUSIVE &&
	    (operation == EPOLL_CTL_MOD || (operation == EPOLL_CTL_ADD && (nested || events & ~WITH_EXCLUSIVE))))
		return -EINVAL;
	if (operation == EPOLL_CTL_ADD && nested && levels_below(target, file, 0) + 1 + levels_above(file, 0) >= NESTED)
		return -ELOOP;
	return operation >= EPOLL_CTL_ADD && operation <= EPOLL_CTL_MOD ? 0 : -EINVAL;
}

long call_epoll_ctl(const uint64_t a[6])
{
	struct description *file = description_of(a[0]), *target = description_of(a[2]);
	int operation = (int32_t)a[1];
	uint32_t events = 0;
	uint64_t data = 0;

	if (operation != EPOLL_CTL_DEL && event_read(a[3], &events, &data))
		return -EFAULT;
	long result = control_check(file, target, operation, events);
	if (result)
		return result;
	struct item *item = item_find(file->state, target, (uint32_t)a[2]);
	if (operation == EPOLL_CTL_ADD ? item != NULL : item == NULL)
		return item ? -EEXIST : -ENOENT;
	if (operation == EPOLL_CTL_MOD && item->events & EPOLLEXCLUSIVE)
		return -EINVAL;
	if (operation == EPOLL_CTL_DEL) {
		item_remove(item);
		return 0;
	}
	if (!item)
		item = item_make(file->state, target, (uint32_t)a[2]);
	if (!item)
		return -ENOMEM;
	item_set(item, events, data);
	return 0;
}

/*
 * Up to `most` events of what is ready: how many, or -EFAULT. What stays ready comes again behind all others, unless the
 * program wants to hear of changes only.
 */
static long events_take(struct epoll *epoll, addr_t to, long most)
{
	struct link again;
	long count = 0;

	list_init(&again);
	while (count < most && !list_empty(&epoll->ready)) {
		struct item *item = list_holder(epoll->ready.next, struct item, ready);
		uint32_t events = item_ready(item);
		if (events && event_write(to + (addr_t)count * EVENT_SIZE, events, item->data)) {
			count = count ? count : -EFAULT;
			break;
		}
		list_remove(&item->ready);
		if (!events)
			continue;
		count++;
		if (item->events & EPOLLONESHOT)
			item->events &= SETTINGS;
		else if (!(item->events & EPOLLET))
			list_insert(&again, &item->ready);
	}
	while (!list_empty(&again)) {
		struct link *link = again.next;
		list_remove(link);
		list_insert(&epoll->ready, link);
	}
	if (!list_empty(&epoll->ready))
		wait_wake(&epoll->waiting, 1);
	return count;
}

static long events_wait(struct epoll *epoll, addr_t to, long most, uint64_t deadline)
{
	for (;;) {
		uint64_t next = timed_look(epoll), until = next < deadline ? next : deadline;
		long count = events_take(epoll, to, most);
		if (count || !deadline)
			return count;
		long result = wait_on(&epoll->waiting, until);
		if (result == -ETIMEDOUT && until == deadline)
			deadline = 0;            /* one more look */
		else if (result == -EINTR)
			return result;
	}
}

static long epoll_run(const uint64_t a[6], uint64_t deadline)
{
	struct description *file = description_of(a[0]);
	long most = (int32_t)a[2];

	if (most <= 0 || most > EVENTS_MOST)
		return -EINVAL;
	if (a[1] > LIBRARY_LOW - (uint64_t)most * EVENT_SIZE)
		return -EFAULT;
	if (!file)
		return -EBADF;
	if (file->kind != &file_epoll)
		return -EINVAL;
	file->references++;
	long result = events_wait(file->state, (addr_t)a[1], most, deadline);
	description_release(file);
	return result;
}

static uint64_t deadline_after(uint64_t milliseconds)
{
	int32_t limit = (int32_t)milliseconds;

	return limit < 0 ? UINT64_MAX : limit ? clock_now() + (uint64_t)limit * 1000000 : 0;
}

long call_epoll_wait(const uint64_t a[6])
{
	return epoll_run(a, deadline_after(a[3]));
}

long call_epoll_pwait(const uint64_t a[6])
{
	long result = signal_mask_lend(a[4], a[5]);

	return result ? result : signal_mask_return(epoll_run(a, deadline_after(a[3])));
}

long call_epoll_pwait2(const uint64_t a[6])
{
	uint64_t deadline;
	long result = time_limit(a[3], &deadline);

	if (!result)
		result = signal_mask_lend(a[4], a[5]);
	return result ? result : signal_mask_return(epoll_run(a, deadline));
}
