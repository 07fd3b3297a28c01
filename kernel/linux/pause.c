/* SPDX-License-Identifier: MIT */
/*
 * Pausing: threads that run get the pause signal and report from the stub; threads that stand are left alone.
 *
 * The pause is in force from its first moment, so that nothing is delivered to a thread that already stands.
 * If one does not report in time the whole pause is given up: a throttled or stopped machine looks just
 * the same as a thread that hides, and the caller is told.
 */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/linux/host.h"
#include "kernel/object/machine.h"

enum { PAUSES = 64 };

static struct pd_machine *under_way[PAUSES];

static void thread_signal(struct thread *thread)
{
	struct thread_machine *machine = thread->machine;

	if (thread_stands(thread) || machine->signalled)
		return;
	machine->signalled = syscall(SYS_tgkill, machine->pd->pid, machine->tid, SIGNAL_PAUSE) == 0;
}

static bool all_stand(const struct pd_machine *machine)
{
	if (machine->pause_one)
		return thread_stands(machine->pause_one);
	for (const struct thread *thread = machine->pd->threads; thread; thread = thread->next_in_pd)
		if (!thread_stands(thread))
			return false;
	return true;
}

void pause_forget(struct pd_machine *machine)
{
	for (int i = 0; i < PAUSES; i++)
		if (under_way[i] == machine)
			under_way[i] = NULL;
}

/*
 * A thread goes, and is in no list any more. Whoever pauses it alone hears of it, whoever pauses its domain need not wait for it,
 * and what it asked for itself is given up next.
 */
void pause_leave(const struct thread *thread)
{
	struct pd_machine *machine = thread->pd->machine;

	for (int i = 0; i < PAUSES; i++)
		if (under_way[i] && under_way[i]->pauser == thread)
			under_way[i]->pause_limit = 0;
	if (machine->pause_one == thread || thread->pd->ending) {
		pause_forget(machine);
		if (machine->pauser)
			thread_unblock(machine->pauser, ERR_GONE);
		machine->pause_one = NULL;
	} else {
		pause_check(machine);
	}
}

bool pause_begin(struct pd *pd, struct thread *one, struct thread *asker, uint64_t limit, err_t *result)
{
	struct pd_machine *machine = pd->machine;
	bool *flag = one ? &one->paused : &pd->paused;
	int place = 0;

	*result = machine->dead ? ERR_GONE : *flag || machine->pauser || asker->pd == pd ? ERR_STATE : OK;
	for (int i = 0; i < PAUSES && *result == OK; i++)
		if (under_way[i] == machine)   /* of an asker that is gone */
			*result = ERR_STATE;
	while (place < PAUSES && under_way[place])
		place++;
	if (*result == OK && place == PAUSES)
		*result = ERR_BUSY;
	if (*result != OK)
		return false;
	*flag = true;
	machine->pause_one = one;
	if (one)
		thread_signal(one);
	for (struct thread *thread = one ? NULL : pd->threads; thread; thread = thread->next_in_pd)
		thread_signal(thread);
	if (all_stand(machine))
		return false;
	under_way[place] = machine;
	machine->pause_limit = machine_now() + limit;
	thread_wait_in(asker, &machine->pauser);
	return true;
}

void pause_check(struct pd_machine *machine)
{
	if (!machine->pauser || (machine->pd && !all_stand(machine)))
		return;
	pause_forget(machine);
	thread_unblock(machine->pauser, machine->dead ? ERR_GONE : OK);
}

static void thread_wake(struct thread *thread)
{
	thread_go(thread);
	if (!thread_is_paused(thread))
		thread_rematch(thread);
}

static void pause_lift(struct pd *pd)
{
	pd->paused = false;
	for (struct thread *thread = pd->threads; thread; thread = thread->next_in_pd)
		thread_wake(thread);
}

err_t pause_end(struct pd *pd)
{
	if (!pd->paused || pd->machine->pauser)
		return ERR_STATE;
	pause_lift(pd);
	return OK;
}

static void pause_give_up(struct pd_machine *machine)
{
	struct thread *one = machine->pause_one;

	pause_forget(machine);
	if (machine->pauser)
		thread_unblock(machine->pauser, ERR_TIMEOUT);
	if (!machine->pd)
		return;
	if (one) {
		one->paused = false;
		thread_wake(one);
	} else {
		pause_lift(machine->pd);
	}
}

void pause_expire(uint64_t now, uint64_t *next)
{
	for (int i = 0; i < PAUSES; i++) {
		if (!under_way[i])
			continue;
		if (under_way[i]->pause_limit <= now)
			pause_give_up(under_way[i]);
		else if (under_way[i]->pause_limit < *next)
			*next = under_way[i]->pause_limit;
	}
}
