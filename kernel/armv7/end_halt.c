/* SPDX-License-Identifier: MIT */
/* The end on a board: wait for ever. */
#include "kernel/armv7/console.h"
#include "kernel/armv7/cpu.h"

_Noreturn void machine_end(uint32_t status)
{
	console_text(status ? "kernel: halted after an error\n" : "kernel: halted\n");
	for (;;)
		cpu_wait();
}
