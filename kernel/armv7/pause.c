/* SPDX-License-Identifier: MIT */
/* Pausing: nobody else runs on the caller's core; threads that run on other cores are stopped there, which takes as long as an interrupt. */
#include "kernel/armv7/schedule.h"
#include "kernel/object/machine.h"

static void thread_stand(struct thread *thread)
{
	schedule_stop(thread);
	schedule_update(thread);
}

bool pause_begin(struct pd *pd, struct thread *one, struct thread *asker, uint64_t limit, err_t *result)
{
	bool *flag = one ? &one->paused : &pd->paused;

	(void)limit;
	*result = *flag || asker->pd == pd ? ERR_STATE : OK;
	if (*result != OK)
		return false;
	*flag = true;
	if (one)
		thread_stand(one);
	else
		machine_pd_stop(pd);
	return false;
}

void machine_pd_stop(struct pd *pd)
{
	for (struct thread *thread = pd->threads; thread; thread = thread->next_in_pd)
		thread_stand(thread);
}

err_t pause_end(struct pd *pd)
{
	if (!pd->paused)
		return ERR_STATE;
	pd->paused = false;
	for (struct thread *thread = pd->threads; thread; thread = thread->next_in_pd) {
		thread_go(thread);
		if (!thread_is_paused(thread))
			thread_rematch(thread);
	}
	return OK;
}
