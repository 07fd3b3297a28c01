/* SPDX-License-Identifier: MIT */
/*
 * Threads: life, complete state, scheduling, faults.
 *
 * A thread object is bound to a protection domain and a control block, given its registers with
 * thread_write, and resumed. Its whole state can be read and written while it stands still: paused itself,
 * or with its protection domain; and read while a fault of it awaits its reply.
 *
 * Faults. A fault makes the thread call its fault endpoint; the message is
 *      words[0] enum fault   [1] access (enum right)   [2,3] address   [4,5] instruction   [6] detail
 * (low word first), and words[0] of the reply says how to go on (enum fault_reply). REFLECT stores the
 * registers in the control block and continues at utcb->fault_entry with the stack utcb->fault_stack, the
 * address of the stored registers, the fault and the address as first arguments; no entry: the thread stops.
 *
 * Foreign system calls. The instruction by which programs of the host's own system enter their kernel stores
 * the registers in the control block and continues at utcb->foreign_entry with the stack utcb->foreign_stack
 * and the address of the stored registers as first argument. The handler is ordinary code. With no entry it
 * is FAULT_FOREIGN. registers_continue() (registers.h) goes back.
 */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

#include <kernel/err.h>
#include <kernel/message.h>
#include <kernel/registers.h>

enum fault {
	FAULT_NONE,
	FAULT_PAGE,       /* nothing mapped there, or not with this right */
	FAULT_ARITHMETIC, /* division, floating point */
	FAULT_INSTRUCTION,
	FAULT_ALIGNMENT,
	FAULT_BREAKPOINT,
	FAULT_BACKING,    /* the memory behind a mapping could not be given */
	FAULT_FOREIGN,    /* foreign system call without a handler; detail: its number */
	FAULT_DEAD        /* the machine destroyed the protection domain; detail: how; no reply is expected */
};

enum fault_reply { FAULT_RETRY, FAULT_REFLECT, FAULT_STOP };

enum thread_run {
	THREAD_STOPPED,       /* not started, or stopped after a fault */
	THREAD_RUNNING,
	THREAD_CALLING,       /* in ipc_call, not received: registers at the instruction that enters the kernel */
	THREAD_AWAITING,      /* in ipc_call, received: awaits reply object `object`; registers behind it */
	THREAD_WAITING,       /* in a wait: registers at the instruction that enters the kernel */
	THREAD_FAULTED        /* the fault handler has the message: registers at the faulting instruction */
};

/* Everything a thread is. Copied through the bulk area; fits UTCB_BULK_SIZE. */
struct thread_state {
	uint64_t object;             /* id of the reply object awaited, else 0 (see struct cap_entry) */
	uint32_t run;                /* enum thread_run */
	uint32_t fault;              /* enum fault while FAULTED */
	uint32_t access;
	uint32_t reserved;
	uint64_t fault_address;
	struct registers registers;
	struct utcb utcb;
	uint32_t has_foreign;        /* the following were in use: worth keeping */
	uint32_t has_fault;
	struct registers foreign;
	struct registers fault_frame;
};

/*
 * Bind `thread` (CONTROL) to `pd` (GRANT) with control block `index` (free, below UTCB_COUNT). Faults go to
 * `fault_ep` (SEND) under the badge of that capability; zero: faults stop the thread.
 */
err_t thread_bind(thread_t thread, pd_t pd, uint32_t index, ep_t fault_ep) MUST_CHECK;

/* Let a bound thread run, or stop it before its next instruction (as pd_pause, for one thread). */
err_t thread_resume(thread_t thread) MUST_CHECK;
err_t thread_pause(thread_t thread, uint64_t limit) MUST_CHECK;

/* ERR_STATE unless the thread stands still. */
err_t thread_read(thread_t thread, struct thread_state *state) MUST_CHECK;

/*
 * Replace the state; the thread stays paused until resumed. THREAD_AWAITING needs `awaits` (WAIT, not bound):
 * the thread is bound to it. CALLING, WAITING and FAULTED are set as RUNNING: the instruction is done again.
 * Registers are checked, not trusted: ERR_ARGUMENT.
 */
err_t thread_write(thread_t thread, const struct thread_state *state, reply_t awaits) MUST_CHECK;

enum { PRIORITY_MAX = 63, AFFINITY_ANY = 0xffffffffu };

/*
 * Scheduling of a thread. Times in microseconds; budget 0: no limit. What the machine cannot give is
 * ERR_UNSUPPORTED and changes nothing. Thread_info reads what is in force.
 */
struct thread_schedule {
	uint32_t priority; /* 0 lowest .. PRIORITY_MAX; 0: the default, time-shared */
	uint32_t core;     /* core number, or AFFINITY_ANY */
	uint32_t budget;
	uint32_t period;
};

err_t thread_schedule_set(thread_t thread, const struct thread_schedule *schedule) MUST_CHECK;
err_t thread_schedule_get(thread_t thread, struct thread_schedule *schedule) MUST_CHECK;

/* Give the processor to others for a moment. */
void thread_yield(void);


#endif
