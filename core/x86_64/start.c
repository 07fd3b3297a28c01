/* SPDX-License-Identifier: MIT */
/* The registers of an x86-64 thread that starts, and of one that is interrupted; see start.h. */
#include <framework/memory.h>

#include "core/start.h"

void registers_start(struct registers *registers, uint64_t instruction, uint64_t stack, uint64_t argument)
{
	memset(registers, 0, sizeof *registers);
	registers->rip = instruction;
	registers->rsp = stack;
	registers->rdi = argument;
	registers->rflags = 0x202;
}

bool registers_interrupt(struct thread_state *state, uint64_t low, uint64_t high)
{
	struct registers *registers = &state->registers;

	if (registers->rip - low < high - low)
		return false;
	state->fault_frame = *registers;
	state->has_fault = 1;
	registers->rip = state->utcb.fault_entry;
	registers->rsp = state->utcb.fault_stack;
	registers->rdi = state->utcb.self + UTCB_FAULT;
	registers->rsi = FAULT_NONE;
	registers->rdx = 0;
	registers->rcx = 0;
	registers->rflags &= ~0x400ul;
	registers->fpu_size = 0;
	return true;
}
