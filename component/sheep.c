/* SPDX-License-Identifier: MIT */
/*
 * The sheep counter: a periodic timer, and a line for each sheep. A timer signal may stand for several periods that
 * passed while the component could not run; the sheep jumped nevertheless.
 */
#include <timer/session.h>

#include <inttypes.h>

#include "component/subject.h"

static void timer_start(signal_t jump, uint64_t period)
{
	const struct timer_handler_request handler = {};
	struct timer_handler_reply handled;
	const struct timer_set_request set = {clock_now() + period, period};
	struct timer_set_reply done;
	struct session timer;

	subject_ok(session_open("TIMER", "", 0, &timer));
	subject_ok(timer_handler(timer.ep, &handler, &jump.slot, &handled, NULL));
	subject_ok(timer_set(timer.ep, &set, NULL, &done, NULL));
}

int component_main(addr_t argument)
{
	uint64_t steps = subject_begin("sheep", "counts sheep by a timer"), result = 0;
	uint64_t period = subject_option(2, 1) * MILLISECOND;
	uint32_t badges, jumped;
	signal_t jump;

	(void)argument;
	subject_check(period, "no time between sheep");
	subject_ok(signal_alloc(&jump));
	timer_start(jump, period);
	for (uint64_t sheep = 0; sheep < steps;) {
		subject_ok(signal_wait(jump, DEADLINE_NEVER, &badges, &jumped));
		subject_check(badges == 0 && jumped > 0, "badges %x, %u sheep", badges, jumped);
		for (; jumped && sheep < steps; jumped--) {
			sheep++;
			result = subject_mix(result ^ sheep);
			subject_print("%" PRIu64 " sheep", sheep);
		}
	}
	return subject_finish(steps, result);
}
