/* SPDX-License-Identifier: MIT */
/*
 * What a process with a host grant can reach of the file system: the granted directory and below, or nothing
 * if the grant is no directory. By Landlock (Linux 5.13), else by a root directory in a user namespace of its
 * own; where a host allows neither, such a process is not started.
 */
#ifndef KERNEL_LINUX_CONFINE_H
#define KERNEL_LINUX_CONFINE_H

#include <stdbool.h>

/* In the process to be confined, before it executes anything. */
bool confine_to(int descriptor);

#endif
