/* SPDX-License-Identifier: MIT */
/*
 * Pausing: nobody else runs on the caller's core; threads that run on other cores are stopped there, which takes as long as
 * an interrupt. A domain's threads stand, and go again, piece by piece. Each notes the turn in which that happened to it: all
 * are looked at again when the direction changes, whatever happened to them meanwhile.
 */
#include "kernel/armv7/core.h"
#include "kernel/armv7/schedule.h"
#include "kernel/armv7/work.h"
#include "kernel/object/machine.h"

enum { PIECE_THREADS = 16, STOPPED = 1 };

static void thread_stand(struct thread *thread)
{
	schedule_stop(thread);
	schedule_update(thread);
}

bool machine_pd_stop(struct pd *pd)
{
	uint32_t done = 0;

	if (pd->ending)
		work_unchange(pd);
	for (struct thread *thread = pd->threads; thread; thread = thread->next_in_pd) {
		if (thread->machine->turn == pd->turn)
			continue;
		thread->machine->turn = pd->turn;
		thread_stand(thread);
		if (++done % PIECE_THREADS == 0 && machine_work_stop(STOPPED))
			return false;
	}
	return true;
}

/* What one thread waits for can be behind many that are paused, so each is a piece. */
static bool pd_go(struct pd *pd)
{
	for (struct thread *thread = pd->threads; thread; thread = thread->next_in_pd) {
		if (thread->machine->turn == pd->turn)
			continue;
		thread->machine->turn = pd->turn;
		thread_go(thread);
		if (!thread_is_paused(thread))
			thread_rematch(thread);
		if (machine_work_stop(STOPPED))
			return false;
	}
	return true;
}

/* Whether `asker` may pause (or resume) the domain: it is not so yet, and nobody else is about it. */
static bool may_change(const struct pd *pd, const struct thread *asker, bool pause)
{
	if (asker->pd == pd || (pd->changer && pd->changer != asker))
		return false;
	return pd->changing || pd->paused != pause;
}

static void pd_change(struct pd *pd, bool pause)
{
	if (pd->paused != pause) {
		pd->paused = pause;
		pd->turn++;
	}
	pd->changing = true;
	if (pause ? machine_pd_stop(pd) : pd_go(pd)) {
		pd->changing = false;
		work_unchange(pd);
	} else {
		work_change(pd);
	}
}

bool pause_begin(struct pd *pd, struct thread *one, struct thread *asker, uint64_t limit, err_t *result)
{
	bool may = one ? !one->paused && asker->pd != pd : may_change(pd, asker, true);

	(void)limit;
	*result = may ? OK : ERR_STATE;
	if (!may)
		return false;
	if (one) {
		one->paused = true;
		thread_stand(one);
	} else {
		pd_change(pd, true);
	}
	return false;
}

err_t pause_end(struct pd *pd)
{
	if (!may_change(pd, current, false))
		return ERR_STATE;
	pd_change(pd, false);
	return OK;
}
