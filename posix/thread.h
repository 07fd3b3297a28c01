/* SPDX-License-Identifier: MIT */
/*
 * Threads of the program. Each has a control block, a stack for system calls and one for faults, and a kernel signal on
 * which it waits. A thread that exits is parked and taken for the next clone. All fields are guarded by the one lock.
 *
 *   0x10000 ....... program, its heap, mappings, stacks ....... LIBRARY_LOW ... library, its memory ... UINT64_MAX
 */
#ifndef POSIX_THREAD_H
#define POSIX_THREAD_H

#include <framework/env.h>
#include <kernel/thread.h>
#include <posix/machine.h>

#include "posix/wait.h"

enum { THREADS = UTCB_COUNT - 1, FOREIGN_STACK = 64 * 1024, FAULT_STACK = 256 * 1024, FAULT_STEP = 64 * 1024,
       START_STACK = 16 * 1024 };
enum { SIGNALS = 64 };

struct signal_info {
	int32_t number, error, code;
	uint64_t value;            /* address of a fault, or pid and uid, or timer and overrun */
	uint64_t extra;            /* sigval */
};

struct thread {
	uint32_t index;            /* of the control block */
	uint32_t id;               /* tid of the program */
	bool used, started, waiting;
	bool time64;               /* times of the call that it makes are of 64 bits */
	signal_t signal;
	slot_t cap;                /* answers CPU_THREAD_OPERATIONS */
	addr_t stacks;             /* START_STACK until it runs, FOREIGN_STACK for calls, FAULT_STACK; 0: the first thread's */
	addr_t clear_tid;
	uint64_t mask, pending, saved_mask;
	uint64_t awaited;          /* by sigtimedwait */
	addr_t robust;             /* list of the futexes it holds, 0: none */
	bool restore_mask;         /* saved_mask counts: put it back when a handler has been set up */
	uint64_t alternate, alternate_size;
	uint32_t alternate_flags;
	char name[16];
	struct signal_info info[SIGNALS + 1];
	struct registers start;    /* of a new thread */
};

/* From thread_top on none was ever used and none shall be looked at: a look would give it memory. */
extern struct thread threads[THREADS + 1];
extern uint32_t thread_top;

static inline struct thread *thread_self(void)
{
	return &threads[((addr_t)utcb_self() - UTCB_AREA) / UTCB_SIZE];
}

/* The first thread becomes number 1. */
err_t threads_start(void) MUST_CHECK;

/* Entries of reflection for the calling thread. */
void thread_entries_set(struct thread *thread, addr_t foreign_top, addr_t fault_top);

/* Registers go on as a new thread; its tid or -errno. */
long thread_new(const struct registers *registers, addr_t clear_tid);

/* End the calling thread; the last one ends the program. */
_Noreturn void thread_exit(int status);
_Noreturn void program_exit(int status);

/* What a system call handler may change beside its result. */
extern struct registers *call_registers(void);

#endif
