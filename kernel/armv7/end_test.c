/* SPDX-License-Identifier: MIT */
/* The end in test images: leave the emulator. */
#include "kernel/armv7/console.h"
#include "kernel/armv7/emulator.h"

_Noreturn void machine_end(uint32_t status)
{
	emulator_leave(status);
}
