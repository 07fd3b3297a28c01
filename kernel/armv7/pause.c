/* SPDX-License-Identifier: MIT */
/*
 * Pausing: nobody else runs on the caller's core; threads that run on other cores are stopped there, which takes as long as
 * an interrupt. A domain's threads stand, and go again, piece by piece: each notes whether it stands, so whoever asks again
 * goes on where it was.
 */
#include "kernel/armv7/schedule.h"
#include "kernel/object/machine.h"

enum { PIECE_THREADS = 16 };

static void thread_stand(struct thread *thread)
{
	schedule_stop(thread);
	schedule_update(thread);
}

bool machine_pd_stop(struct pd *pd)
{
	uint32_t done = 0;

	for (struct thread *thread = pd->threads; thread; thread = thread->next_in_pd) {
		if (thread->machine->stands)
			continue;
		thread_stand(thread);
		thread->machine->stands = true;
		if (++done % PIECE_THREADS == 0 && machine_work_stop(0))
			return false;
	}
	return true;
}

/* What one thread waits for can be behind many that are paused, so each is a piece. */
static bool pd_go(struct pd *pd)
{
	for (struct thread *thread = pd->threads; thread; thread = thread->next_in_pd) {
		if (!thread->machine->stands)
			continue;
		thread->machine->stands = false;
		thread_go(thread);
		if (!thread_is_paused(thread))
			thread_rematch(thread);
		if (machine_work_stop(0))
			return false;
	}
	return true;
}

bool pause_begin(struct pd *pd, struct thread *one, struct thread *asker, uint64_t limit, err_t *result)
{
	bool already = one ? one->paused : pd->paused && !pd->changing;

	(void)limit;
	*result = already || asker->pd == pd ? ERR_STATE : OK;
	if (*result != OK)
		return false;
	if (one) {
		one->paused = true;
		thread_stand(one);
	} else {
		pd->paused = pd->changing = true;
		pd->changing = !machine_pd_stop(pd);
	}
	return false;
}

err_t pause_end(struct pd *pd)
{
	if (!pd->paused && !pd->changing)
		return ERR_STATE;
	pd->paused = false;
	pd->changing = true;
	pd->changing = !pd_go(pd);
	return OK;
}
