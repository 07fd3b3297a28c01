/* SPDX-License-Identifier: MIT */
/* Scheduling: see schedule.h. */
#include <kernel/machine.h>

#include "kernel/armv7/cpu.h"
#include "kernel/armv7/domain.h"
#include "kernel/armv7/interrupt.h"
#include "kernel/armv7/schedule.h"
#include "kernel/object/machine.h"

#define US_NS 1000ull

struct thread *current;
static struct queue ready[PRIORITY_MAX + 1];
static uint64_t slice_end[PRIORITY_MAX + 1]; /* when the head goes to the end; UINT64_MAX: it is alone, or new */
static uint64_t ready_set;                   /* priorities with somebody ready */
static struct thread *running;               /* whose registers the processor has */
static struct thread *preferred;

void schedule_init(void)
{
	for (uint32_t i = 0; i <= PRIORITY_MAX; i++) {
		queue_init(&ready[i]);
		slice_end[i] = UINT64_MAX;
	}
}

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
	struct link *link = &thread->machine->ready;
	struct queue *queue = link->queue;

	if (!link->from)
		return;
	uint32_t priority = (uint32_t)(queue - ready);
	queue_remove(link);
	if (queue->first)
		return;
	slice_end[priority] = UINT64_MAX;
	ready_set &= ~(1ull << priority);
}

void schedule_update(struct thread *thread)
{
	struct link *link = &thread->machine->ready;
	uint32_t priority = thread->schedule.priority;

	if (!is_ready(thread)) {
		queue_leave(thread);
		if (thread == preferred)
			preferred = NULL;
	} else if (!link->from) {
		queue_append(&ready[priority], link, thread);
		ready_set |= 1ull << priority;
	}
}

void schedule_forget(struct thread *thread)
{
	queue_leave(thread);
	timer_remove(&thread->machine->refill);
	if (thread == running)
		running = NULL;
	if (thread == preferred)
		preferred = NULL;
	if (thread == current)
		current = NULL;
}

void schedule_prefer(struct thread *thread)
{
	preferred = thread;
}

static void turn_end(struct thread *thread)
{
	struct link *link = &thread->machine->ready;
	struct queue *queue = link->queue;

	if (!link->from)
		return;
	slice_end[queue - ready] = UINT64_MAX;
	queue_remove(link);
	queue_append(queue, link, thread);
}

void machine_yield(struct thread *thread)
{
	turn_end(thread);
}

err_t machine_schedule(struct thread *thread, const struct thread_schedule *schedule)
{
	if (schedule->core != AFFINITY_ANY && schedule->core != 0)
		return ERR_UNSUPPORTED;
	if (schedule->budget > schedule->period)
		return ERR_ARGUMENT;
	if (schedule->budget && (schedule->budget < BUDGET_LEAST_US || schedule->period < PERIOD_LEAST_US))
		return ERR_UNSUPPORTED;
	queue_leave(thread);
	timer_remove(&thread->machine->refill);
	thread->schedule = *schedule;
	thread->machine->throttled = false;
	thread->machine->period_end = 0;
	schedule_update(thread);
	return OK;
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
	machine->throttled = true;
	timer_add(&machine->refill, machine->period_end > rest ? machine->period_end : rest);
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

static void refill(struct thread *thread)
{
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
	if (current && current->machine->ready.from && slice_end[current->schedule.priority] <= now)
		turn_end(current);
	while ((timer = timer_take(now)))
		if (timer->kind == TIMER_REFILL)
			refill(timer->thread);
		else
			thread_expire(timer->thread);
}

void schedule_interrupt(void)
{
	uint32_t number = interrupt_take();

	if (number == INTERRUPT_NONE)
		return;
	if (number == TIMER_INTERRUPT)
		time_passed();
	else
		interrupt_deliver(number);
	interrupt_end(number);
}

/* The thread to run: the head of the highest queue; the preferred one goes there when current blocks. */
static struct thread *choose(void)
{
	if (preferred && preferred->machine && preferred->machine->ready.from && (!current || !is_ready(current))) {
		struct link *link = &preferred->machine->ready;
		struct queue *queue = link->queue;
		queue_remove(link);
		head_put(queue, link, preferred);
	}
	preferred = NULL;
	if (current)
		schedule_update(current);
	while (!ready_set) {
		domain_enter(NULL);
		timer_program(UINT64_MAX);
		cpu_wait();
		current = NULL;
		schedule_interrupt();
	}
	return ready[63 - __builtin_clzll(ready_set)].first->thread;
}

static void registers_switch(struct thread *next)
{
	cpu_utcb_write(utcb_address(next->index));
	cpu_tls_write(next->machine->user.tls);
	vector_switch(next);
	running = next;
}

static void switch_to(struct thread *next)
{
	if (running && running->schedule.budget)
		budget_charge(running, machine_now());
	registers_switch(next);
	budget_start(next);
}

struct context *schedule_next(void)
{
	struct thread *next = choose();
	uint64_t event = UINT64_MAX, *slice = &slice_end[next->schedule.priority];

	domain_enter(next->pd);
	if (next != running)
		switch_to(next);
	if (!next->machine->ready.next)
		*slice = UINT64_MAX;
	else if (*slice == UINT64_MAX)
		*slice = machine_now() + SLICE_NS;
	event = *slice;
	if (next->schedule.budget && next->machine->started + next->machine->budget_left < event)
		event = next->machine->started + next->machine->budget_left;
	timer_program(event);
	current = next;
	return &next->machine->user;
}

bool schedule_may_hand(const struct thread *to)
{
	const struct link *own = &current->machine->ready;
	uint32_t from = current->schedule.priority, priority = to->schedule.priority;

	if (current->schedule.budget || to->schedule.budget)
		return false;
	if (from == priority)
		return true;
	return !((own->next ? ready_set : ready_set & ~(1ull << from)) >> priority);
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

struct context *schedule_hand(struct thread *to)
{
	struct link *own = &current->machine->ready, *link = &to->machine->ready;
	uint32_t priority = to->schedule.priority;

	if (priority == current->schedule.priority) {
		link_replace(own, link, to);
	} else {
		queue_leave(current);
		queue_append(&ready[priority], link, to);
		ready_set |= 1ull << priority;
	}
	if (!link->next)
		slice_end[priority] = UINT64_MAX;
	domain_enter(to->pd);
	registers_switch(to);
	preferred = NULL;
	current = to;
	return &to->machine->user;
}
