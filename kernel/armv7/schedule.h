/* SPDX-License-Identifier: MIT */
/*
 * Scheduling: fixed priorities, the highest that is ready runs; threads of one priority take turns of SLICE_NS. A thread
 * with a budget runs at most that long in each of its periods, whatever it does. Every thread that is ready is in the
 * queue of its priority at its core, the running one at its head.
 */
#ifndef KERNEL_ARMV7_SCHEDULE_H
#define KERNEL_ARMV7_SCHEDULE_H

#include "kernel/armv7/thread.h"

#define SLICE_NS 10000000ull

/* Below these the kernel would be busy with nothing but switching: ERR_UNSUPPORTED. */
enum { BUDGET_LEAST_US = 100, PERIOD_LEAST_US = 1000 };

/* The state of `thread` changed: it is in its queue now if it is ready, and not if it is not. */
void schedule_update(struct thread *thread);

/* If another core runs `thread` it stops, and what it used is taken off its budget. Before anything of it is changed. */
void schedule_stop(struct thread *thread);

/* It goes. */
void schedule_forget(struct thread *thread);

/* A thread that current waits for, or vice versa: if current blocks now, this one runs in its turn. */
void schedule_prefer(struct thread *thread);

/*
 * The short way from current, which is about to block, to `to`, which is about to be ready. It may be gone if `to` is not
 * throttled, and takes the turn of current, or is alone at its priority with nobody above.
 */
bool schedule_may_hand(const struct thread *to);

/* current blocks, `to` is ready: the registers of `to`. */
struct context *schedule_hand(struct thread *to);

/* Interrupts and time: who wakes, whose slice or budget is over. */
void schedule_interrupt(void);

/* Leave the kernel: the registers of the thread that is to run. Waits while there is none. */
struct context *schedule_next(void);

#endif
