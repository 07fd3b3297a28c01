/* SPDX-License-Identifier: MIT */
/* Signals of the program to itself: dispositions, masks, frames as Linux lays them out. Under the lock of wait.h. */
#ifndef POSIX_SIGNAL_H
#define POSIX_SIGNAL_H

#include "posix/thread.h"

enum {
	SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7, SIGFPE = 8, SIGKILL = 9, SIGSEGV = 11, SIGPIPE = 13, SIGALRM = 14,
	SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGURG = 23, SIGWINCH = 28
};
enum { SI_USER = 0, SI_QUEUE = -1, SI_TIMER = -2, SI_TKILL = -6 };

/* To one thread, or NULL: to whichever of the program takes it. */
void signal_post(struct thread *thread, const struct signal_info *info);

/* To the caller, when its call returns. */
void signal_send_self(int number);

/* A signal that is pending, not blocked, and not ignored. */
bool signal_deliverable(const struct thread *thread);

/* Set up a handler for what is pending, or end the program. `call` and `result`: the system call that returns, 0: none. */
void signals_deliver(struct registers *registers, uint64_t call, long result);

/* What a fault means to the program. */
void signal_force(struct registers *registers, uint32_t fault, uint64_t address);

/* Interrupt threads again that were inside the library when their signal came; true: there still are some. */
bool signals_kick(void);

#endif
