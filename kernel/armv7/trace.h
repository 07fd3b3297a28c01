/* SPDX-License-Identifier: MIT */
/*
 * A record of what the schedulers do, on boards that have BOARD_TRACE entries for it (0: none, and nothing is left of this).
 * It is in order, because who writes holds the lock; when it is full, what follows is counted only. Images that end by
 * end_trace.c print it: number, time in ns, core, event, thread, its priority; read by test/cores/check.py.
 */
#ifndef KERNEL_ARMV7_TRACE_H
#define KERNEL_ARMV7_TRACE_H

#include <board.h>

#include "kernel/armv7/thread.h"
#include "kernel/object/machine.h"

enum trace_event {
	TRACE_READY,     /* the thread joins the run queue of its priority and core */
	TRACE_LEAVES,    /* it leaves it */
	TRACE_RUNS,      /* the core has its registers */
	TRACE_TAKEN,     /* the core has them no more: another core took it */
	TRACE_IDLE,      /* the core has nobody's */
	TRACE_THROTTLED, /* its budget is used; until it is ... */
	TRACE_REFILLED,  /* ... */
	TRACE_SCHEDULED, /* it got another priority, core or budget, which is whole */
	TRACE_EVENTS
};

void trace_add(enum trace_event event, uint32_t core, const struct thread *thread, uint64_t time);

/* It happens now, or happened at `time`. */
static inline void trace(enum trace_event event, uint32_t core, const struct thread *thread)
{
	if (BOARD_TRACE)
		trace_add(event, core, thread, machine_now());
}

static inline void trace_at(enum trace_event event, uint32_t core, const struct thread *thread, uint64_t time)
{
	if (BOARD_TRACE)
		trace_add(event, core, thread, time);
}

/* To the console. */
void trace_print(void);

#endif
