/* SPDX-License-Identifier: MIT */
/*
 * Synchronous messages, reply objects, signals and fault messages: see ipc.h.
 *
 * Control blocks are hostile: every count is read once and bounded, every slot number is looked up.
 */
#include "kernel/object/ipc.h"
#include "kernel/object/machine.h"

#define container(type, member, pointer) ((type *)((char *)(pointer) - offsetof(type, member)))

void queue_init(struct queue *queue)
{
	queue->first = NULL;
	queue->last = &queue->first;
}

void queue_append(struct queue *queue, struct link *link, struct thread *thread)
{
	link->next = NULL;
	link->from = queue->last;
	link->queue = queue;
	link->thread = thread;
	*queue->last = link;
	queue->last = &link->next;
}

void queue_remove(struct link *link)
{
	if (!link->from)
		return;
	*link->from = link->next;
	if (link->next)
		link->next->from = link->from;
	else
		link->queue->last = link->from;
	*link = (struct link){0};
}

/* The first thread of a queue that is not paused. */
static struct thread *queue_ready(const struct queue *queue)
{
	for (struct link *link = queue->first; link; link = link->next)
		if (!thread_is_paused(link->thread))
			return link->thread;
	return NULL;
}

void thread_unlink(struct thread *thread)
{
	queue_remove(&thread->call_link);
	queue_remove(&thread->wait_link);
	queue_remove(&thread->signal_link);
	if (thread->awaits)
		thread->awaits->caller = NULL;
	if (thread->binds)
		thread->binds->waiter = NULL;
	thread->awaits = NULL;
	thread->binds = NULL;
	machine_deadline_stop(thread);
	thread->run = THREAD_RUNNING;
}

void thread_unblock(struct thread *thread, err_t result)
{
	thread_unlink(thread);
	machine_continue(thread, result);
}

/* Copy one capability of a message into the slot that the receiver prepared; 0 if it cannot be. */
static slot_t message_copy_cap(struct cap *cap, uint32_t mint, struct pd *to, slot_t target)
{
	bool may_mint = !cap->badge && cap->rights & RIGHT_GRANT &&
	                (cap->object->kind == KIND_ENDPOINT || cap->object->kind == KIND_SIGNAL);

	if (!target || target >= to->slot_count || (mint && !may_mint))
		return 0;
	if (cap == &to->slots[target])
		return 0;
	cap_clear(&to->slots[target]);
	if (mint)
		cap_set_behind(pd_slot(to, target), cap, cap->rights & RIGHT_SEND, mint);
	else
		cap_set_behind(pd_slot(to, target), cap, cap->rights, cap->badge);
	return target;
}

/* `through`: the endpoint of a call, NULL for a reply. */
static void message_copy_caps(struct thread *from, struct thread *to, uint32_t count, const struct endpoint *through)
{
	const struct utcb *source = from->utcb;
	struct utcb *target = to->utcb;

	for (uint32_t i = 0; i < count; i++) {
		slot_t sent = *(const volatile slot_t *)&source->caps[i], wanted = *(volatile slot_t *)&target->receive[i];
		uint32_t mint = *(const volatile uint32_t *)&source->mint[i];
		struct cap *cap = sent < from->pd->slot_count ? &from->pd->slots[sent] : NULL;
		target->caps[i] = 0;
		target->known[i] = 0;
		if (!cap || !cap->object)
			continue;
		if (through && cap->object == &through->object && cap->badge)
			target->known[i] = cap->badge;
		else
			target->caps[i] = message_copy_cap(cap, mint, to->pd, wanted);
	}
}

static void message_copy(struct thread *from, struct thread *to, const struct endpoint *through)
{
	struct utcb *source = from->utcb, *target = to->utcb;
	uint32_t words = *(volatile uint32_t *)&source->word_count;
	uint32_t caps = *(volatile uint32_t *)&source->cap_count;

	words = words < MESSAGE_WORDS ? words : MESSAGE_WORDS;
	caps = caps < MESSAGE_CAPS ? caps : MESSAGE_CAPS;
	for (uint32_t i = 0; i < words; i++)
		target->words[i] = source->words[i];
	message_copy_caps(from, to, caps, through);
	target->word_count = words;
	target->cap_count = caps;
}

