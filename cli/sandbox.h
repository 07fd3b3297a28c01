/* SPDX-License-Identifier: MIT */
/*
 * Reading what a stranger may have written: in a child process that has one descriptor and a pipe, and whose system
 * calls are limited to reading the one, writing the other, and memory. Whatever an image makes it do ends there.
 */
#ifndef CLI_SANDBOX_H
#define CLI_SANDBOX_H

#include <stdio.h>

/* What the child does: read `file`, print to `out`. Its exit status; on failure what it printed is the sentence. */
typedef int sandbox_work_t(int file, FILE *out, const void *context);

/*
 * Do `work` there. EXIT_DONE: `text` (to be freed) is what it printed, without control characters. Else reported as of
 * `subject`.
 */
int sandbox_do(int file, sandbox_work_t *work, const void *context, const char *subject, char **text, size_t *size);

#endif
