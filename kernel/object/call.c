/* SPDX-License-Identifier: MIT */
/* Kernel calls: one table, one row per call; and looking up what their words name. See decode.h. */
#include "kernel/object/call.h"
#include "kernel/object/decode.h"
#include "kernel/object/machine.h"

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
	if (err != OK)
		return err;
	if (((struct pd *)cap->object)->ending)
		return ERR_GONE;
	*pd = (struct pd *)cap->object;
	return OK;
}

static call_function *const table[] = {
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
	[CALL_PD_DONATE] = do_pd_donate,
	[CALL_PD_PAUSE] = do_pd_pause,
	[CALL_PD_RESUME] = do_pd_resume,
	[CALL_PD_CLOCK_GET] = do_pd_clock_get,
	[CALL_PD_CLOCK_SET] = do_pd_clock_set,
	[CALL_MEMORY_POPULATED] = do_memory_populated,
	[CALL_MEMORY_DISCARD] = do_memory_discard,
	[CALL_MEMORY_EPOCH] = do_memory_epoch,
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
	[CALL_INTERRUPT_MAKE] = do_interrupt_make,
	[CALL_INTERRUPT_BIND] = do_interrupt_bind,
	[CALL_INTERRUPT_ACKNOWLEDGE] = do_interrupt_acknowledge,
};

err_t call_do(struct thread *thread, uint32_t number, const uint64_t *word, bool *blocked)
{
	if (number >= sizeof table / sizeof *table || !table[number])
		return ERR_UNSUPPORTED;
	return table[number](thread, word, blocked);
}
