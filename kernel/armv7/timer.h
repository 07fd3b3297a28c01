/* SPDX-License-Identifier: MIT */
/*
 * The global timer of the Cortex-A9 (Cortex-A9 MPCore TRM DDI 0407, 4.4), and who waits for it: for each priority a leftist
 * heap of timers that lie in the threads, so adding and removing one costs the logarithm of their number. There is no tick, and
 * nobody is disturbed by timers of lower priorities: those that are due wait until nobody above runs.
 */
#ifndef KERNEL_ARMV7_TIMER_H
#define KERNEL_ARMV7_TIMER_H

#include <kernel/thread.h>

struct thread;

enum timer_kind { TIMER_DEADLINE, TIMER_REFILL };

struct timer {
	struct timer *left, *right, *parent;
	struct thread *thread;
	uint64_t time;            /* machine time, ns */
	uint32_t rank;            /* 0: not in the heap */
	uint32_t priority;        /* in whose heap it is */
	enum timer_kind kind;
};

/* Of one core. */
struct timers {
	struct timer *root[PRIORITY_MAX + 1];  /* the soonest of each priority; NULL: none */
	uint64_t set;                          /* priorities that have one */
	uint64_t programmed;                   /* when the interrupt comes */
};

void timer_add(struct timers *timers, struct timer *timer, uint64_t time, uint32_t priority);
void timer_remove(struct timers *timers, struct timer *timer);

/* When the first timer of `priority` or a higher one is due; UINT64_MAX: never. */
uint64_t timer_next(const struct timers *timers, uint32_t priority);

/* Take the soonest timer of the highest priority that has one whose time has come; NULL: there is none. */
struct timer *timer_take(struct timers *timers, uint64_t now);

/* The clock, which all cores share. */
void timer_init(void);

/*
 * This core, on which somebody of `priority` runs: have an interrupt at the time of its first timer that matters to it, or at
 * `other`, whichever is sooner, or sooner than that.
 */
void timer_program(uint32_t priority, uint64_t other);

/* This core: the interrupt has come. */
void timer_quiet(void);

enum { TIMER_INTERRUPT = 27 };

#endif
