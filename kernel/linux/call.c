/* SPDX-License-Identifier: MIT */
/*
 * Kernel calls: decode and check everything, then do it. One table, one row per call.
 *
 * Words and the control block are hostile: what is used twice is copied first.
 */
#include "kernel/linux/call.h"
#include "kernel/linux/decode.h"
#include "kernel/linux/host.h"
#include "kernel/object/ipc.h"
#include "kernel/object/machine.h"

typedef err_t (*call_function)(struct thread *thread, const uint64_t *word, bool *blocked);

err_t cap_lookup(struct pd *pd, uint64_t slot, enum kind kind, uint32_t rights, struct cap **cap)
{
	if (!slot || slot >= pd->slot_count || !pd->slots[slot].object)
		return ERR_CAPABILITY;
	if (kind != KIND_NONE && pd->slots[slot].object->kind != kind)
		return ERR_CAPABILITY;
	if ((pd->slots[slot].rights & rights) != rights)
		return ERR_RIGHTS;
	*cap = &pd->slots[slot];
	return OK;
}

err_t slot_lookup_empty(struct pd *pd, uint64_t slot, struct cap **cap)
{
	if (!slot || slot >= pd->slot_count)
		return ERR_ARGUMENT;
	if (pd->slots[slot].object)
		return ERR_SLOT_IN_USE;
	*cap = pd_slot(pd, (slot_t)slot);
	return OK;
}

err_t pd_lookup(struct thread *thread, uint64_t slot, uint32_t rights, struct pd **pd)
{
	struct cap *cap;

	if (!slot) {
		*pd = thread->pd;
		return OK;
	}
	err_t err = cap_lookup(thread->pd, slot, KIND_PD, rights, &cap);
	if (err == OK)
		*pd = (struct pd *)cap->object;
	return err;
}

static err_t do_ipc_call(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_ENDPOINT, RIGHT_SEND, &cap);

	if (err == OK)
		*blocked = endpoint_call((struct endpoint *)cap->object, thread, cap->badge, &err);
	return err;
}

static err_t do_ipc_wait(struct thread *thread, const uint64_t *word, bool *blocked)
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

static err_t do_ipc_reply(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_REPLY, RIGHT_SEND, &cap);

	(void)blocked;
	return err == OK ? reply_send((struct reply *)cap->object, thread) : err;
}

static err_t do_ipc_reply_wait(struct thread *thread, const uint64_t *word, bool *blocked)
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

static err_t do_signal_submit(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_SIGNAL, RIGHT_SEND, &cap);

	(void)blocked;
	if (err == OK)
		signal_add((struct signal *)cap->object, cap->badge);
	return err;
}

static err_t do_signal_wait(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_SIGNAL, RIGHT_WAIT, &cap);

	if (err == OK)
		*blocked = endpoint_wait(NULL, NULL, (struct signal *)cap->object, thread, word[1], &err);
	return err;
}

static err_t do_signal_get(struct thread *thread, const uint64_t *word, bool *blocked)
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

static err_t do_signal_set(struct thread *thread, const uint64_t *word, bool *blocked)
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

static const call_function table[] = {
	[CALL_OBJECT_CREATE] = do_object_create,
	[CALL_MEMORY_DERIVE] = do_memory_derive,
	[CALL_OBJECT_REVOKE] = do_object_revoke,
	[CALL_CAP_REVOKE_BADGE] = do_cap_revoke_badge,
	[CALL_CAP_COPY] = do_cap_copy,
	[CALL_CAP_DELETE] = do_cap_delete,
	[CALL_CAP_LIST] = do_cap_list,
	[CALL_PD_MAP] = do_pd_map,
	[CALL_PD_UNMAP] = do_pd_unmap,
	[CALL_PD_PROTECT] = do_pd_protect,
	[CALL_PD_PAUSE] = do_pd_pause,
	[CALL_PD_RESUME] = do_pd_resume,
	[CALL_PD_CLOCK_GET] = do_pd_clock_get,
	[CALL_PD_CLOCK_SET] = do_pd_clock_set,
	[CALL_MEMORY_POPULATED] = do_memory_populated,
	[CALL_MEMORY_DISCARD] = do_memory_discard,
	[CALL_CONSOLE_WRITE] = do_console_write,
	[CALL_THREAD_BIND] = do_thread_bind,
	[CALL_THREAD_RESUME] = do_thread_resume,
	[CALL_THREAD_PAUSE] = do_thread_pause,
	[CALL_THREAD_READ] = do_thread_read,
	[CALL_THREAD_WRITE] = do_thread_write,
	[CALL_THREAD_SCHEDULE_SET] = do_thread_schedule_set,
	[CALL_THREAD_SCHEDULE_GET] = do_thread_schedule_get,
	[CALL_THREAD_YIELD] = do_thread_yield,
	[CALL_IPC_CALL] = do_ipc_call,
	[CALL_IPC_WAIT] = do_ipc_wait,
	[CALL_IPC_REPLY] = do_ipc_reply,
	[CALL_IPC_REPLY_WAIT] = do_ipc_reply_wait,
	[CALL_SIGNAL_SUBMIT] = do_signal_submit,
	[CALL_SIGNAL_WAIT] = do_signal_wait,
	[CALL_SIGNAL_GET] = do_signal_get,
	[CALL_SIGNAL_SET] = do_signal_set,
};

void call_begin(struct thread_machine *machine)
{
	struct thread *thread = machine->thread;
	uint32_t number = machine->call.number;
	bool blocked = false;
	err_t err = ERR_UNSUPPORTED;

	thread->run = THREAD_RUNNING;
	if (number < sizeof table / sizeof *table && table[number])
		err = table[number](thread, machine->call.word, &blocked);
	/* A call that destroys its own thread or domain leaves nobody to answer. */
	if (!blocked && machine->thread)
		machine_continue(thread, err);
}
