/* SPDX-License-Identifier: MIT */
/*
 * Numbers of the kernel calls, the same on every kernel. How they and their words reach a kernel is the
 * machine's business: <kernel/enter.h>. Up to five words; further ones in utcb->extra, results in the control block.
 *
 * This file is included by assembly too.
 */
#ifndef KERNEL_OBJECT_CALL_H
#define KERNEL_OBJECT_CALL_H

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
#define CALL_MEMORY_EPOCH 34
#define CALL_PD_DONATE 35
#define CALL_INTERRUPT_MAKE 36
#define CALL_INTERRUPT_BIND 37
#define CALL_INTERRUPT_ACKNOWLEDGE 38

#endif
