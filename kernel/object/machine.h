/* SPDX-License-Identifier: MIT */
/* What the portable part of a kernel asks of the machine part. */
#ifndef KERNEL_OBJECT_MACHINE_H
#define KERNEL_OBJECT_MACHINE_H

#include "kernel/object/thread.h"

/* Nanoseconds of the machine's monotonic clock. */
uint64_t machine_now(void);

/* The operation a thread was blocked in ended with `result`: note it, and let the thread run unless paused. */
void machine_continue(struct thread *thread, err_t result);

/* The handler of a thread's fault answered: retry, reflect or stop. */
void machine_fault_done(struct thread *thread, enum fault_reply how);

/* thread->deadline was set, or is of no interest any more. */
void machine_deadline_start(struct thread *thread);
void machine_deadline_stop(struct thread *thread);

#endif