static void message_fault(struct thread *faulting, struct thread *to)
{
	struct utcb *target = to->utcb;

	target->words[0] = faulting->fault;
	target->words[1] = faulting->fault_access;
	target->words[2] = (uint32_t)faulting->fault_address;
	target->words[3] = (uint32_t)(faulting->fault_address >> 32);
	target->words[4] = (uint32_t)faulting->fault_ip;
	target->words[5] = (uint32_t)(faulting->fault_ip >> 32);
	target->words[6] = faulting->fault_detail;
	target->word_count = 7;
	target->cap_count = 0;
}

/* Bring the message of `caller`, which leaves the queue, to `server`, which is about to continue. */
static void message_deliver(struct thread *caller, struct reply *reply, struct thread *server)
{
	const struct endpoint *through = container(struct endpoint, callers, caller->call_link.queue);

	queue_remove(&caller->call_link);
	if (caller->run == THREAD_FAULTED) {
		message_fault(caller, server);
	} else {
		message_copy(caller, server, through);
		caller->run = THREAD_AWAITING;
	}
	server->utcb->badge = caller->call_badge;
	server->utcb->event = EVENT_MESSAGE;
	caller->awaits = reply;
	reply->caller = caller;
}

static void signal_take(struct signal *signal, struct thread *thread)
{
	thread->utcb->badge = signal->badges;
	thread->utcb->words[0] = signal->count;
	thread->utcb->word_count = 1;
	thread->utcb->cap_count = 0;
	thread->utcb->event = EVENT_SIGNAL;
	signal->badges = 0;
	signal->count = 0;
}

/* Hand a caller to a server that already waits. */
static void endpoint_match(struct endpoint *endpoint, struct thread *caller)
{
	struct thread *server = thread_is_paused(caller) ? NULL : queue_ready(&endpoint->waiters);

	if (!server)
		return;
	struct reply *reply = server->binds;
	message_deliver(caller, reply, server);
	thread_unblock(server, OK);
}

bool endpoint_call(struct endpoint *endpoint, struct thread *caller, uint32_t badge, err_t *result)
{
	(void)result;
	caller->run = THREAD_CALLING;
	caller->call_badge = badge;
	queue_append(&endpoint->callers, &caller->call_link, caller);
	endpoint_match(endpoint, caller);
	return true;
}

static uint64_t thread_now(const struct thread *thread)
{
	return machine_now() + (uint64_t)thread->pd->clock_offset;
}

bool endpoint_wait(struct endpoint *endpoint, struct reply *reply, struct signal *signal, struct thread *server,
                   uint64_t deadline, err_t *result)
{
	struct thread *caller = endpoint ? queue_ready(&endpoint->callers) : NULL;

	*result = OK;
	if (caller) {
		message_deliver(caller, reply, server);
		return false;
	}
	if (signal && signal->count) {
		signal_take(signal, server);
		return false;
	}
	if (deadline != UINT64_MAX && deadline <= thread_now(server)) {
		*result = ERR_TIMEOUT;
		return false;
	}
	server->run = THREAD_WAITING;
	server->deadline = deadline;
	if (endpoint) {
		queue_append(&endpoint->waiters, &server->wait_link, server);
		server->binds = reply;
		reply->waiter = server;
	}
	if (signal)
		queue_append(&signal->waiters, &server->signal_link, server);
	machine_deadline_start(server);
	return true;
}

