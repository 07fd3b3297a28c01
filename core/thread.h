/* SPDX-License-Identifier: MIT */
/* CPU sessions and the threads made by them. A thread is owned by the protection domain in which it runs. */
#ifndef CORE_THREAD_H
#define CORE_THREAD_H

#include <cpu/session.h>
#include <kernel/thread.h>

#include "core/pd.h"

struct cpu {
	struct object object;
	struct thread *threads;    /* made by this session */
	slot_t handler;            /* signal for exceptions, or 0 */
};

struct thread {
	struct object object;
	struct pd *pd;
	struct cpu *cpu;           /* NULL: the session is gone */
	struct thread *next, **link;  /* in cpu->threads */
	thread_t native;
	slot_t fault_ep;
	uint64_t donated;
	struct cpu_thread_exception_reply exception;
	char name[CPU_NAME];
};

/* The first thread of `pd`, started at `entry` with the stack of kernel/boot.h. */
err_t thread_first_start(struct object *cpu, struct pd *pd, uint64_t entry) MUST_CHECK;

/* Submit to the handler of its session, if there is one. */
void thread_exception_report(struct thread *thread);

#endif
