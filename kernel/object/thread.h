/* SPDX-License-Identifier: MIT */
/*
 * Threads and protection domains as the portable part of a kernel sees them.
 *
 * A thread is in one state (enum thread_run). It may be blocked in a queue: of the endpoint it calls, of the
 * endpoint it waits at, and of the signal it waits for (the last two at once).
 *
 * While a thread or its domain is paused nothing happens to it: it is not received from, gets no message,
 * no signal and no timeout. Resuming looks at all of that again (thread_rematch).
 */
#ifndef KERNEL_OBJECT_THREAD_H
#define KERNEL_OBJECT_THREAD_H

#include <kernel/message.h>
#include <kernel/thread.h>

#include "kernel/object/object.h"

struct queue {
	struct link *first;
	struct link **last;
};

struct link {
	struct link *next;
	struct link **from; /* NULL: in no queue */
	struct queue *queue;
	struct thread *thread;
};

struct endpoint {
	struct object object;
	struct queue callers;
	struct queue waiters;
};

struct reply {
	struct object object;
	struct thread *caller; /* awaits this reply */
	struct thread *waiter; /* waits for a message to bind here */
};

struct signal {
	struct object object;
	uint32_t badges;
	uint32_t count;
	struct queue waiters;
};

struct pd {
	struct object object;
	struct cap *slots;
	uint32_t slot_count;
	uint32_t slot_top;       /* all slots from here on are empty */
	bool paused;
	bool changing;           /* a pause, or the end of one, is half-way (machine_work_stop) */
	uint32_t turn;           /* grows when it begins to be paused, to go on or to end; a thread that noted it was dealt with */
	struct thread *changer;  /* whose call that is; NULL: nobody's any more, and who asks for either completes it */
	bool ending;             /* being revoked: nothing runs in it, nothing can be done with it */
	int64_t clock_offset;    /* own time = machine time + offset, ns */
	uint32_t clock_turn;     /* grows when it is set; the deadline of a thread that noted it is right */
	struct thread *threads;  /* list through next_in_pd */
	struct pd_machine *machine;
};

struct thread {
	struct object object;
	struct pd *pd;
	struct thread *next_in_pd;
	struct utcb *utcb;       /* kernel's view of the control block; hostile content */
	uint32_t index;
	struct cap fault_ep;
	struct cap mark;         /* of a walk through an object's capabilities that goes on (object_clear_badge) */
	enum thread_run run;
	bool paused;

	struct link call_link;   /* CALLING, FAULTED: in endpoint->callers */
	uint32_t call_badge;
	struct reply *awaits;    /* AWAITING, FAULTED and received */
	struct link wait_link;   /* WAITING: in endpoint->waiters */
	struct link signal_link; /* WAITING: in signal->waiters */
	struct reply *binds;     /* WAITING at an endpoint */
	uint64_t deadline;       /* WAITING, own time, ns */
	uint32_t deadline_place; /* in the machine's timer heap, 0: none */
	uint32_t clock_turn;     /* of its domain, when the deadline was looked at */

	uint32_t fault;          /* FAULTED */
	uint32_t fault_access;
	uint32_t fault_detail;
	uint64_t fault_address;
	uint64_t fault_ip;

	struct thread_schedule schedule;
	struct thread_machine *machine;
};

/* Slot `slot` of `pd`, which is going to be filled. */
static inline struct cap *pd_slot(struct pd *pd, slot_t slot)
{
	if (slot >= pd->slot_top)
		pd->slot_top = slot + 1;
	return &pd->slots[slot];
}

void queue_init(struct queue *queue);
void queue_append(struct queue *queue, struct link *link, struct thread *thread);
void queue_remove(struct link *link);

static inline bool thread_is_paused(const struct thread *thread)
{
	return thread->paused || (thread->pd && (thread->pd->paused || thread->pd->ending));
}

/* Its state is complete and stays as it is. */
static inline bool thread_is_still(const struct thread *thread)
{
	return thread->paused || (thread->pd && ((thread->pd->paused && !thread->pd->changing) || thread->pd->ending));
}

/* Take a thread out of every queue and unbind it; its state becomes RUNNING. */
void thread_unlink(struct thread *thread);

/* End what a thread is blocked in with `result`; it goes on unless paused. */
void thread_unblock(struct thread *thread, err_t result);

/* After a pause: see whether something is there now for a blocked thread. */
void thread_rematch(struct thread *thread);

/* The deadline of a waiting thread has passed. */
void thread_expire(struct thread *thread);

#endif
