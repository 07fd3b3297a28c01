/* SPDX-License-Identifier: MIT */
/*
 * What this kernel adds to a thread: one unit of the domain's pool. While the thread runs its registers are in the
 * processor; in the kernel all of them are in `user`, except the vector registers, which stay in the processor until
 * another thread uses them.
 *
 * A thread blocked in a kernel call has ip behind the svc and its arguments in place: the call can be done again from
 * the svc, or be ended by writing r0.
 */
#ifndef KERNEL_ARMV7_THREAD_H
#define KERNEL_ARMV7_THREAD_H

#include "kernel/armv7/timer.h"
#include "kernel/object/thread.h"

/* vector.S knows the offsets. */
struct context {
	uint32_t r[16];
	uint32_t cpsr;
	uint32_t tls;
};

/* vfp.S knows the offsets. */
struct vector {
	uint32_t fpscr;
	uint32_t used;       /* the thread has used them since it got its state */
	uint64_t d[32];
};

/* A call that is made again (work.h). */
struct work {
	bool noted;          /* there is something here */
	bool again;          /* it stopped, and was not made again yet */
	uint32_t number;     /* which it was */
	uint32_t r[5];
	uint32_t failed;     /* err_t */
	uint64_t done;
	uint32_t taken;      /* an object that is being made: its address, and the bytes that were donated */
	uint32_t taken_size;
	struct pd *changes;  /* that is being paused or resumed */
};

struct thread_machine {
	struct context user;
	struct vector vector;
	struct link ready;         /* in the run queue of its priority */
	struct timer deadline;
	struct timer refill;       /* while it is throttled: the end of its period */
	uint64_t budget_left;      /* ns; of threads with a budget */
	uint64_t period_end;       /* machine time */
	uint64_t started;          /* when it was switched to */
	bool throttled;
	uint32_t turn;             /* of its domain, when it was last dealt with */
	struct work work;
};

/* The handlers of reflection: store the registers at `offset` of the control block, go on at `entry`. */
void thread_reflect(struct thread *thread, uint32_t offset, uint32_t entry, uint32_t stack);

/* Registers as a thread may have them: ERR_ARGUMENT. With vfp_size 0 the vector registers are `initial` or untouched. */
err_t thread_load(struct thread *thread, const struct registers *registers, bool initial) MUST_CHECK;

/* An instruction was undefined. True if it was only that the vector registers were off: they are on now. */
bool vector_trap(struct thread *thread);

/* On for their owner, off for others. With several cores those of the one before go to its memory: it may be read anywhere. */
void vector_switch(const struct thread *next);

/* They are in its memory, and the next use traps. */
void vector_store(struct thread_machine *machine);

#endif
