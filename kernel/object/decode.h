/* SPDX-License-Identifier: MIT */
/*
 * Decoding of kernel calls: the one place where slot, kind and rights are checked. Each function takes the
 * caller and its argument words, validates all of them, and then acts; *blocked is set when the caller is
 * answered later. Words and the control block are hostile: what is used twice is copied first.
 */
#ifndef KERNEL_OBJECT_DECODE_H
#define KERNEL_OBJECT_DECODE_H

#include "kernel/object/thread.h"

/* Do call `number` (call.h) of a thread that runs. Unknown: ERR_UNSUPPORTED. */
err_t call_do(struct thread *thread, uint32_t number, const uint64_t *word, bool *blocked);

/* A used slot of `pd` with this kind (KIND_NONE: any) and at least these rights. */
static inline err_t MUST_CHECK cap_lookup(struct pd *pd, uint64_t slot, enum kind kind, uint32_t rights, struct cap **cap)
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

err_t slot_lookup_empty(struct pd *pd, uint64_t slot, struct cap **cap) MUST_CHECK;

/* The domain at a slot of the caller, or its own for 0. */
err_t pd_lookup(struct thread *thread, uint64_t slot, uint32_t rights, struct pd **pd) MUST_CHECK;

/* Before an interrupt object goes. That of all interrupts never does. */
void interrupt_disconnect(struct interrupt *interrupt);
bool interrupt_is_all(const struct object *object);

static inline void *thread_bulk(struct thread *thread)
{
	return (uint8_t *)thread->utcb + UTCB_BULK;
}

/* A result of 64 bits: two words of utcb->extra, low one first. */
static inline void extra_put_wide(struct thread *thread, uint32_t place, uint64_t value)
{
	thread->utcb->extra[place] = (uint32_t)value;
	thread->utcb->extra[place + 1] = (uint32_t)(value >> 32);
}

typedef err_t call_function(struct thread *thread, const uint64_t *word, bool *blocked);

call_function do_object_create, do_memory_derive, do_object_revoke, do_cap_revoke_badge, do_cap_copy, do_cap_delete,
	do_cap_list, do_pd_map, do_pd_unmap, do_pd_protect, do_pd_donate, do_pd_pause, do_pd_resume, do_pd_clock_get, do_pd_clock_set,
	do_memory_populated, do_memory_discard, do_console_write, do_thread_bind, do_thread_resume, do_thread_pause,
	do_thread_read, do_thread_write, do_thread_schedule_set, do_thread_schedule_get, do_thread_yield, do_ipc_call,
	do_ipc_wait, do_ipc_reply, do_ipc_reply_wait, do_signal_submit, do_signal_wait, do_signal_get, do_signal_set,
	do_memory_epoch, do_interrupt_make, do_interrupt_bind, do_interrupt_acknowledge;

#endif
