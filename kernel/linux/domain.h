/* SPDX-License-Identifier: MIT */
/*
 * The hosted kernel's part of protection domains and threads.
 *
 * A domain is a process; a thread is a Linux thread that is, as far as this kernel is concerned, either
 * running component code or stands in a notification ("entry"), which lasts until it is answered:
 *
 *      entry          how it came                  how it goes on
 *      NONE           runs                         -
 *      CALL           kernel call                  answer: the call's result
 *      FRAME          stub: paused, fault, new     answer: address of the signal frame to return to
 *
 * A Linux thread outlives its kernel object until it has been told to end: `thread` is NULL then.
 */
#ifndef KERNEL_LINUX_DOMAIN_H
#define KERNEL_LINUX_DOMAIN_H

#include <sys/types.h>

#include "kernel/linux/stub/layout.h"
#include "kernel/object/machine.h"

enum entry { ENTRY_NONE, ENTRY_CALL, ENTRY_FRAME };

struct kernel_call {
	uint32_t number;
	uint64_t word[6];
	uint64_t ip;
};

struct thread_machine {
	struct thread *thread;       /* NULL: to end as soon as it stands */
	struct pd_machine *pd;
	struct thread_machine *next; /* in the table of thread ids */
	pid_t tid;
	uint32_t index;
	enum entry entry;
	uint64_t notification;       /* to answer */
	struct kernel_call call;     /* CALL */
	bool deferred;               /* the call came while paused and is not begun */
	bool done;                   /* what it was blocked in ended while paused, with `result` */
	err_t result;
	uint64_t frame;              /* FRAME: where it lies for the component, 0: none written yet */
	bool ready;                  /* has said so: who says it again lies */
	bool signalled;              /* the pause signal was sent and has not been seen */
	bool dead;
	struct thread **waits_in;    /* what names this thread as somebody to be told; NULL: nothing */
	struct thread *binder;       /* blocked in thread_bind of this one */
};

/* Commands wait here for the service thread. Whoever asked is blocked and gets the result. */
struct command {
	struct command *next;
	struct thread *asker;        /* blocked; NULL: gone */
	struct thread_machine *spawn;
	uint32_t count;
	struct stub_command commands[2];
};

struct pd_machine {
	struct pd *pd;               /* NULL: revoked, the process is being ended */
	pid_t pid;
	int pidfd;
	int listener;
	uint32_t place;              /* of its control blocks and its command page */
	uint8_t *utcbs;              /* as this process sees them */
	struct stub_page *page;
	uint64_t service;            /* notification of the idle service thread, 0: busy */
	pid_t service_tid;
	struct command *first, **last; /* queue; while `sent` the first one is being done */
	bool sent;
	uint64_t command_limit;      /* with commands: how long the first one is waited for; machine time */
	struct pd_machine *busy_next, **busy_link; /* with commands: among those that have some */
	struct thread_machine *threads[UTCB_COUNT];
	struct thread *pauser;       /* blocked in pd_pause or thread_pause */
	struct thread *pause_one;    /* the thread of a thread_pause, NULL: all */
	uint64_t pause_limit;        /* machine time */
	struct thread *destroyer;    /* blocked until the process is gone */
	bool dead;
};

/* Make the process of a domain, with the descriptor of a host grant or 0. */
err_t domain_create(struct pd *pd, uint64_t grant) MUST_CHECK;

/* End it. True: `asker` is blocked until no thread of it can touch any memory any more. */
bool domain_destroy(struct pd *pd, struct thread *asker);

/* A process ended by itself or was killed: everyone who depends on it is told. */
void domain_died(struct pd_machine *machine);

/* A notification of the service thread or of another thread. */
void domain_service(struct pd_machine *machine, uint64_t notification, int64_t result);
void thread_entered(struct pd_machine *machine, pid_t tid, uint64_t notification, const struct kernel_call *call);

/* Have the service thread do `command` (the heap's); its asker is blocked until it is done. */
void command_queue(struct pd_machine *machine, struct command *command, struct thread *asker);

/*
 * Processes that the host has stopped and whose commands have waited for COMMAND_LIMIT_S are continued; *next becomes the
 * next limit if it is sooner.
 */
enum { COMMAND_LIMIT_S = 5 };
void command_expire(uint64_t now, uint64_t *next);

/* Name `thread` in *where as somebody to be told; it is removed from there when the thread goes. */
void thread_wait_in(struct thread *thread, struct thread **where);

bool thread_stands(const struct thread *thread);

/* Pausing (pause.c): a thread came to stand. */
void pause_check(struct pd_machine *machine);
void pause_forget(struct pd_machine *machine);
void pause_leave(const struct thread *thread);

/* The pauses whose time is over are given up; *next becomes the next limit if it is sooner. */
void pause_expire(uint64_t now, uint64_t *next);

#endif
