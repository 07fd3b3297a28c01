/* SPDX-License-Identifier: MIT */
/* Kernel calls on threads: decode, then act. */
#include <framework/memory.h>

#include "kernel/object/decode.h"
#include "kernel/object/machine.h"

static err_t thread_lookup(struct thread *thread, uint64_t slot, struct thread **found)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, slot, KIND_THREAD, RIGHT_CONTROL, &cap);

	if (err != OK)
		return err;
	if (!((struct thread *)cap->object)->pd)
		return ERR_STATE;
	*found = (struct thread *)cap->object;
	return OK;
}

err_t do_thread_bind(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap, *fault = NULL;
	struct pd *pd;
	err_t err = cap_lookup(thread->pd, word[0], KIND_THREAD, RIGHT_CONTROL, &cap);

	if (err == OK)
		err = pd_lookup(thread, word[1], RIGHT_GRANT, &pd);
	if (err == OK && word[3])
		err = cap_lookup(thread->pd, word[3], KIND_ENDPOINT, RIGHT_SEND, &fault);
	if (err != OK)
		return err;
	struct thread *new = (struct thread *)cap->object;
	if (new->pd)
		return ERR_STATE;
	if (word[2] >= UTCB_COUNT)
		return ERR_RANGE;
	err = thread_attach(new, pd, (uint32_t)word[2], thread, blocked);
	if (err != OK)
		return err;
	if (fault)
		cap_set_behind(&new->fault_ep, fault, RIGHT_SEND, fault->badge);
	new->schedule.core = AFFINITY_ANY;
	return OK;
}

err_t do_thread_resume(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct thread *target;
	err_t err = thread_lookup(thread, word[0], &target);

	(void)blocked;
	if (err != OK)
		return err;
	if (!target->paused && target->run != THREAD_STOPPED)
		return ERR_STATE;
	if (target->run == THREAD_STOPPED)
		target->run = THREAD_RUNNING;
	target->paused = false;
	thread_go(target);
	if (!thread_is_paused(target))
		thread_rematch(target);
	return OK;
}

err_t do_thread_pause(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct thread *target;
	err_t err = thread_lookup(thread, word[0], &target);

	if (err == OK)
		*blocked = pause_begin(target->pd, target, thread, word[1], &err);
	return err;
}

err_t do_thread_read(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct thread *target;
	err_t err = thread_lookup(thread, word[0], &target);

	(void)blocked;
	if (err != OK)
		return err;
	if (!thread_is_still(target) && target->run != THREAD_STOPPED && target->run != THREAD_FAULTED)
		return ERR_STATE;
	return thread_state_get(target, thread_bulk(thread));
}

err_t do_thread_write(struct thread *thread, const uint64_t *word, bool *blocked)
{
	static struct thread_state state;
	struct thread *target;
	struct cap *cap = NULL;
	err_t err = thread_lookup(thread, word[0], &target);

	(void)blocked;
	if (err == OK && word[1])
		err = cap_lookup(thread->pd, word[1], KIND_REPLY, RIGHT_WAIT, &cap);
	if (err != OK)
		return err;
	struct reply *reply = cap ? (struct reply *)cap->object : NULL;
	if (reply && (reply->caller || reply->waiter))
		return ERR_STATE;
	if (!thread_is_still(target) && target->run != THREAD_STOPPED)
		return ERR_STATE;
	memcpy(&state, thread_bulk(thread), sizeof state);
	return thread_state_set(target, &state, reply);
}

err_t do_thread_schedule_set(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct thread *target;
	err_t err = thread_lookup(thread, word[0], &target);

	(void)blocked;
	if (err != OK)
		return err;
	if (word[1] > PRIORITY_MAX || word[2] > UINT32_MAX || word[3] > UINT32_MAX || word[4] > UINT32_MAX)
		return ERR_ARGUMENT;
	struct thread_schedule schedule = {(uint32_t)word[1], (uint32_t)word[2], (uint32_t)word[3], (uint32_t)word[4]};
	err = machine_schedule(target, &schedule);
	if (err == OK)
		target->schedule = schedule;
	return err;
}

err_t do_thread_schedule_get(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct thread *target;
	err_t err = thread_lookup(thread, word[0], &target);

	(void)blocked;
	if (err == OK)
		memcpy(thread_bulk(thread), &target->schedule, sizeof target->schedule);
	return err;
}

err_t do_thread_yield(struct thread *thread, const uint64_t *word, bool *blocked)
{
	(void)word;
	(void)blocked;
	machine_yield(thread);
	return OK;
}
