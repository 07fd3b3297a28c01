/* SPDX-License-Identifier: MIT */
/*
 * Cores: what each has of its own, and one lock for the whole kernel.
 *
 * A core that enters the kernel stores its thread's registers and takes the lock, in the order of asking. Whoever has it may
 * change everything but a thread whose registers are in another core: core_stop takes it from there first. A core that waits
 * for the lock answers to that, as one that runs a thread does when the interrupt has come; so nobody waits for each other.
 *
 *      entry           registers stored; core_enter       lock; false: current was taken away meanwhile
 *      exit            core_leave; registers loaded       from here on an interrupt of another core can stop it
 *      idle            no lock, no current, no domain     woken by an interrupt
 *
 * A thread belongs to the core that it is placed on (thread_schedule.core; AFFINITY_ANY: core 0), with its run queue and its
 * deadlines. A board with one core has none of the rest: BOARD_CORES is known when this is compiled.
 */
#ifndef KERNEL_ARMV7_CORE_H
#define KERNEL_ARMV7_CORE_H

#include <board.h>

#include "kernel/armv7/cpu.h"
#include "kernel/armv7/thread.h"

struct core {
	uint8_t *stack_top;                     /* vector.S: first */
	uint32_t number;
	struct thread *thread;                  /* in whose name the kernel runs; NULL: none, or it is gone */
	struct thread *running;                 /* whose registers the processor has */
	struct thread *preferred;               /* schedule_prefer */
	struct queue ready[PRIORITY_MAX + 1];
	uint64_t slice_end[PRIORITY_MAX + 1];   /* when the head goes to the end; UINT64_MAX: it is alone, or new */
	uint64_t ready_set;                     /* priorities with somebody ready */
	struct timers timers;
	struct thread_machine *vector_owner;    /* whose vector registers the processor has */
	bool vector_on;
	struct pd *entered;                     /* the address space of the processor; NULL: none */
	uint32_t stop;                          /* another core wants `thread`, and waits until this is 0 again */
};

extern struct core cores[BOARD_CORES];

static inline struct core *core_own(void)
{
	return BOARD_CORES == 1 ? &cores[0] : (struct core *)(uintptr_t)cpu_core_read();
}

#define current (core_own()->thread)

static inline struct core *core_of(const struct thread *thread)
{
	return BOARD_CORES == 1 || thread->schedule.core == AFFINITY_ANY ? &cores[0] : &cores[thread->schedule.core];
}

/* Cores that there are, BOARD_CORES at most. */
uint32_t core_count(void);

/* Empty, with its number and stack. */
void core_init(struct core *core);

/* Core 0 lets the others out of the pen (start.S) and waits until all are there. They arrive, then ask for the lock. */
void core_release_others(void);
void core_arrive(void);

/* The lock. `call`: current came by svc, and would have to do it again if it is taken away. */
bool core_take(bool call);
void core_give(void);

static inline bool core_enter(bool call)
{
	return BOARD_CORES == 1 || core_take(call);
}

static inline void core_leave(void)
{
	if (BOARD_CORES > 1)
		core_give();
}

/* Another core waits for the lock. */
bool core_waits(void);

static inline bool core_wanted(void)
{
	return BOARD_CORES > 1 && core_waits();
}

/* `thread` is in no core's registers but this one's; its core looks for another one when it gets the lock. */
void core_stop(struct thread *thread);

/* Have another core look again at what it should run, and until when. */
void core_kick(const struct core *core);

#endif
