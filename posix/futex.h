/* SPDX-License-Identifier: MIT */
/* Futexes, for the end of threads. */
#ifndef POSIX_FUTEX_H
#define POSIX_FUTEX_H

#include <kernel/types.h>

void futex_wake_all(addr_t address);

/* Of a robust mutex that a thread held when it ended: mark it and wake who waits. */
void futex_owner_died(addr_t address, uint32_t owner);

#endif
