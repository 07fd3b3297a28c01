/* SPDX-License-Identifier: MIT */
/* Signal frames on the program's stack, as Linux lays them out for the architecture. */
#ifndef POSIX_FRAME_H
#define POSIX_FRAME_H

#include "posix/signal.h"

enum {
	SA_SIGINFO = 4, SA_RESTORER = 0x04000000, SA_ONSTACK = 0x08000000, SA_RESTART = 0x10000000, SA_NODEFER = 0x40000000
};
#define SA_RESETHAND 0x80000000u

struct action {
	uint64_t handler, flags, restorer, mask;
};

/* Dispositions, by signal.c. */
void action_get(int number, struct action *action);
void action_set(int number, const struct action *action);

/* Put a frame and make `registers` enter the handler; `mask` is what a return brings back. 0 or -EFAULT. */
long frame_push(struct registers *registers, const struct thread *thread, const struct action *action,
                const struct signal_info *info, uint64_t mask);

/* Registers and mask out of the frame at the stack pointer. */
long frame_pop(struct registers *registers, struct thread *thread, uint64_t *mask);

/* siginfo_t, 128 bytes; what is taken out of it are the numbers, code and sigval. */
void signal_info_layout(const struct signal_info *info, uint8_t *to);
void signal_info_take(const uint8_t *from, struct signal_info *info);

#endif
