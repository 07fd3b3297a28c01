/* SPDX-License-Identifier: MIT */
/* The global timer and the heap of timers: see timer.h. */
#include <board.h>
#include <stddef.h>

#include "kernel/armv7/cpu.h"
#include "kernel/armv7/thread.h"
#include "kernel/object/machine.h"

#define TIMER (BOARD_PERIPHERALS + 0x200)
enum { COUNT_LOW = 0x00, COUNT_HIGH = 0x04, CONTROL = 0x08, STATUS = 0x0c, COMPARE_LOW = 0x10, COMPARE_HIGH = 0x14 };
enum { ENABLE = 1, COMPARE = 2, INTERRUPT = 4 };

static struct timer *root;
static uint64_t programmed = UINT64_MAX;

void timer_init(void)
{
	*device(TIMER + CONTROL) = ENABLE;
}

static uint64_t ticks(void)
{
	uint32_t high, low;

	do {
		high = *device(TIMER + COUNT_HIGH);
		low = *device(TIMER + COUNT_LOW);
	} while (high != *device(TIMER + COUNT_HIGH));
	return (uint64_t)high << 32 | low;
}

uint64_t machine_now(void)
{
	return ticks() * BOARD_TICK_NS;
}

/* The comparator fires on "at or behind", so it stays off when there is nothing to wait for. */
void timer_program(uint64_t other)
{
	uint64_t next = root && root->time < other ? root->time : other;

	if (next >= programmed)
		return;
	programmed = next;
	uint64_t at = next / BOARD_TICK_NS + 1;
	*device(TIMER + CONTROL) = ENABLE;
	*device(TIMER + COMPARE_LOW) = (uint32_t)at;
	*device(TIMER + COMPARE_HIGH) = (uint32_t)(at >> 32);
	*device(TIMER + CONTROL) = ENABLE | COMPARE | INTERRUPT;
}

void timer_quiet(void)
{
	*device(TIMER + CONTROL) = ENABLE;
	*device(TIMER + STATUS) = 1;
	programmed = UINT64_MAX;
}

static uint32_t rank_of(const struct timer *timer)
{
	return timer ? timer->rank : 0;
}

/* The longer right spine goes to the left. True if the rank changed. */
static bool balance(struct timer *timer)
{
	if (rank_of(timer->left) < rank_of(timer->right)) {
		struct timer *left = timer->left;
		timer->left = timer->right;
		timer->right = left;
	}
	uint32_t rank = rank_of(timer->right) + 1, before = timer->rank;
	timer->rank = rank;
	return rank != before;
}

static struct timer *merge(struct timer *a, struct timer *b)
{
	if (!a || !b)
		return a ? a : b;
	if (b->time < a->time) {
		struct timer *first = b;
		b = a;
		a = first;
	}
	a->right = merge(a->right, b);
	a->right->parent = a;
	balance(a);
	return a;
}

void timer_add(struct timer *timer, uint64_t time)
{
	timer->time = time;
	timer->left = timer->right = timer->parent = NULL;
	timer->rank = 1;
	root = merge(root, timer);
	root->parent = NULL;
}

void timer_remove(struct timer *timer)
{
	struct timer *parent = timer->parent, *rest;

	if (!timer->rank)
		return;
	timer->rank = 0;
	rest = merge(timer->left, timer->right);
	if (rest)
		rest->parent = parent;
	if (!parent)
		root = rest;
	else if (parent->left == timer)
		parent->left = rest;
	else
		parent->right = rest;
	while (parent && balance(parent))
		parent = parent->parent;
}

struct timer *timer_take(uint64_t now)
{
	struct timer *first = root;

	if (!first || first->time > now)
		return NULL;
	timer_remove(first);
	return first;
}

void machine_deadline_stop(struct thread *thread)
{
	if (thread->machine)
		timer_remove(&thread->machine->deadline);
}

void machine_deadline_start(struct thread *thread)
{
	uint64_t time = thread->deadline - (uint64_t)thread->pd->clock_offset;

	machine_deadline_stop(thread);
	if (thread->deadline == UINT64_MAX)
		return;
	if ((int64_t)time < 0)
		time = thread->pd->clock_offset > 0 ? 0 : UINT64_MAX;
	timer_add(&thread->machine->deadline, time);
}
