/* SPDX-License-Identifier: MIT */
/* The program as a process: how it was started. */
#ifndef POSIX_PROCESS_H
#define POSIX_PROCESS_H

#include <stdint.h>

enum { PATH_SIZE = 4096 };

/* The path by which it was started; what /proc/self/exe names. */
extern char process_path[PATH_SIZE];

/* Load the ROMs "program", "arguments" and "environment" and run; on failure the exit status. */
int process_start(void);

#endif
