/* SPDX-License-Identifier: MIT */
/*
 * How a component enters the hosted kernel: a system call whose number Linux does not know. The seccomp
 * filter of every component hands those numbers to the kernel process, which answers with the result; the
 * caller sleeps in Linux meanwhile. Five words go in registers; the sixth register is the caller's stack
 * pointer (see registers.h).
 *
 * This file is included by assembly too.
 */
#ifndef KERNEL_LINUX_CALL_H
#define KERNEL_LINUX_CALL_H

#include "kernel/object/call.h"

#define KERNEL_CALL_BASE 0x05250000
#define KERNEL_CALL_LAST 0x0525ffff

/* From the stub. */
#define CALL_STUB_DONE 64   /* service thread: commands done; word 0: result of the last */
#define CALL_STUB_PAUSED 65 /* word 0: signal frame */
#define CALL_STUB_FAULT 66  /* word 0: signal frame */
#define CALL_STUB_READY 67  /* new thread waits for its first frame; word 0: result of its set-up */

#endif
