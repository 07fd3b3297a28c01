/* SPDX-License-Identifier: MIT */
/* Scheduling: see schedule.h. */
#include <kernel/machine.h>

#include "kernel/armv7/core.h"
#include "kernel/armv7/domain.h"
#include "kernel/armv7/interrupt.h"
#include "kernel/armv7/schedule.h"
#include "kernel/armv7/trace.h"
#include "kernel/object/machine.h"

#define US_NS 1000ull
enum { TIMERS_AT_ONCE = 4 };

static bool is_ready(const struct thread *thread)
{
	return thread->run == THREAD_RUNNING && !thread_is_paused(thread) && !thread->machine->throttled;
}

static void head_put(struct queue *queue, struct link *link, struct thread *thread)
{
	if (!queue->first) {
		queue_append(queue, link, thread);
		return;
	}
	link->next = queue->first;
	link->from = &queue->first;
	link->queue = queue;
	link->thread = thread;
	link->next->from = &link->next;
	queue->first = link;
}

static void queue_leave(struct thread *thread)
{
	struct core *core = core_of(thread);
	struct link *link = &thread->machine->ready;
	struct queue *queue = link->queue;

	if (!link->from)
		return;
	uint32_t priority = (uint32_t)(queue - core->ready);
	trace(TRACE_LEAVES, core->number, thread);
	queue_remove(link);
	if (queue->first)
		return;
	core->slice_end[priority] = UINT64_MAX;
	core->ready_set &= ~(1ull << priority);
}

static void queue_join(struct thread *thread)
{
	struct core *core = core_of(thread);
	uint32_t priority = thread->schedule.priority;

	trace(TRACE_READY, core->number, thread);
	queue_append(&core->ready[priority], &thread->machine->ready, thread);
	core->ready_set |= 1ull << priority;
	if (core != core_own() && (!core->thread || core->thread->schedule.priority <= priority))
		core_kick(core);
}

void schedule_update(struct thread *thread)
{
	if (!is_ready(thread)) {
		queue_leave(thread);
		if (thread == core_own()->preferred)
			core_own()->preferred = NULL;
	} else if (!thread->machine->ready.from) {
		queue_join(thread);
	}
}

void schedule_forget(struct thread *thread)
{
	struct core *core = core_of(thread);

	schedule_stop(thread);
	queue_leave(thread);
	timer_remove(&core->timers, &thread->machine->refill);
	if (thread == core->running) {
		trace(TRACE_TAKEN, core->number, thread);
		core->running = NULL;
	}
	if (thread == core->preferred)
		core->preferred = NULL;
	if (thread == core->thread)
		core->thread = NULL;
}

void schedule_prefer(struct thread *thread)
{
	core_own()->preferred = core_of(thread) == core_own() ? thread : NULL;
}

static void turn_end(struct thread *thread)
{
	struct core *own = core_own();
	struct link *link = &thread->machine->ready;
	struct queue *queue = link->queue;

	if (!link->from)
		return;
	own->slice_end[queue - own->ready] = UINT64_MAX;
	queue_remove(link);
	queue_append(queue, link, thread);
}

void machine_yield(struct thread *thread)
{
	turn_end(thread);
}

/*
 * The time that a thread with a budget has run since it was switched to. When it is used, others have at least the rest
 * of a period, also if the interrupt that ended it was late.
 */
static void budget_charge(struct thread *thread, uint64_t now)
{
	struct thread_machine *machine = thread->machine;
	uint64_t used = now - machine->started;

	if (!thread->schedule.budget || machine->throttled)
		return;
	machine->started = now;
	machine->budget_left -= used < machine->budget_left ? used : machine->budget_left;
	if (machine->budget_left)
		return;
	uint64_t rest = now + (thread->schedule.period - thread->schedule.budget) * US_NS;
	trace_at(TRACE_THROTTLED, core_of(thread)->number, thread, now);
	machine->throttled = true;
	timer_add(&core_of(thread)->timers, &machine->refill, machine->period_end > rest ? machine->period_end : rest,
	          thread->schedule.priority);
	schedule_update(thread);
}

