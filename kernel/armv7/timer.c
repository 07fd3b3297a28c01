/* SPDX-License-Identifier: MIT */
/* The global timer, and the deadlines that threads wait for: see timer.h. */
#include <board.h>
#include <stddef.h>

#include "kernel/armv7/core.h"
#include "kernel/object/machine.h"

#define TIMER (BOARD_PERIPHERALS + 0x200)
enum { COUNT_LOW = 0x00, COUNT_HIGH = 0x04, CONTROL = 0x08, STATUS = 0x0c, COMPARE_LOW = 0x10, COMPARE_HIGH = 0x14 };
enum { ENABLE = 1, COMPARE = 2, INTERRUPT = 4 };

void timer_init(void)
{
	*device(TIMER + CONTROL) = ENABLE;
}

static uint64_t ticks(void)
{
	uint32_t high, low;

	do {
		high = *device(TIMER + COUNT_HIGH);
		low = *device(TIMER + COUNT_LOW);
	} while (high != *device(TIMER + COUNT_HIGH));
	return (uint64_t)high << 32 | low;
}

uint64_t machine_now(void)
{
	return ticks() * BOARD_TICK_NS;
}

/* The comparator fires on "at or behind", so it stays off when there is nothing to wait for. */
void timer_program(uint32_t priority, uint64_t other)
{
	struct timers *timers = &core_own()->timers;
	uint64_t first = timers->set ? timer_next(timers, priority) : UINT64_MAX;
	uint64_t next = first < other ? first : other;

	if (next >= timers->programmed)
		return;
	timers->programmed = next;
	uint64_t at = next / BOARD_TICK_NS + 1;
	*device(TIMER + CONTROL) = ENABLE;
	*device(TIMER + COMPARE_LOW) = (uint32_t)at;
	*device(TIMER + COMPARE_HIGH) = (uint32_t)(at >> 32);
	*device(TIMER + CONTROL) = ENABLE | COMPARE | INTERRUPT;
}

void timer_quiet(void)
{
	*device(TIMER + CONTROL) = ENABLE;
	*device(TIMER + STATUS) = 1;
	core_own()->timers.programmed = UINT64_MAX;
}

void machine_deadline_stop(struct thread *thread)
{
	if (thread->machine)
		timer_remove(&core_of(thread)->timers, &thread->machine->deadline);
}

/*
 * What is further away (146 years) never comes: there is no timer for it. The emulator itself hangs when the comparator
 * stands beyond 2^63 ns.
 */
#define FAR_NS (1ull << 62)

void machine_deadline_start(struct thread *thread)
{
	uint64_t deadline = thread->deadline;

	machine_deadline_stop(thread);
	if (deadline == UINT64_MAX)
		return;
	uint64_t now = machine_now(), own = now + (uint64_t)thread->pd->clock_offset;
	uint64_t left = deadline > own ? deadline - own : 0;
	if (left >= FAR_NS)
		return;
	timer_add(&core_of(thread)->timers, &thread->machine->deadline, now + left, thread->schedule.priority);
	if (core_of(thread) != core_own())
		core_kick(core_of(thread));
}
