/* SPDX-License-Identifier: MIT */
/* The record of scheduling: see trace.h. */
#include "kernel/armv7/console.h"
#include "kernel/armv7/trace.h"

struct entry {
	uint64_t time;
	uint32_t thread;
	uint8_t event, core, priority;
};

enum { ENTRIES = BOARD_TRACE ? BOARD_TRACE : 1 };

static struct entry entries[ENTRIES];
static uint32_t count, lost;

void trace_add(enum trace_event event, uint32_t core, const struct thread *thread, uint64_t time)
{
	struct entry *entry = &entries[count];

	if (count == ENTRIES) {
		lost++;
		return;
	}
	entry->time = time;
	entry->thread = thread ? thread->object.id : 0;
	entry->event = (uint8_t)event;
	entry->core = (uint8_t)core;
	entry->priority = thread ? (uint8_t)thread->schedule.priority : 0;
	count++;
}

static void entry_print(uint32_t number)
{
	static const char *const events[TRACE_EVENTS] = {"ready", "leaves", "runs", "taken", "idle", "throttled", "refilled",
	                                                  "scheduled"};
	const struct entry *entry = &entries[number];

	console_text("trace ");
	console_hex(number);
	console_put(' ');
	console_hex((uint32_t)(entry->time >> 32));
	console_hex((uint32_t)entry->time);
	console_put(' ');
	console_hex(entry->core);
	console_put(' ');
	console_text(events[entry->event]);
	console_put(' ');
	console_hex(entry->thread);
	console_put(' ');
	console_hex(entry->priority);
	console_put('\n');
}

void trace_print(void)
{
	for (uint32_t i = 0; i < count; i++)
		entry_print(i);
	console_text("trace lost ");
	console_hex(lost);
	console_put('\n');
}
