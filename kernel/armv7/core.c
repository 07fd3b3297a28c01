/* SPDX-License-Identifier: MIT */
/* Several cores: see core.h. */
#include <kernel/machine.h>

#include "kernel/armv7/core.h"
#include "kernel/armv7/domain.h"
#include "kernel/armv7/interrupt.h"
#include "kernel/armv7/layout.h"
#include "kernel/armv7/rewind.h"
#include "kernel/armv7/schedule.h"

enum { IP = 15 };

struct core cores[BOARD_CORES];
uint8_t core_stacks[BOARD_CORES][CORE_STACK] __attribute__((aligned(8)));

/* Tickets: the core whose turn it is has the lock. Whoever changes what another one waits for sends an event. */
static uint32_t ticket_next, ticket_now;

void core_init(struct core *core)
{
	core->number = (uint32_t)(core - cores);
	core->stack_top = core_stacks[core->number] + CORE_STACK;
	for (uint32_t i = 0; i <= PRIORITY_MAX; i++) {
		queue_init(&core->ready[i]);
		core->slice_end[i] = UINT64_MAX;
	}
	core->timers.programmed = UINT64_MAX;
}

/*
 * The one who asks has the lock. From now on current has no part in this processor: its registers are where it would begin
 * again, and its address space may go.
 */
static void stop_answer(struct core *own, bool call)
{
	struct context *user = &own->thread->machine->user;

	if (call)
		svc_rewind(&user->r[IP], &user->cpsr);
	vector_store(own->thread->machine);
	domain_enter(NULL);
	own->thread = own->running = NULL;
	__atomic_store_n(&own->stop, 0, __ATOMIC_RELEASE);
	cpu_event_send();
}

bool core_take(bool call)
{
	uint32_t ticket = __atomic_fetch_add(&ticket_next, 1, __ATOMIC_RELAXED);
	struct core *own = core_own();

	while (__atomic_load_n(&ticket_now, __ATOMIC_ACQUIRE) != ticket) {
		if (__atomic_load_n(&own->stop, __ATOMIC_ACQUIRE))
			stop_answer(own, call);
		else
			cpu_event_wait();
	}
	return own->thread;
}

void core_give(void)
{
	__atomic_store_n(&ticket_now, ticket_now + 1, __ATOMIC_RELEASE);
	cpu_event_send();
}

bool core_waits(void)
{
	return __atomic_load_n(&ticket_next, __ATOMIC_RELAXED) != ticket_now + 1;
}

void core_stop(struct thread *thread)
{
	struct core *core = core_of(thread);

	if (core == core_own() || core->thread != thread)
		return;
	__atomic_store_n(&core->stop, 1, __ATOMIC_RELEASE);
	cpu_event_send();
	core_kick(core);
	while (__atomic_load_n(&core->stop, __ATOMIC_ACQUIRE))
		cpu_event_wait();
}

void core_kick(const struct core *core)
{
	cpu_dsb();
	interrupt_send(core->number);
}
