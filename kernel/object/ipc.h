/* SPDX-License-Identifier: MIT */
/*
 * Messages and signals between threads: the state machine behind kernel/ipc.h, without a machine.
 *
 * The caller has decoded and checked every argument. Functions that may block return true if the thread
 * is blocked now; otherwise `result` holds how the operation ended.
 */
#ifndef KERNEL_OBJECT_IPC_H
#define KERNEL_OBJECT_IPC_H

#include <kernel/ipc.h>

#include "kernel/object/thread.h"

bool endpoint_call(struct endpoint *endpoint, struct thread *caller, uint32_t badge, err_t *result);
bool endpoint_wait(struct endpoint *endpoint, struct reply *reply, struct signal *signal, struct thread *server,
                   uint64_t deadline, err_t *result);
err_t reply_send(struct reply *reply, struct thread *server);

void signal_add(struct signal *signal, uint32_t badge);

/* The line of a device wants attention: it is masked, and whom it is bound to gets a signal. */
void interrupt_arrive(struct interrupt *interrupt);

/* A fault of `thread` (its fault fields are set): call its fault endpoint, or stop it where there is none. */
void fault_send(struct thread *thread);

/*
 * Before an object goes: everyone blocked on it continues with ERR_GONE. Of an endpoint and a signal at most DRAIN threads:
 * true if they were all.
 */
enum { DRAIN = 16 };
bool endpoint_drain(struct endpoint *endpoint) MUST_CHECK;
void reply_drain(struct reply *reply);
bool signal_drain(struct signal *signal) MUST_CHECK;

/* When a badge is revoked: callers that came by it and were not received continue with ERR_GONE. */
bool endpoint_drain_badge(struct endpoint *endpoint, uint32_t badge) MUST_CHECK;

#endif
