/* SPDX-License-Identifier: MIT */
/*
 * System calls of the program: the table of an architecture (ARCH/calls.c) gives each its number there. A handler gets
 * the six arguments and returns a result or -errno. What is not in the table returns -ENOSYS and is named once in the
 * component's log.
 */
#ifndef POSIX_CALL_H
#define POSIX_CALL_H

#include <stdint.h>

typedef long call_t(const uint64_t argument[6]);

enum call_flag {
	CALL_FINAL = 1,            /* not done again when a handler interrupted it, whatever SA_RESTART says */
	CALL_FINAL_TIMED = 2,      /* the same if argument 3, a limit of time, is given */
	CALL_WHOLE = 4,            /* brings all registers: its result is not put into one */
	CALL_TIME64 = 8            /* times in the program's memory are of 64 bits, on any machine */
};

struct call_entry {
	uint32_t number;
	const char *name;
	call_t *handler;
	uint32_t flags;
};

extern const struct call_table {
	const struct call_entry *entries;
	uint32_t count;
} calls;

/* All that the machine has, made at build time from the headers of its C library (build.mk). */
struct call_name {
	uint32_t number;
	const char *name;
};

extern const struct call_names {
	const struct call_name *names;
	uint32_t count;
} call_names;

/* A call that returns. */
struct call {
	const struct call_entry *entry;
	uint64_t argument[6];
	long result;
};

void calls_start(void);

/* Log once per `name` that something is not supported; `detail` says what. */
void call_unsupported(const char *name, const char *detail);

#endif
