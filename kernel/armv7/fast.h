/* SPDX-License-Identifier: MIT */
/*
 * The short way of a message: a call to a server that waits, and the answer of a server that waits for the next call. It
 * does exactly what call_do and schedule_next do, in a fraction of the instructions, where all of this holds:
 *
 *   both      no capabilities are sent; the partner is neither paused nor throttled; nobody else would have to run next
 *             (schedule_may_hand)
 *   call      the first that waits at the endpoint is not paused and waits without a deadline
 *   answer    the reply object has a caller that did not fault; then no deadline, no call and no signal that waits already
 *
 * Everything else, and every error, is left to the long way: nothing has been changed then.
 */
#ifndef KERNEL_ARMV7_FAST_H
#define KERNEL_ARMV7_FAST_H

#include "kernel/armv7/thread.h"

/* The registers to go on with after call `number` of current; NULL: it goes the long way. */
struct context *fast_call(uint32_t number);

#endif
