/* SPDX-License-Identifier: MIT */
/*
 * Synchronous messages and signals.
 *
 * A client calls an endpoint and blocks until the server replies. A server waits with a reply object: the
 * kernel binds the next caller to it, and a reply through that object, by whoever holds it, ends the call.
 * A server with several reply objects can leave calls unanswered and go on serving. Fault messages come
 * the same way, see thread.h. Messages lie in the caller's thread control block (message.h).
 *
 * A signal accumulates: `count` submissions and the OR of the badges by which they came. Waiting takes and
 * clears both. Several threads may wait for one signal; each batch goes to the one that waited longest.
 *
 * For a checkpoint: a call that no server has received is done again; one that was received is "awaiting
 * reply R"; waiting for a message or a signal is done again.
 */
#ifndef KERNEL_IPC_H
#define KERNEL_IPC_H

#include <kernel/err.h>
#include <kernel/types.h>

enum event { EVENT_NONE, EVENT_MESSAGE, EVENT_SIGNAL };

/* Send the message to `ep` (SEND) and wait for the reply, which replaces it. ERR_GONE if the server died. */
err_t ipc_call(ep_t ep) MUST_CHECK;

/*
 * Wait for a message at `ep` (WAIT), which binds the caller to `reply` (WAIT, not bound), or for `signal`
 * (WAIT; may be zero), until `deadline`. utcb->event tells which; utcb->badge is the badge of the caller's
 * capability, or the badges of the signal with its count in words[0]. ERR_TIMEOUT.
 */
err_t ipc_wait(ep_t ep, reply_t reply, signal_t signal, uint64_t deadline) MUST_CHECK;

/* Send the message to the caller bound to `reply` (SEND) and unbind it. No caller: ERR_STATE; died: ERR_GONE. */
err_t ipc_reply(reply_t reply) MUST_CHECK;

/* ipc_reply, then ipc_wait, in one operation. A reply that fails is dropped: its caller is gone. */
err_t ipc_reply_wait(ep_t ep, reply_t reply, signal_t signal, uint64_t deadline) MUST_CHECK;

/* Add one and the badge of `signal` (SEND). Never blocks. */
err_t signal_submit(signal_t signal) MUST_CHECK;

/* Wait until something was submitted to `signal` (WAIT), take and clear it. ERR_TIMEOUT at `deadline`. */
err_t signal_wait(signal_t signal, uint64_t deadline, uint32_t *badges, uint32_t *count) MUST_CHECK;

/* The pending state of `signal` (CONTROL): read without taking, or replace. */
err_t signal_get(signal_t signal, uint32_t *badges, uint32_t *count) MUST_CHECK;
err_t signal_set(signal_t signal, uint32_t badges, uint32_t count) MUST_CHECK;

#endif
