/* SPDX-License-Identifier: MIT */
/*
 * The global timer of the Cortex-A9 (Cortex-A9 MPCore TRM DDI 0407, 4.4), and who waits for it: a leftist heap of timers
 * that lie in the threads, so adding and removing one costs the logarithm of their number. There is no tick.
 */
#ifndef KERNEL_ARMV7_TIMER_H
#define KERNEL_ARMV7_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

enum timer_kind { TIMER_DEADLINE, TIMER_REFILL };

struct timer {
	struct timer *left, *right, *parent;
	struct thread *thread;
	uint64_t time;            /* machine time, ns */
	uint32_t rank;            /* 0: not in the heap */
	enum timer_kind kind;
};

/* Of one core. */
struct timer_heap {
	struct timer *root;       /* the soonest; NULL: none */
	uint64_t programmed;      /* when the interrupt comes */
};

void timer_add(struct timer_heap *heap, struct timer *timer, uint64_t time);
void timer_remove(struct timer_heap *heap, struct timer *timer);

/* Take the first timer if its time has come, else NULL. */
struct timer *timer_take(struct timer_heap *heap, uint64_t now);

/* The clock, which all cores share. */
void timer_init(void);

/* This core: have an interrupt at the time of its first timer or at `other`, whichever is sooner, or sooner than that. */
void timer_program(uint64_t other);

/* This core: the interrupt has come. */
void timer_quiet(void);

enum { TIMER_INTERRUPT = 27 };

#endif
