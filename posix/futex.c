/* SPDX-License-Identifier: MIT */
/* Futexes (futex(2)): waiters by address in a few queues. The value is compared under the lock, so no wake-up is lost. */
#include <kernel/pd.h>

#include "posix/errno.h"
#include "posix/futex.h"
#include "posix/handlers.h"
#include "posix/time.h"
#include "posix/user.h"
#include "posix/wait.h"

enum {
	FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4, FUTEX_WAKE_OP = 5, FUTEX_WAIT_BITSET = 9,
	FUTEX_WAKE_BITSET = 10, FUTEX_PRIVATE = 128, FUTEX_CLOCK_REALTIME = 256
};
enum { QUEUES = 128 };

struct futex_waiter {
	struct waiter waiter;      /* first; key is the bit set */
	addr_t address;
};

static struct wait_queue queues[QUEUES];

static struct wait_queue *queue_of(addr_t address)
{
	return &queues[(address >> 2) * 0x9e3779b97f4a7c15ull >> 57];
}

static uint32_t wake(addr_t address, uint32_t count, uint32_t bits)
{
	uint32_t woken = 0;

	for (struct waiter *at = queue_of(address)->first, *next; at && woken < count; at = next) {
		next = at->next;
		if (((struct futex_waiter *)at)->address != address || !(at->key & bits))
			continue;
		waiter_wake(at);
		woken++;
	}
	return woken;
}

void futex_wake_all(addr_t address)
{
	wake(address, UINT32_MAX, UINT32_MAX);
}

void futex_owner_died(addr_t address, uint32_t owner)
{
	const uint32_t has_waiters = 1u << 31, owner_died = 1u << 30, owner_bits = owner_died - 1;
	uint32_t value, found;

	if (address % 4 || user_load(address, &value))
		return;
	while ((value & owner_bits) == owner) {
		if (user_exchange(address, value, (value & has_waiters) | owner_died, &found))
			return;
		if (found == value) {
			wake(address, 1, UINT32_MAX);
			return;
		}
		value = found;
	}
}

/* Move waiters to another address; those of another queue as well, by putting them there. */
static uint32_t requeue(addr_t from, addr_t to, uint32_t count)
{
	uint32_t moved = 0;

	for (struct waiter *at = queue_of(from)->first, *next; at && moved < count; at = next) {
		next = at->next;
		if (((struct futex_waiter *)at)->address != from)
			continue;
		((struct futex_waiter *)at)->address = to;
		waiter_move(at, queue_of(to));
		moved++;
	}
	return moved;
}

static long futex_wait(addr_t address, uint32_t expected, uint32_t bits, uint64_t deadline)
{
	struct futex_waiter waiter = {.waiter = {.queue = queue_of(address), .key = bits}, .address = address};
	uint32_t value;

	if (!bits)
		return -EINVAL;
	if (user_load(address, &value))
		return -EFAULT;
	if (value != expected)
		return -EAGAIN;
	return wait_any(&waiter.waiter, 1, deadline);
}

static long deadline_read(const uint64_t a[6], uint32_t operation, uint64_t *deadline)
{
	uint64_t now = clock_now(), value;

	*deadline = UINT64_MAX;
	if (!a[3])
		return 0;
	long result = time_read(a[3], &value);
	if (result)
		return result;
	if (operation == FUTEX_WAIT)
		*deadline = value > UINT64_MAX - now ? UINT64_MAX : now + value;
	else if (a[1] & FUTEX_CLOCK_REALTIME)
		*deadline = time_real_deadline(value);
	else
		*deadline = value;
	return 0;
}

static long wake_op(const uint64_t a[6])
{
	uint32_t operation = (uint32_t)a[5], old, found, argument = operation << 8 >> 20, limit = operation << 20 >> 20;

	if (operation >> 31)
		argument = 1u << (argument & 31);
	if (user_load(a[4], &old))
		return -EFAULT;
	for (;;) {
		const uint32_t results[] = {argument, old + argument, old | argument, old & ~argument, old ^ argument};
		uint32_t kind = operation >> 28 & 7;
		if (kind > 4)
			return -ENOSYS;
		if (user_exchange(a[4], old, results[kind], &found))
			return -EFAULT;
		if (found == old)
			break;
		old = found;
	}
	const bool compared[] = {old == limit, old != limit, (int)old < (int)limit, (int)old <= (int)limit,
	                         (int)old > (int)limit, (int)old >= (int)limit};
	uint32_t comparison = operation >> 24 & 15, woken = wake(a[0], (uint32_t)a[2], UINT32_MAX);
	if (comparison > 5)
		return -ENOSYS;
	return compared[comparison] ? woken + wake(a[4], (uint32_t)a[3], UINT32_MAX) : woken;
}

long call_futex(const uint64_t a[6])
{
	uint32_t operation = (uint32_t)a[1] & 127, value;
	uint64_t deadline;

	if (a[0] % 4)
		return -EINVAL;
	switch (operation) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET: {
		long result = deadline_read(a, operation, &deadline);
		uint32_t bits = operation == FUTEX_WAIT ? UINT32_MAX : (uint32_t)a[5];
		return result ? result : futex_wait(a[0], (uint32_t)a[2], bits, deadline);
	}
	case FUTEX_WAKE: return wake(a[0], (uint32_t)a[2], UINT32_MAX);
	case FUTEX_WAKE_BITSET: return a[5] ? (long)wake(a[0], (uint32_t)a[2], (uint32_t)a[5]) : -EINVAL;
	case FUTEX_CMP_REQUEUE:
		if (user_load(a[0], &value))
			return -EFAULT;
		if (value != (uint32_t)a[5])
			return -EAGAIN;
		/* fall through */
	case FUTEX_REQUEUE: {
		uint32_t woken = wake(a[0], (uint32_t)a[2], UINT32_MAX);
		return woken + requeue(a[0], a[4], (uint32_t)a[3]);
	}
	case FUTEX_WAKE_OP: return wake_op(a);
	default: call_unsupported("futex", "priority inheritance"); return -ENOSYS;
	}
}
