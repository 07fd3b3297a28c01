/* SPDX-License-Identifier: MIT */
/* Kernel calls on endpoints, reply objects and signals: decode, then act. */
#include "kernel/object/decode.h"
#include "kernel/object/ipc.h"

err_t do_ipc_call(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_ENDPOINT, RIGHT_SEND, &cap);

	if (err == OK)
		*blocked = endpoint_call((struct endpoint *)cap->object, thread, cap->badge, &err);
	return err;
}

err_t do_ipc_wait(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *ep, *reply, *signal = NULL;
	err_t err = cap_lookup(thread->pd, word[0], KIND_ENDPOINT, RIGHT_WAIT, &ep);

	if (err == OK)
		err = cap_lookup(thread->pd, word[1], KIND_REPLY, RIGHT_WAIT, &reply);
	if (err == OK && word[2])
		err = cap_lookup(thread->pd, word[2], KIND_SIGNAL, RIGHT_WAIT, &signal);
	if (err != OK)
		return err;
	struct reply *bind = (struct reply *)reply->object;
	if (bind->caller || bind->waiter)
		return ERR_STATE;
	*blocked = endpoint_wait((struct endpoint *)ep->object, bind, signal ? (struct signal *)signal->object : NULL,
	                         thread, word[3], &err);
	return err;
}

err_t do_ipc_reply(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_REPLY, RIGHT_SEND, &cap);

	(void)blocked;
	return err == OK ? reply_send((struct reply *)cap->object, thread) : err;
}

err_t do_ipc_reply_wait(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[1], KIND_REPLY, RIGHT_SEND, &cap);

	if (err != OK)
		return err;
	/* A caller that is gone is no error here, and nor is none: the reply is dropped. */
	err = reply_send((struct reply *)cap->object, thread);
	(void)err;
	return do_ipc_wait(thread, word, blocked);
}

err_t do_signal_submit(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_SIGNAL, RIGHT_SEND, &cap);

	(void)blocked;
	if (err == OK)
		signal_add((struct signal *)cap->object, cap->badge);
	return err;
}

err_t do_signal_wait(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_SIGNAL, RIGHT_WAIT, &cap);

	if (err == OK)
		*blocked = endpoint_wait(NULL, NULL, (struct signal *)cap->object, thread, word[1], &err);
	return err;
}

err_t do_signal_get(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_SIGNAL, RIGHT_CONTROL, &cap);

	(void)blocked;
	if (err == OK) {
		thread->utcb->extra[0] = ((struct signal *)cap->object)->badges;
		thread->utcb->extra[1] = ((struct signal *)cap->object)->count;
	}
	return err;
}

err_t do_signal_set(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_SIGNAL, RIGHT_CONTROL, &cap);

	(void)blocked;
	if (err != OK)
		return err;
	struct signal *signal = (struct signal *)cap->object;
	signal->badges = (uint32_t)word[1];
	signal->count = (uint32_t)word[2];
	if (signal->waiters.first)
		thread_rematch(signal->waiters.first->thread);
	return OK;
}
