/* SPDX-License-Identifier: MIT */
/*
 * Long work in pieces (machine_work_stop). A call that stops for an interrupt is made again by its thread: from the svc,
 * with the same registers, all of them checked anew. What it had done is kept here meanwhile; any other call, and whoever
 * writes the thread's state, forgets it.
 */
#ifndef KERNEL_ARMV7_WORK_H
#define KERNEL_ARMV7_WORK_H

#include "kernel/armv7/thread.h"

/* Before a call is decoded, if something is noted: it counts for the very same call alone. */
void work_begin(struct thread *thread);

/* After it, likewise: true if it stopped and is to be made again. */
bool work_end(struct thread *thread);

/* What is noted is of no use any more. */
void work_forget(struct thread *thread);

/* The work failed: from now on the same call undoes it, from 0 on, and ends with `err`. OK: it did not fail. */
void work_fail(err_t err);
err_t work_failed(void);

/* The call of current that stopped pauses or resumes `pd`, and until it is done or forgotten nobody else does; no call does. */
void work_change(struct pd *pd);
void work_unchange(struct pd *pd);

/* Take bytes for an object that is made piece by piece: nothing happens if this call did. They go back if it is not made. */
err_t work_take(uint32_t address, uint32_t size) MUST_CHECK;

/* The object is made. */
void work_keep(void);

#endif
