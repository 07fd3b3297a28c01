/* SPDX-License-Identifier: MIT */
/* Clocks and timers. Times are nanoseconds; monotonic is the component's own clock, real time the host's. */
#ifndef POSIX_TIME_H
#define POSIX_TIME_H

#include <kernel/err.h>
#include <kernel/types.h>

/*
 * A struct timespec of the program, as wide as the call that the thread makes has it: 0, -EFAULT, -EINVAL. Pairs are seconds
 * and nanoseconds as they are, unchecked.
 */
long time_read(addr_t from, uint64_t *nanoseconds);
long time_write(addr_t to, uint64_t nanoseconds);
long time_pair_read(addr_t from, int64_t pair[2]);
uint32_t time_size(void);

/* How long to wait, a struct timespec (0: for ever), as a deadline; 0: not at all. 0, -EFAULT, -EINVAL. */
long time_limit(addr_t from, uint64_t *deadline);

/* Real time as a deadline in the own clock. */
uint64_t time_real_deadline(uint64_t real);

/* The thread of timers looks again, soon; the first time it is made. */
void timers_kick(void);

#endif