err_t reply_send(struct reply *reply, struct thread *server)
{
	struct thread *caller = reply->caller;

	if (!caller)
		return ERR_STATE;
	reply->caller = NULL;
	caller->awaits = NULL;
	if (caller->run == THREAD_FAULTED) {
		uint32_t how = *(volatile uint32_t *)&server->utcb->words[0];
		caller->run = THREAD_RUNNING;
		machine_fault_done(caller, how <= FAULT_STOP ? (enum fault_reply)how : FAULT_STOP);
		return OK;
	}
	message_copy(server, caller, NULL);
	thread_unblock(caller, OK);
	return OK;
}

static void signal_match(struct signal *signal)
{
	struct thread *thread = signal->count ? queue_ready(&signal->waiters) : NULL;

	if (!thread)
		return;
	signal_take(signal, thread);
	thread_unblock(thread, OK);
}

void signal_add(struct signal *signal, uint32_t badge)
{
	signal->badges |= badge;
	if (signal->count != UINT32_MAX)
		signal->count++;
	signal_match(signal);
}

void fault_send(struct thread *thread)
{
	if (!thread->fault_ep.object) {
		thread->run = THREAD_STOPPED;
		return;
	}
	struct endpoint *endpoint = container(struct endpoint, object, thread->fault_ep.object);
	thread->run = THREAD_FAULTED;
	thread->call_badge = thread->fault_ep.badge;
	queue_append(&endpoint->callers, &thread->call_link, thread);
	endpoint_match(endpoint, thread);
}

void thread_expire(struct thread *thread)
{
	if (!thread_is_paused(thread) && thread->run == THREAD_WAITING)
		thread_unblock(thread, ERR_TIMEOUT);
}

void thread_rematch(struct thread *thread)
{
	if (thread->call_link.from) {
		endpoint_match(container(struct endpoint, callers, thread->call_link.queue), thread);
		return;
	}
	if (thread->wait_link.from) {
		struct endpoint *endpoint = container(struct endpoint, waiters, thread->wait_link.queue);
		struct thread *caller = queue_ready(&endpoint->callers);
		if (caller) {
			endpoint_match(endpoint, caller);
			if (thread->run != THREAD_WAITING)
				return;
		}
	}
	if (thread->signal_link.from)
		signal_match(container(struct signal, waiters, thread->signal_link.queue));
	if (thread->run == THREAD_WAITING && thread->deadline != UINT64_MAX)
		machine_deadline_start(thread);
}

static void caller_drain(struct thread *thread)
{
	if (thread->run != THREAD_FAULTED) {
		thread_unblock(thread, ERR_GONE);
		return;
	}
	queue_remove(&thread->call_link);
	thread->run = THREAD_STOPPED;
}

bool endpoint_drain_badge(struct endpoint *endpoint, uint32_t badge)
{
	uint32_t left = DRAIN;
	struct link *next;

	for (struct link *link = endpoint->callers.first; link && left; link = next) {
		next = link->next;
		if (link->thread->call_badge != badge)
			continue;
		caller_drain(link->thread);
		left--;
	}
	return left;
}

bool endpoint_drain(struct endpoint *endpoint)
{
	uint32_t left = DRAIN;

	for (; endpoint->callers.first && left; left--)
		caller_drain(endpoint->callers.first->thread);
	for (; endpoint->waiters.first && left; left--)
		thread_unblock(endpoint->waiters.first->thread, ERR_GONE);
	return !endpoint->callers.first && !endpoint->waiters.first;
}

void reply_drain(struct reply *reply)
{
	struct thread *caller = reply->caller;

	if (caller && caller->run == THREAD_FAULTED) {
		thread_unlink(caller);
		caller->run = THREAD_STOPPED;
	} else if (caller) {
		thread_unblock(caller, ERR_GONE);
	}
	if (reply->waiter)
		thread_unblock(reply->waiter, ERR_GONE);
}

bool signal_drain(struct signal *signal)
{
	for (uint32_t left = DRAIN; signal->waiters.first && left; left--)
		thread_unblock(signal->waiters.first->thread, ERR_GONE);
	return !signal->waiters.first;
}
