/* SPDX-License-Identifier: MIT */
/*
 * Who waits for a time: a leftist heap (C. A. Crane, 1972). A timer's rank is the length of its right spine, which is never
 * longer than the left one, so spines have at most the logarithm of the number of timers.
 */
#include <stddef.h>

#include "kernel/armv7/timer.h"

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

void timer_add(struct timers *timers, struct timer *timer, uint64_t time, uint32_t priority)
{
	struct timer **root = &timers->root[priority];

	timer->time = time;
	timer->priority = priority;
	timer->left = timer->right = timer->parent = NULL;
	timer->rank = 1;
	*root = merge(*root, timer);
	(*root)->parent = NULL;
	timers->set |= 1ull << priority;
}

void timer_remove(struct timers *timers, struct timer *timer)
{
	struct timer *parent = timer->parent, *rest;

	if (!timer->rank)
		return;
	timer->rank = 0;
	rest = merge(timer->left, timer->right);
	if (rest)
		rest->parent = parent;
	if (!parent)
		timers->root[timer->priority] = rest;
	else if (parent->left == timer)
		parent->left = rest;
	else
		parent->right = rest;
	if (!parent && !rest)
		timers->set &= ~(1ull << timer->priority);
	while (parent && balance(parent))
		parent = parent->parent;
}

uint64_t timer_next(const struct timers *timers, uint32_t priority)
{
	uint64_t next = UINT64_MAX;

	for (uint64_t set = timers->set >> priority << priority; set; set &= set - 1) {
		uint64_t time = timers->root[__builtin_ctzll(set)]->time;
		next = time < next ? time : next;
	}
	return next;
}

struct timer *timer_take(struct timers *timers, uint64_t now)
{
	uint64_t set = timers->set;

	while (set) {
		uint32_t priority = 63 - (uint32_t)__builtin_clzll(set);
		struct timer *first = timers->root[priority];
		if (first->time <= now) {
			timer_remove(timers, first);
			return first;
		}
		set &= ~(1ull << priority);
	}
	return NULL;
}
