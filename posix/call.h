/* SPDX-License-Identifier: MIT */
/*
 * System calls of the program, by Linux's number for x86-64 (arch/x86/entry/syscalls/syscall_64.tbl). Each source file
 * exports one table; call.c puts them together. A handler gets the six arguments and returns a result or -errno. What
 * is not in a table returns -ENOSYS and is named once in the component's log.
 */
#ifndef POSIX_CALL_H
#define POSIX_CALL_H

#include <stdint.h>

typedef long call_t(const uint64_t argument[6]);

struct call_entry {
	uint16_t number;
	const char *name;
	call_t *handler;
};

struct call_table {
	const struct call_entry *entries;
	uint32_t count;
};

extern const struct call_table memory_calls, thread_calls, futex_calls, signal_calls, time_calls, process_calls; /* the core's */
extern const struct call_table file_calls, descriptor_calls, name_calls, status_calls, directory_calls, pipe_calls, poll_calls;    /* the files' */

void calls_start(void);

/* Log once per `name` that something is not supported; `detail` says what. */
void call_unsupported(const char *name, const char *detail);

#endif
