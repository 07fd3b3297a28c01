/* SPDX-License-Identifier: MIT */
/*
 * The hosted machine: what the kernel process holds of Linux, and its event loop.
 *
 * One thread, one epoll set: a listener and a process descriptor per component, and the next deadline.
 */
#ifndef KERNEL_LINUX_HOST_H
#define KERNEL_LINUX_HOST_H

#include "kernel/linux/domain.h"

struct host {
	int ram;            /* memory of the machine: memfd, sealed, `ram_size` bytes */
	int ram_read;       /* the same, opened for reading alone: what is mapped from it can never be written */
	uint64_t ram_size;
	int utcbs;          /* control blocks of all domains, one place of UTCB_COUNT each */
	int pages;          /* command pages of all domains */
	int stub;           /* executable image of the stub */
	int epoll;
	int log;            /* console_write goes here */
	bool fsgsbase;      /* FS base by its instructions; else by arch_prctl (stub/layout.h) */
	bool real_time;     /* this user may set real-time priorities */
};

extern struct host host;

/* A grant of host input/output: the descriptor that a component's process gets. */
struct grant {
	struct object object;
	uint64_t descriptor;
};

enum watch { WATCH_LISTENER, WATCH_PROCESS };

/* Set up what does not depend on any component. The sentence names what is missing. */
err_t host_init(uint64_t ram_size, int log, const char **sentence) MUST_CHECK;

void host_watch(int fd, enum watch what, struct pd_machine *machine);

/* Serve the events at hand, waiting for one until machine time `until` at most. */
void host_step(uint64_t until);

/* Serve until `*stop` is set by a signal handler or the last domain is gone. */
void host_run(const volatile int *stop);

/* Decode and do one kernel call of a thread that runs. */
void call_begin(struct thread_machine *machine);

#endif
