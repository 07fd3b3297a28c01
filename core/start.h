/* SPDX-License-Identifier: MIT */
/* What core does to registers, for each architecture. */
#ifndef CORE_START_H
#define CORE_START_H

#include <kernel/machine.h>
#include <kernel/thread.h>

/* As at the entry of a function with one argument. */
void registers_start(struct registers *registers, uint64_t instruction, uint64_t stack, uint64_t argument);

/* As the kernel reflects a fault (kernel/thread.h), with FAULT_NONE. False: it is in [low, high). */
bool registers_interrupt(struct thread_state *state, uint64_t low, uint64_t high);

#endif
