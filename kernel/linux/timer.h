/* SPDX-License-Identifier: MIT */
/* The deadlines of waiting threads; starting and stopping one is in kernel/object/machine.h. */
#ifndef KERNEL_LINUX_TIMER_H
#define KERNEL_LINUX_TIMER_H

#include <stdint.h>

/* Tell every thread whose deadline is not after `now`; returns the next deadline, UINT64_MAX if there is none. */
uint64_t timer_expire(uint64_t now);

#endif
