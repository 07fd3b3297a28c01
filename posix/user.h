/* SPDX-License-Identifier: MIT */
/*
 * Reaching the program's memory: a bad pointer gives -EFAULT, by a fault fix-up in user.c, never a crash. Every access
 * to an address that came from the program goes through here. Values are those of Linux: 0 or -EFAULT.
 */
#ifndef POSIX_USER_H
#define POSIX_USER_H

#include <kernel/types.h>

#define USER_CHECK __attribute__((warn_unused_result))

long user_read(void *to, addr_t from, uint64_t size) USER_CHECK;
long user_write(addr_t to, const void *from, uint64_t size) USER_CHECK;
long user_zero(addr_t to, uint64_t size) USER_CHECK;

/* A zero-terminated string of less than `size` bytes: its length, -EFAULT, or -ENAMETOOLONG. */
long user_string(char *to, addr_t from, uint64_t size) USER_CHECK;

/* Load, and compare-and-exchange, of an aligned 32-bit word. */
long user_load(addr_t from, uint32_t *value) USER_CHECK;
long user_exchange(addr_t at, uint32_t expected, uint32_t desired, uint32_t *found) USER_CHECK;

#endif
