/* SPDX-License-Identifier: MIT */
/*
 * What the kernel suite's fuzzer gives to which call: for each word a letter that says what belongs there, and for each
 * letter the values that are tried, good ones and bad ones (calls_table.c).
 */
#ifndef TEST_KERNEL_CALLS_H
#define TEST_KERNEL_CALLS_H

#include "test/kernel/suite.h"

enum { CALL_WORDS = 5, VALUES_MOST = 8, CALL_NUMBERS = 44, MEMORY_SIZE = 256 * 1024, FREE_AT = 0x20000000 };

/* Slots of the fuzzer. Objects that it makes go to MADE .. MADE_END, what it receives to RECEIVE and the next three. */
enum { SLOT_MEMORY = 4, SLOT_WEAK, SLOT_VICTIM_PD, SLOT_VICTIM, SLOT_INTERRUPTS, SLOT_BADGED, SLOT_SPARE, SLOT_MADE = 32,
       SLOT_MADE_END = 48, SLOT_RECEIVE = 48, SLOT_COPIES = 56 };

struct call_kind {
	const char *words; /* a letter for each; NULL: there is no such call */
	bool succeeds;     /* with some of the values, so that it must have */
};

extern const struct call_kind call_kinds[CALL_NUMBERS];

/* Value `pick` of a letter, of `value_count` many. */
uint64_t value_of(char letter, uint32_t pick);
uint32_t value_count(char letter);

#endif
