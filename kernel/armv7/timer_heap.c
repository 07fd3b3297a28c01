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

void timer_add(struct timer_heap *heap, struct timer *timer, uint64_t time)
{
	timer->time = time;
	timer->left = timer->right = timer->parent = NULL;
	timer->rank = 1;
	heap->root = merge(heap->root, timer);
	heap->root->parent = NULL;
}

void timer_remove(struct timer_heap *heap, struct timer *timer)
{
	struct timer *parent = timer->parent, *rest;

	if (!timer->rank)
		return;
	timer->rank = 0;
	rest = merge(timer->left, timer->right);
	if (rest)
		rest->parent = parent;
	if (!parent)
		heap->root = rest;
	else if (parent->left == timer)
		parent->left = rest;
	else
		parent->right = rest;
	while (parent && balance(parent))
		parent = parent->parent;
}

struct timer *timer_take(struct timer_heap *heap, uint64_t now)
{
	struct timer *first = heap->root;

	if (!first || first->time > now)
		return NULL;
	timer_remove(heap, first);
	return first;
}
