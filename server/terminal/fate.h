/* SPDX-License-Identifier: MIT */
/* NAME.fate, and which terminals have files at all. A fate is there whole or not at all. */
#ifndef SERVER_TERMINAL_FATE_H
#define SERVER_TERMINAL_FATE_H

#include <kernel/err.h>
#include <stdint.h>

#include "server/name.h"

/* Linux's result. */
long fate_write(const char *name, const void *bytes, uint32_t size);
void fate_remove(const char *name);

/* At most TERMINAL_FATE bytes; how many, 0: none. */
uint32_t fate_read(const char *name, void *to);

/* ERR_NOT_FOUND: none follows. */
err_t terminal_name_after(const char *after, char name[NAME_SIZE]) MUST_CHECK;

#endif
