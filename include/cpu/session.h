/* SPDX-License-Identifier: MIT */
/*
 * CPU: threads. A thread is made in the protection domain whose session comes along, with a control block that
 * the caller chooses, started once, and named by a capability that answers THREAD_OPERATIONS.
 *
 * Faults go to the region maps of its protection domain. One that no map and no fault handler resolves is reflected
 * (kernel/thread.h) or, without an entry for that, stops the thread. A fault that waits for a fault handler is no
 * state: after a restore the access is done again, and the handler gets its signal again.
 */
#ifndef CPU_SESSION_H
#define CPU_SESSION_H

#include <framework/rpc.h>

enum { CPU_NAME = 32 };

struct cpu_thread_create_request {
	uint32_t index;           /* of its control block, below UTCB_COUNT */
	uint32_t priority;        /* 0 (time-shared) .. PRIORITY_MAX, at most that of the session */
	uint32_t core;            /* or AFFINITY_ANY */
	uint32_t reserved;
	char name[CPU_NAME];      /* zero-terminated */
};
RPC_EMPTY(cpu_thread_create_reply);
RPC_EMPTY(cpu_thread_destroy_request);
RPC_EMPTY(cpu_thread_destroy_reply);

/* The signal for threads that stop because nobody resolved their fault, and for a domain that died. */
RPC_EMPTY(cpu_exception_handler_request);
RPC_EMPTY(cpu_exception_handler_reply);

/* The first thread of the session that stopped so, and why: enum fault, 0 if none did. */
RPC_EMPTY(cpu_exception_request);
struct cpu_exception_reply {
	uint64_t address;
	uint64_t instruction;
	uint32_t fault;
	uint32_t detail;
	char name[CPU_NAME];
};

#define CPU_OPERATIONS(X)                                                                          \
	X(cpu, thread_create, 1, 1)                                                                \
	X(cpu, thread_destroy, 1, 0)                                                               \
	X(cpu, exception_handler, 1, 0)                                                            \
	X(cpu, exception, 0, 0)
RPC_SERVICE(cpu, CPU_OPERATIONS)

struct cpu_thread_start_request {
	uint64_t instruction;
	uint64_t stack;
	uint64_t argument;
};
RPC_EMPTY(cpu_thread_start_reply);

struct cpu_thread_schedule_request {
	uint32_t priority;
	uint32_t core;
	uint32_t budget;          /* microseconds in each period, 0: no limit */
	uint32_t period;
};
RPC_EMPTY(cpu_thread_schedule_reply);

/* Why a thread stopped: enum fault, 0 if it did not. */
RPC_EMPTY(cpu_thread_exception_request);
struct cpu_thread_exception_reply {
	uint64_t address;
	uint64_t instruction;
	uint32_t fault;
	uint32_t detail;
};

/*
 * Interrupt the thread if it runs outside [low, high): it is reflected as after a fault, with FAULT_NONE and address
 * 0. `done` 0: it is inside, or blocked in the kernel, and nothing changed. ERR_TIMEOUT: it does not stand in time, or
 * another of its domain did not a while ago; ask later.
 */
struct cpu_thread_interrupt_request {
	uint64_t low, high;
};
struct cpu_thread_interrupt_reply {
	uint32_t done;
};

/* The kernel's capability to the thread: pause, state. For the parent. */
RPC_EMPTY(cpu_thread_native_request);
RPC_EMPTY(cpu_thread_native_reply);

#define CPU_THREAD_OPERATIONS(X)                                                                   \
	X(cpu_thread, start, 0, 0)                                                                 \
	X(cpu_thread, schedule, 0, 0)                                                              \
	X(cpu_thread, exception, 0, 0)                                                             \
	X(cpu_thread, interrupt, 0, 0)                                                             \
	X(cpu_thread, native, 0, 1)
RPC_SERVICE(cpu_thread, CPU_THREAD_OPERATIONS)

#endif
