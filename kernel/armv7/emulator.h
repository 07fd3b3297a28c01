/* SPDX-License-Identifier: MIT */
/* Images for tests end the emulator they run in (semihosting, SYS_EXIT_EXTENDED); others have nothing of this. */
#ifndef KERNEL_ARMV7_EMULATOR_H
#define KERNEL_ARMV7_EMULATOR_H

#include <stdint.h>

_Noreturn void emulator_leave(uint32_t status);

#endif
