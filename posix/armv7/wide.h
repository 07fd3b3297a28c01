/* SPDX-License-Identifier: MIT */
/* Handlers that only ARM has, by wide.c and frame.c. */
#ifndef POSIX_ARMV7_WIDE_H
#define POSIX_ARMV7_WIDE_H

#include "posix/call.h"

extern call_t call_pread_pair, call_pwrite_pair, call_preadv_pair, call_pwritev_pair, call_truncate_pair,
	call_ftruncate_pair, call_truncate_short, call_ftruncate_short, call_fallocate_pair, call_llseek, call_mmap_pages,
	call_clone_backwards, call_set_tls, call_get_tls, call_cacheflush;
extern call_t call_sigreturn_short;

#endif
