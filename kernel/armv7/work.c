/* SPDX-License-Identifier: MIT */
/* Long work in pieces: see work.h. */
#include <framework/memory.h>

#include "kernel/armv7/cpu.h"
#include "kernel/armv7/work.h"
#include "kernel/object/machine.h"

enum { NUMBER = 12, IP = 15, ISR_IRQ = 1 << 7 };

static bool same_call(const struct work *work, const struct context *user)
{
	return work->number == user->r[NUMBER] && !memcmp(work->r, user->r, sizeof work->r);
}

void work_begin(struct thread *thread)
{
	struct thread_machine *machine = thread->machine;

	if (machine->work.again && same_call(&machine->work, &machine->user))
		machine->work.again = false;
	else
		machine->work = (struct work){0};
}

bool work_end(struct thread *thread)
{
	struct context *user = &thread->machine->user;

	if (!thread->machine->work.again)
		return false;
	user->r[IP] -= user->cpsr & PSR_THUMB ? 2 : 4;
	return true;
}

bool machine_interrupted(void)
{
	return cpu_isr_read() & ISR_IRQ;
}

/* Nobody would make the call again if its own domain ends. */
bool machine_work_stop(uint64_t done)
{
	if (!machine_interrupted() || !current || current->pd->ending)
		return false;
	struct work *work = &current->machine->work;
	work->again = true;
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
	current->machine->work.failed = err;
	current->machine->work.done = 0;
}

err_t work_failed(void)
{
	return current ? current->machine->work.failed : OK;
}
