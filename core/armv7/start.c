/* SPDX-License-Identifier: MIT */
/* The registers of an ARMv7 thread that starts, and of one that is interrupted; see start.h. */
#include <framework/memory.h>

#include "core/start.h"

enum { STACK = 13, IP = 15, MODE_USER = 0x10 };

void registers_start(struct registers *registers, uint64_t instruction, uint64_t stack, uint64_t argument)
{
	memset(registers, 0, sizeof *registers);
	registers->r[0] = (uint32_t)argument;
	registers->r[STACK] = (uint32_t)stack;
	registers->r[IP] = (uint32_t)instruction;
	registers->cpsr = MODE_USER;
}

bool registers_interrupt(struct thread_state *state, uint64_t low, uint64_t high)
{
	struct registers *registers = &state->registers;

	if (registers->r[IP] - low < high - low)
		return false;
	state->fault_frame = *registers;
	state->has_fault = 1;
	registers->r[0] = state->utcb.self + UTCB_FAULT;
	registers->r[1] = FAULT_NONE;
	registers->r[2] = registers->r[3] = 0;
	registers->r[STACK] = (uint32_t)state->utcb.fault_stack;
	registers->r[IP] = (uint32_t)state->utcb.fault_entry;
	registers->cpsr = MODE_USER;
	return true;
}
