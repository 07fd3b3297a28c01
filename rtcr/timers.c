/* SPDX-License-Identifier: MIT */
/*
 * TIMER for the target, served here and not by core: so what has fired and what has not is known exactly at the moment
 * of a checkpoint, and a timer's signal is never given twice nor lost. Times are in the target's own clock.
 */
#include <framework/memory.h>
#include <timer/session.h>

#include "rtcr/target.h"


err_t timer_arm(struct session_entry *session, uint64_t deadline, uint64_t period)
{
	if (period && period < PERIOD_LEAST_NS)
		return ERR_ARGUMENT;
	session->deadline = deadline;
	session->period = period;
	target.timers_armed = true;
	return OK;
}

static void timer_fire(struct session_entry *session, uint64_t now)
{
	if (session->signal_slot) {
		err_t ignored = signal_submit((signal_t){session->signal_slot});
		(void)ignored;
	}
	/* The next of its times that is to come; one beyond the end of time never does. */
	uint64_t next = session->period ? now - (now - session->deadline) % session->period + session->period : 0;
	session->deadline = next > now ? next : DEADLINE_NEVER;
}

uint64_t timers_expire(void)
{
	uint64_t next = DEADLINE_NEVER, now;

	if (!target.exists || !target.timers_armed || target.stopped ||
	    pd_clock_get((pd_t){target.child.native}, &now) != OK)
		return DEADLINE_NEVER;
	for (struct entry *entry = registry.first_of[ENTRY_SESSION]; entry; entry = entry->next_alike) {
		struct session_entry *session = (struct session_entry *)entry;
		if (session->service != SERVICE_TIMER)
			continue;
		if (session->deadline <= now)
			timer_fire(session, now);
		if (session->deadline < next)
			next = session->deadline;
	}
	target.timers_armed = next != DEADLINE_NEVER;
	/* In the own clock, which may be ahead: what lies behind its end never comes. */
	uint64_t own = clock_now();
	return next - now < DEADLINE_NEVER - own ? own + (next - now) : DEADLINE_NEVER;
}
