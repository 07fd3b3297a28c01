/* SPDX-License-Identifier: MIT */
/*
 * How a component enters the hosted kernel: a system call whose number Linux does not know. The seccomp
 * filter of every component hands those numbers to the kernel process, which answers with the result; the
 * caller sleeps in Linux meanwhile. Up to five words go in registers, further ones in utcb->extra, results
 * in the control block. The sixth register is the caller's stack pointer (see registers.h).
 *
 * This file is included by assembly too.
 */
#ifndef KERNEL_LINUX_CALL_H
#define KERNEL_LINUX_CALL_H

#define KERNEL_CALL_BASE 0x05250000
#define KERNEL_CALL_LAST 0x0525ffff

#define CALL_OBJECT_CREATE 1
#define CALL_MEMORY_DERIVE 2
#define CALL_OBJECT_REVOKE 3
#define CALL_CAP_REVOKE_BADGE 4
#define CALL_CAP_COPY 5
#define CALL_CAP_DELETE 6
#define CALL_CAP_LIST 7
#define CALL_PD_MAP 8
#define CALL_PD_UNMAP 9
#define CALL_PD_PROTECT 10
#define CALL_PD_PAUSE 11
#define CALL_PD_RESUME 12
#define CALL_PD_CLOCK_GET 13
#define CALL_PD_CLOCK_SET 14
#define CALL_MEMORY_POPULATED 15
#define CALL_MEMORY_DISCARD 16
#define CALL_CONSOLE_WRITE 17
#define CALL_THREAD_BIND 18
#define CALL_THREAD_RESUME 19
#define CALL_THREAD_PAUSE 20
#define CALL_THREAD_READ 21
#define CALL_THREAD_WRITE 22
#define CALL_THREAD_SCHEDULE_SET 23
#define CALL_THREAD_SCHEDULE_GET 24
#define CALL_THREAD_YIELD 25
#define CALL_IPC_CALL 26
#define CALL_IPC_WAIT 27
#define CALL_IPC_REPLY 28
#define CALL_IPC_REPLY_WAIT 29
#define CALL_SIGNAL_SUBMIT 30
#define CALL_SIGNAL_WAIT 31
#define CALL_SIGNAL_GET 32
#define CALL_SIGNAL_SET 33

/* From the stub. */
#define CALL_STUB_DONE 64   /* service thread: commands done; word 0: result of the last */
#define CALL_STUB_PAUSED 65 /* word 0: signal frame */
#define CALL_STUB_FAULT 66  /* word 0: signal frame */
#define CALL_STUB_READY 67  /* new thread waits for its first frame; word 0: result of its set-up */

#endif
