/* SPDX-License-Identifier: MIT */
/*
 * What one operation costs, on a machine that counts instructions for time (see arm.sh). A figure is a line
 *
 *      figure: NANOSECONDS of ROUNDS: WHAT
 *
 * and the script makes instructions of it. Tests of the kernel suite's frame print them; nothing is judged here but that
 * every operation succeeds.
 */
#ifndef TEST_BENCH_ARMV7_FIGURE_H
#define TEST_BENCH_ARMV7_FIGURE_H

#include "test/kernel/suite.h"

enum { ROUNDS = 1000 };

/* `rounds` took so long together. */
void figure_say(const char *what, uint64_t nanoseconds, uint32_t rounds);

/* A partner with endpoint, reply object and signal of the suite's in its slots, of `priority`, which faults to `fault_ep`. */
struct pair {
	struct partner partner;
	slot_t ep, reply, signal;
};
void pair_make(struct pair *pair, void (*main)(addr_t), addr_t argument, uint32_t priority, bool faults);
void pair_end(struct pair *pair);

/* The message of this thread: words that count, capabilities that count. */
void message_set(uint32_t words, uint32_t caps);

#endif
