/* SPDX-License-Identifier: MIT */
/* What a check of system calls prints: each expression with its result, or the error by name. */
#ifndef SHOW_H
#define SHOW_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A result that is not negative is shown as it is, -1 with the error. */
#define SHOW(expression) (errno = 0, show_line(#expression, (long)(expression)))

/* Whether it holds: for what is not the same number everywhere. */
#define HOLDS(expression) (printf("%s: %s\n", #expression, (expression) ? "yes" : "NO"), fflush(stdout))

static inline long show_line(const char *text, long result)
{
	if (result == -1 && errno)
		printf("%s = -1 %s\n", text, strerrorname_np(errno));
	else
		printf("%s = %ld\n", text, result);
	fflush(stdout);
	return result;
}

#endif
