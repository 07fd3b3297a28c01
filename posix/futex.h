/* SPDX-License-Identifier: MIT */
/* Futexes, for the end of threads. */
#ifndef POSIX_FUTEX_H
#define POSIX_FUTEX_H

#include <kernel/types.h>

void futex_wake_all(addr_t address);

#endif
