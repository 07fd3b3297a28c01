/* SPDX-License-Identifier: MIT */
/* The end in test images that are read by a checker: say what the schedulers did, then leave the emulator. */
#include "kernel/armv7/console.h"
#include "kernel/armv7/emulator.h"
#include "kernel/armv7/trace.h"

_Noreturn void machine_end(uint32_t status)
{
	trace_print();
	emulator_leave(status);
}
