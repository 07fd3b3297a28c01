/* SPDX-License-Identifier: MIT */
/* The kernel's own output, and its end. Each board has its console_init and console_put. */
#ifndef KERNEL_ARMV7_CONSOLE_H
#define KERNEL_ARMV7_CONSOLE_H

#include <stdint.h>

void console_init(void);
void console_put(char byte);

void console_text(const char *text);
void console_hex(uint32_t value);

/* A bug of the kernel: say where, and end. */
_Noreturn void kernel_panic(const char *what, uint32_t where, uint32_t detail);

/* The machine stops: status 0 if the first component ended. end_halt.c waits for ever, end_test.c leaves the emulator. */
_Noreturn void machine_end(uint32_t status);

#endif