static void budget_start(struct thread *thread)
{
	struct thread_machine *machine = thread->machine;

	if (!thread->schedule.budget)
		return;
	machine->started = machine_now();
	if (machine->started < machine->period_end)
		return;
	machine->budget_left = thread->schedule.budget * US_NS;
	machine->period_end = machine->started + thread->schedule.period * US_NS;
}

void schedule_stop(struct thread *thread)
{
	struct core *core = core_of(thread);

	if (core == core_own() || core->thread != thread)
		return;
	core_stop(thread);
	trace(TRACE_TAKEN, core->number, thread);
	budget_charge(thread, machine_now());
}

/* With its deadline, to another priority or core. One that moves itself goes on there, so its call ends here. */
static void move(struct thread *thread, const struct thread_schedule *schedule)
{
	bool waits = thread->machine->deadline.rank;
	struct core *from = core_of(thread);

	if (from->preferred == thread)
		from->preferred = NULL;
	queue_leave(thread);
	timer_remove(&from->timers, &thread->machine->deadline);
	thread->schedule = *schedule;
	if (waits)
		timer_add(&core_of(thread)->timers, &thread->machine->deadline, thread->machine->deadline.time,
		          schedule->priority);
	if (core_of(thread) == from)
		return;
	vector_store(thread->machine);
	if (from->running == thread) {
		trace(TRACE_TAKEN, from->number, thread);
		from->running = NULL;
	}
	if (from->thread == thread) {
		thread->machine->user.r[0] = OK;
		from->thread = NULL;
	}
	core_kick(core_of(thread));
}

err_t machine_schedule(struct thread *thread, const struct thread_schedule *schedule)
{
	if (schedule->core != AFFINITY_ANY && schedule->core >= core_count())
		return ERR_UNSUPPORTED;
	if (schedule->budget > schedule->period)
		return ERR_ARGUMENT;
	if (schedule->budget && (schedule->budget < BUDGET_LEAST_US || schedule->period < PERIOD_LEAST_US))
		return ERR_UNSUPPORTED;
	schedule_stop(thread);
	timer_remove(&core_of(thread)->timers, &thread->machine->refill);
	thread->machine->throttled = false;
	thread->machine->period_end = 0;
	move(thread, schedule);
	trace(TRACE_SCHEDULED, core_of(thread)->number, thread);
	if (core_own()->running == thread)
		budget_start(thread);
	schedule_update(thread);
	return OK;
}

static void refill(struct thread *thread)
{
	trace(TRACE_REFILLED, core_of(thread)->number, thread);
	thread->machine->throttled = false;
	schedule_update(thread);
}

static void time_passed(void)
{
	uint64_t now = machine_now();
	struct timer *timer;

	timer_quiet();
	if (current && current->machine->ready.from)
		budget_charge(current, now);
	if (current && current->machine->ready.from && core_own()->slice_end[current->schedule.priority] <= now)
		turn_end(current);
	/* What is left comes at once, unless somebody of a higher priority runs until then. */
	for (uint32_t i = 0; i < TIMERS_AT_ONCE && (timer = timer_take(&core_own()->timers, now)); i++)
		if (timer->kind == TIMER_REFILL)
			refill(timer->thread);
		else
			thread_expire(timer->thread);
}

void schedule_interrupt(void)
{
	uint32_t taken = interrupt_take(), number = interrupt_number(taken);

	if (number == INTERRUPT_NONE)
		return;
	if (number == TIMER_INTERRUPT)
		time_passed();
	else if (number >= INTERRUPT_CORE)
		interrupt_deliver(number);
	interrupt_end(taken);
}

/* The processor has nobody's registers. */
static void registers_release(struct core *own)
{
	if (own->running && own->running->schedule.budget)
		budget_charge(own->running, machine_now());
	own->running = NULL;
	trace(TRACE_IDLE, own->number, NULL);
	if (BOARD_CORES > 1 && own->vector_owner)
		vector_store(own->vector_owner);
}

static void idle(struct core *own)
{
	registers_release(own);
	own->thread = NULL;
	domain_enter(NULL);
	timer_program(0, UINT64_MAX);
	core_leave();
	cpu_wait();
	(void)core_enter(false);
	schedule_interrupt();
}

