/* SPDX-License-Identifier: MIT */
/* TIMER: signals at times of the payer's own clock. All timers are looked at when one is due. */
#include <kernel/boot.h>
#include <kernel/ipc.h>
#include <kernel/pd.h>
#include <timer/session.h>

#include "core/service.h"

struct timer {
	struct object object;
	struct timer *next, **link;
	slot_t handler;
	uint64_t deadline;        /* in core's clock, DEADLINE_NEVER: not set */
	uint64_t period;
};

static struct timer *timers;

err_t timer_open(struct pd *payer, const char *label, struct object **session)
{
	struct timer *timer;
	err_t err = object_make(payer, TYPE_TIMER, sizeof *timer, 0, (void **)&timer);

	(void)label;
	if (err != OK)
		return err;
	timer->deadline = DEADLINE_NEVER;
	timer->next = timers;
	timer->link = &timers;
	if (timers)
		timers->link = &timer->next;
	timers = timer;
	*session = &timer->object;
	return OK;
}

void timer_destroy(struct object *object)
{
	struct timer *timer = (struct timer *)object;

	*timer->link = timer->next;
	if (timer->next)
		timer->next->link = timer->link;
	core_slot_give(timer->handler);
	object_unmake(object);
}

/* A time too far away to be counted never comes. */
static uint64_t time_after(uint64_t now, uint64_t wait)
{
	return wait < DEADLINE_NEVER - now ? now + wait : DEADLINE_NEVER;
}

static void timer_fire(struct timer *timer, uint64_t now)
{
	if (timer->handler) {
		err_t ignored = signal_submit((signal_t){timer->handler});
		(void)ignored;
	}
	if (!timer->period)
		timer->deadline = DEADLINE_NEVER;
	else
		timer->deadline = time_after(now, timer->period - (now - timer->deadline) % timer->period);
}

uint64_t timers_expire(void)
{
	uint64_t next = DEADLINE_NEVER, now = timers ? clock_now() : 0;

	for (struct timer *timer = timers; timer; timer = timer->next) {
		if (timer->deadline <= now)
			timer_fire(timer, now);
		if (timer->deadline < next)
			next = timer->deadline;
	}
	return next;
}

static err_t handle_handler(void *object, const struct timer_handler_request *request, struct rpc_message *message,
                            struct timer_handler_reply *reply, slot_t *caps_out)
{
	struct timer *timer = object;

	(void)request;
	(void)reply;
	(void)caps_out;
	core_slot_give(timer->handler);
	timer->handler = rpc_keep(message, 0);
	return OK;
}

enum { PERIOD_LEAST_NS = 10000 };

static err_t handle_set(void *object, const struct timer_set_request *request, struct rpc_message *message,
                        struct timer_set_reply *reply, slot_t *caps_out)
{
	struct timer *timer = object;
	uint64_t theirs, ours = clock_now();

	(void)message;
	(void)reply;
	(void)caps_out;
	if (request->period && request->period < PERIOD_LEAST_NS)
		return ERR_ARGUMENT;
	timer->deadline = request->deadline;
	timer->period = request->period;
	if (request->deadline == DEADLINE_NEVER)
		return OK;
	err_t err = pd_clock_get(timer->object.owner->native, &theirs);
	if (err != OK)
		return err;
	timer->deadline = request->deadline > theirs ? time_after(ours, request->deadline - theirs) : ours;
	return OK;
}

err_t timer_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct timer_handlers handlers = {.handler = handle_handler, .set = handle_set};

	return timer_dispatch(&handlers, object, message, reply);
}
