/* SPDX-License-Identifier: MIT */
/* Long work in pieces: see work.h. */
#include <framework/memory.h>

#include "kernel/armv7/core.h"
#include "kernel/armv7/page.h"
#include "kernel/armv7/rewind.h"
#include "kernel/armv7/work.h"
#include "kernel/object/machine.h"

enum { NUMBER = 12, IP = 15, ISR_IRQ = 1 << 7 };

void work_forget(struct thread *thread)
{
	struct work *work = &thread->machine->work;

	if (work->taken)
		page_return(work->taken, work->taken_size);
	if (work->changes)
		work->changes->changer = NULL;
	*work = (struct work){0};
}

void work_begin(struct thread *thread)
{
	struct work *work = &thread->machine->work;
	const struct context *user = &thread->machine->user;

	if (work->again && work->number == user->r[NUMBER] && !memcmp(work->r, user->r, sizeof work->r))
		work->again = false;
	else
		work_forget(thread);
}

bool work_end(struct thread *thread)
{
	struct context *user = &thread->machine->user;

	if (!thread->machine->work.again) {
		work_forget(thread);
		return false;
	}
	svc_rewind(&user->r[IP], &user->cpsr);
	return true;
}

bool machine_interrupted(void)
{
	return cpu_isr_read() & ISR_IRQ || core_wanted();
}

/* Nobody would make the call again if its own domain ends. */
bool machine_work_stop(uint64_t done)
{
	if (!machine_interrupted() || !current || current->pd->ending)
		return false;
	struct work *work = &current->machine->work;
	work->noted = work->again = true;
	work->number = current->machine->user.r[NUMBER];
	memcpy(work->r, current->machine->user.r, sizeof work->r);
	work->done = done;
	return true;
}

uint64_t machine_work_done(void)
{
	return current ? current->machine->work.done : 0;
}

void work_fail(err_t err)
{
	struct work *work = &current->machine->work;

	work->noted = true;
	work->failed = err;
	work->done = 0;
}

err_t work_failed(void)
{
	return current ? current->machine->work.failed : OK;
}

void work_change(struct pd *pd)
{
	work_unchange(pd);
	pd->changer = current;
	current->machine->work.changes = pd;
}

void work_unchange(struct pd *pd)
{
	if (pd->changer)
		pd->changer->machine->work.changes = NULL;
	pd->changer = NULL;
}

err_t work_take(uint32_t address, uint32_t size)
{
	struct work *work = current ? &current->machine->work : NULL;

	if (work && work->taken == address && work->taken_size == size)
		return OK;
	if (work && work->taken)
		work_forget(current);
	err_t err = page_donate(address, size);
	if (err != OK || !work)
		return err;
	work->noted = true;
	work->taken = address;
	work->taken_size = size;
	return OK;
}

void work_keep(void)
{
	if (current)
		current->machine->work.taken = 0;
}