/* The thread to run: the head of the highest queue; the preferred one goes there when current blocks. */
static struct thread *choose(void)
{
	struct core *own = core_own();
	struct thread *preferred = own->preferred;

	if (preferred && preferred->machine && preferred->machine->ready.from && (!current || !is_ready(current))) {
		struct link *link = &preferred->machine->ready;
		struct queue *queue = link->queue;
		queue_remove(link);
		head_put(queue, link, preferred);
	}
	own->preferred = NULL;
	if (own->thread)
		schedule_update(own->thread);
	while (!own->ready_set)
		idle(own);
	own->preferred = NULL; /* who was woken meanwhile is not to be known to this core when it leaves the kernel */
	return own->ready[63 - __builtin_clzll(own->ready_set)].first->thread;
}

static void registers_switch(struct thread *next)
{
	cpu_utcb_write(utcb_address(next->index));
	cpu_tls_write(next->machine->user.tls);
	vector_switch(next);
	trace(TRACE_RUNS, core_own()->number, next);
	core_own()->running = next;
}

static void switch_to(struct thread *next)
{
	struct thread *running = core_own()->running;

	if (running && running->schedule.budget)
		budget_charge(running, machine_now());
	registers_switch(next);
	budget_start(next);
}

/* When the turn of `next` ends, or its budget. */
static uint64_t turn_or_budget(const struct thread *next)
{
	uint64_t turn = core_own()->slice_end[next->schedule.priority];
	uint64_t used = next->schedule.budget ? next->machine->started + next->machine->budget_left : UINT64_MAX;

	return turn < used ? turn : used;
}

struct context *schedule_next(void)
{
	struct core *own = core_own();
	struct thread *next = choose();
	uint64_t *slice = &own->slice_end[next->schedule.priority];

	domain_enter(next->pd);
	if (next != own->running)
		switch_to(next);
	if (!next->machine->ready.next)
		*slice = UINT64_MAX;
	else if (*slice == UINT64_MAX)
		*slice = machine_now() + SLICE_NS;
	timer_program(next->schedule.priority, turn_or_budget(next));
	own->thread = next;
	return &next->machine->user;
}

bool schedule_may_hand(const struct thread *to)
{
	const struct core *own = core_own();
	const struct thread *thread = own->thread;
	uint32_t from = thread->schedule.priority, priority = to->schedule.priority;

	if (to->machine->throttled || core_of(to) != own)
		return false;
	if (from == priority)
		return true;
	return !((thread->machine->ready.next ? own->ready_set : own->ready_set & ~(1ull << from)) >> priority);
}

/* `link` takes the place of `old`. */
static void link_replace(struct link *old, struct link *link, struct thread *thread)
{
	*link = *old;
	link->thread = thread;
	*link->from = link;
	if (link->next)
		link->next->from = &link->next;
	else
		link->queue->last = &link->next;
	*old = (struct link){0};
}

/* The time that was used is charged, and what the next one may use ends in time. */
static void hand_in_time(struct thread *to)
{
	switch_to(to);
	timer_program(to->schedule.priority, turn_or_budget(to));
}

struct context *schedule_hand(struct thread *to)
{
	struct core *own = core_own();
	struct link *link = &to->machine->ready;
	uint32_t priority = to->schedule.priority;

	if (priority == own->thread->schedule.priority) {
		trace(TRACE_LEAVES, own->number, own->thread);
		trace(TRACE_READY, own->number, to);
		link_replace(&own->thread->machine->ready, link, to);
	} else {
		queue_leave(own->thread);
		trace(TRACE_READY, own->number, to);
		queue_append(&own->ready[priority], link, to);
		own->ready_set |= 1ull << priority;
	}
	if (!link->next)
		own->slice_end[priority] = UINT64_MAX;
	domain_enter(to->pd);
	/* Timers of the priorities in between were not looked for. */
	if (own->thread->schedule.budget || to->schedule.budget || priority < own->thread->schedule.priority)
		hand_in_time(to);
	else
		registers_switch(to);
	own->preferred = NULL;
	own->thread = to;
	return &to->machine->user;
}
