/* SPDX-License-Identifier: MIT */
/* Seccomp notifications: how kernel calls arrive and are answered (seccomp_unotify(2)). */
#ifndef KERNEL_LINUX_NOTIFY_H
#define KERNEL_LINUX_NOTIFY_H

#include "kernel/linux/domain.h"

/* Ask Linux to hand the processor over with each notification and answer (6.6 and later; else no effect). */
void notify_hand_over(int listener);

/* The next notification of a component, without waiting; false if there is none. */
bool notify_receive(int listener, uint64_t *notification, pid_t *tid, struct kernel_call *call);

/* Let the thread go on with `value` as the result of its system call. It may be gone: no error. */
void notify_answer(int listener, uint64_t notification, int64_t value);

/* Between the parts of thread bookkeeping: name, end and free a Linux thread; finish the command under way. */
void thread_machine_name(struct thread_machine *machine, pid_t tid);
void thread_machine_die(struct thread_machine *machine);
void thread_machine_free(struct thread_machine *machine);
void command_finish(struct pd_machine *machine, err_t err);

#endif
