/* SPDX-License-Identifier: MIT */
/* Going back from a handler of reflection: the kernel loads all registers at once, from the control block. */
#include <framework/memory.h>
#include <kernel/enter.h>
#include <kernel/machine.h>

_Noreturn void registers_continue(const struct registers *registers)
{
	addr_t self = (addr_t)utcb_self(), offset = (addr_t)registers - self;

	if (offset != UTCB_FOREIGN && offset != UTCB_FAULT) {
		offset = UTCB_FOREIGN;
		memcpy((void *)(self + offset), registers, sizeof *registers);
	}
	/* Comes back only with registers that no thread may have. */
	for (;;) {
		enter_registers(CALL_REGISTERS_CONTINUE, offset, 0, 0, 0, 0);
		__builtin_trap();
	}
}
