/* SPDX-License-Identifier: MIT */
/* Signals of the program to itself: dispositions, masks, frames as Linux lays them out. Under the lock of wait.h. */
#ifndef POSIX_SIGNAL_H
#define POSIX_SIGNAL_H

#include "posix/thread.h"

enum {
	SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7, SIGFPE = 8, SIGKILL = 9, SIGSEGV = 11, SIGPIPE = 13, SIGALRM = 14,
	SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGTSTP = 20, SIGTTIN = 21, SIGTTOU = 22, SIGURG = 23, SIGWINCH = 28,
	SIGNAL_QUEUED = 32         /* from here on each that is sent is delivered */
};
enum { SIG_DFL, SIG_IGN };
enum { SI_KERNEL = 128, SI_USER = 0, SI_QUEUE = -1, SI_TIMER = -2, SI_TKILL = -6 };

#define BIT(number) (1ull << ((number) - 1))
#define UNBLOCKABLE (BIT(SIGKILL) | BIT(SIGSTOP))

/* To one thread, or NULL: to whichever of the program takes it. 0, or -EAGAIN: too many of the number are queued. */
long signal_post(struct thread *thread, const struct signal_info *info);

/* To the caller, when its call returns. */
void signal_send_self(int number);

/* Pending, for the thread or for any; take one of `allowed`. */
uint64_t signals_pending(const struct thread *thread);
bool signal_take(struct thread *thread, uint64_t allowed, struct signal_info *info);

/* Of a thread that ends. */
void signals_forget(struct thread *thread);

/* One that is pending, not blocked or waited for, and not ignored. */
bool signal_deliverable(const struct thread *thread);

/* Set up a handler for what is pending, or end the program. `call`: that returns, NULL: none does. */
struct call;
void signals_deliver(struct registers *registers, const struct call *call);

/*
 * A mask for the time of one wait, from the program's memory (0: none); and the old one again, with the wait's result: where that
 * was interrupted when the handler has been set up, as what the handler returns to.
 */
long signal_mask_lend(addr_t from, uint64_t size);
long signal_mask_return(long result);

/* Told of each signal that is posted. */
extern struct wait_queue signals_posted;

/* As if the program had no handler for it. */
_Noreturn void signal_end(int number);
_Noreturn void fault_end(int number, uint32_t fault, uint64_t address, uint64_t instruction);

/* What a fault means to the program. */
void signal_force(struct registers *registers, uint32_t fault, uint64_t address);

/* Interrupt threads again that were inside the library when their signal came; true: there still are some. */
bool signals_kick(void);

#endif
