/* SPDX-License-Identifier: MIT */
/* The short way of a message: see fast.h. Each function first looks at every condition, then acts, which cannot fail. */
#include <kernel/ipc.h>
#include <kernel/pd.h>

#include "kernel/armv7/core.h"
#include "kernel/armv7/fast.h"
#include "kernel/armv7/schedule.h"
#include "kernel/object/call.h"
#include "kernel/object/decode.h"

static bool sends_caps(const struct thread *thread)
{
	return *(const volatile uint32_t *)&thread->utcb->cap_count != 0;
}

static void words_copy(const struct thread *from, struct thread *to)
{
	const uint32_t *source = from->utcb->words;
	uint32_t *target = to->utcb->words, count = *(const volatile uint32_t *)&from->utcb->word_count, i = 0;

	count = count < MESSAGE_WORDS ? count : MESSAGE_WORDS;
	for (; i + 4 <= count; i += 4) {
		uint32_t a = source[i], b = source[i + 1], c = source[i + 2], d = source[i + 3];
		target[i] = a, target[i + 1] = b, target[i + 2] = c, target[i + 3] = d;
	}
	for (; i < count; i++)
		target[i] = source[i];
	to->utcb->word_count = count;
	to->utcb->cap_count = 0;
}

static struct context *call(struct thread *caller, const struct context *user)
{
	struct cap *cap;

	if (cap_lookup(caller->pd, user->r[0], KIND_ENDPOINT, RIGHT_SEND, &cap) != OK || sends_caps(caller))
		return NULL;
	const struct link *first = ((struct endpoint *)cap->object)->waiters.first;
	if (!first)
		return NULL;
	struct thread *server = first->thread;
	if (thread_is_paused(server) || server->deadline != DEADLINE_NEVER || !schedule_may_hand(server))
		return NULL;

	struct reply *reply = server->binds;
	words_copy(caller, server);
	server->utcb->badge = cap->badge;
	server->utcb->event = EVENT_MESSAGE;
	caller->run = THREAD_AWAITING;
	caller->call_badge = cap->badge;
	caller->awaits = reply;
	reply->caller = caller;
	reply->waiter = NULL;
	queue_remove(&server->wait_link);
	queue_remove(&server->signal_link);
	server->binds = NULL;
	server->run = THREAD_RUNNING;
	server->machine->user.r[0] = OK;
	return schedule_hand(server);
}

/* What a server waits for next. */
struct wait {
	struct endpoint *endpoint;
	struct reply *reply;
	struct signal *signal;
};

/* From registers of ipc_reply_wait. True if all is in order and there is nothing yet. */
static bool wait_decode(struct pd *pd, const uint32_t *r, struct wait *wait)
{
	struct cap *endpoint, *reply, *signal;

	if ((r[3] & r[4]) != UINT32_MAX || cap_lookup(pd, r[0], KIND_ENDPOINT, RIGHT_WAIT, &endpoint) != OK ||
	    cap_lookup(pd, r[1], KIND_REPLY, RIGHT_SEND | RIGHT_WAIT, &reply) != OK)
		return false;
	*wait = (struct wait){(struct endpoint *)endpoint->object, (struct reply *)reply->object, NULL};
	if (r[2]) {
		if (cap_lookup(pd, r[2], KIND_SIGNAL, RIGHT_WAIT, &signal) != OK)
			return false;
		wait->signal = (struct signal *)signal->object;
	}
	return !wait->endpoint->callers.first && (!wait->signal || !wait->signal->count);
}

static struct context *reply_wait(struct thread *server, const struct context *user)
{
	struct wait wait;

	if (!wait_decode(server->pd, user->r, &wait) || sends_caps(server))
		return NULL;
	struct thread *caller = wait.reply->caller;
	if (!caller || caller->run != THREAD_AWAITING || thread_is_paused(caller) || !schedule_may_hand(caller))
		return NULL;

	words_copy(server, caller);
	caller->awaits = NULL;
	caller->run = THREAD_RUNNING;
	caller->machine->user.r[0] = OK;
	wait.reply->caller = NULL;
	wait.reply->waiter = server;
	server->binds = wait.reply;
	server->deadline = DEADLINE_NEVER;
	server->run = THREAD_WAITING;
	queue_append(&wait.endpoint->waiters, &server->wait_link, server);
	if (wait.signal)
		queue_append(&wait.signal->waiters, &server->signal_link, server);
	return schedule_hand(caller);
}

struct context *fast_call(uint32_t number)
{
	if (number == CALL_IPC_CALL)
		return call(current, &current->machine->user);
	if (number == CALL_IPC_REPLY_WAIT)
		return reply_wait(current, &current->machine->user);
	return NULL;
}
