/* SPDX-License-Identifier: MIT */
/* Threads: life, state, pausing, reflection. See thread.h. */
#include <framework/memory.h>
#include <kernel/machine.h>

#include "kernel/armv7/core.h"
#include "kernel/armv7/map.h"
#include "kernel/armv7/rewind.h"
#include "kernel/armv7/schedule.h"
#include "kernel/armv7/work.h"
#include "kernel/object/machine.h"

enum { MACHINE_UNITS = 1, STACK = 13, IP = 15 };

_Static_assert(sizeof(struct thread_machine) <= MACHINE_UNITS * POOL_UNIT, "pool");

void vfp_enable(void);
void vfp_disable(void);
void vfp_save(struct vector *vector);
void vfp_load(const struct vector *vector);

err_t thread_attach(struct thread *thread, struct pd *pd, uint32_t index, struct thread *asker, bool *blocked)
{
	void *block;
	err_t err = map_block(pd, index, &block);

	(void)asker;
	(void)blocked;
	if (err != OK)
		return err;
	thread->machine = pool_take(&pd->machine->pool, MACHINE_UNITS, 1);
	if (!thread->machine) {
		map_block_drop(pd, index, block);
		return ERR_MEMORY_QUOTA;
	}
	thread->machine->deadline = (struct timer){.kind = TIMER_DEADLINE, .thread = thread};
	thread->machine->refill = (struct timer){.kind = TIMER_REFILL, .thread = thread};
	thread->machine->user.cpsr = PSR_USER;
	thread->pd = pd;
	thread->index = index;
	thread->utcb = block;
	thread->utcb->self = utcb_address(index);
	thread->next_in_pd = pd->threads;
	pd->threads = thread;
	thread->run = THREAD_STOPPED;
	thread->paused = true;
	thread->machine->turn = pd->turn;
	return OK;
}

void thread_detach(struct thread *thread)
{
	struct thread **link = &thread->pd->threads;

	thread_unlink(thread);
	while (*link != thread)
		link = &(*link)->next_in_pd;
	*link = thread->next_in_pd;
	schedule_forget(thread);
	work_forget(thread);
	vector_store(thread->machine);
	map_block_drop(thread->pd, thread->index, thread->utcb);
	pool_give(&thread->pd->machine->pool, thread->machine, MACHINE_UNITS);
	thread->machine = NULL;
	thread->utcb = NULL;
	thread->run = THREAD_STOPPED;
}

void thread_go(struct thread *thread)
{
	schedule_update(thread);
	schedule_prefer(thread);
}

void machine_continue(struct thread *thread, err_t result)
{
	thread->machine->user.r[0] = result;
	thread_go(thread);
}

void thread_reflect(struct thread *thread, uint32_t offset, uint32_t entry, uint32_t stack)
{
	struct context *user = &thread->machine->user;
	struct registers *stored = (struct registers *)((uint8_t *)thread->utcb + offset);

	memcpy(stored->r, user->r, sizeof stored->r);
	stored->cpsr = user->cpsr;
	stored->tls = user->tls;
	stored->fpscr = 0;
	stored->vfp_size = 0;
	user->r[0] = utcb_address(thread->index) + offset;
	user->r[STACK] = stack;
	user->r[IP] = entry & ~1u;
	user->cpsr = PSR_USER | (entry & 1 ? PSR_THUMB : 0);
}

void machine_fault_done(struct thread *thread, enum fault_reply how)
{
	uint32_t entry = *(volatile addr_t *)&thread->utcb->fault_entry;

	if (how == FAULT_STOP || (how == FAULT_REFLECT && !entry)) {
		thread->run = THREAD_STOPPED;
		return;
	}
	if (how == FAULT_REFLECT) {
		thread_reflect(thread, UTCB_FAULT, entry, *(volatile addr_t *)&thread->utcb->fault_stack);
		thread->machine->user.r[1] = thread->fault;
		thread->machine->user.r[2] = (uint32_t)thread->fault_address;
		thread->machine->user.r[3] = thread->fault_access;
	}
	thread_go(thread);
}

bool vector_trap(struct thread *thread)
{
	struct thread_machine *machine = thread->machine;

	struct core *own = core_own();

	if (own->vector_on)
		return false;
	vfp_enable();
	own->vector_on = true;
	if (own->vector_owner == machine)
		return true;
	if (own->vector_owner)
		vfp_save(&own->vector_owner->vector);
	vfp_load(&machine->vector);
	machine->vector.used = 1;
	own->vector_owner = machine;
	return true;
}

void vector_switch(const struct thread *next)
{
	struct core *own = core_own();
	bool on = own->vector_owner == next->machine;

	if (BOARD_CORES > 1 && own->vector_owner && !on)
		vector_store(own->vector_owner);
	if (on == own->vector_on)
		return;
	own->vector_on = on;
	on ? vfp_enable() : vfp_disable();
}

void vector_store(struct thread_machine *machine)
{
	struct core *own = core_own();

	if (own->vector_owner != machine)
		return;
	vfp_enable();
	vfp_save(&machine->vector);
	vfp_disable();
	own->vector_on = false;
	own->vector_owner = NULL;
}

static void vector_set(struct thread_machine *machine, const struct registers *registers)
{
	vector_store(machine);
	memset(&machine->vector, 0, sizeof machine->vector);
	if (!registers->vfp_size)
		return;
	machine->vector.used = 1;
	machine->vector.fpscr = registers->fpscr;
	memcpy(machine->vector.d, registers->d, sizeof registers->d);
}

err_t thread_load(struct thread *thread, const struct registers *registers, bool initial)
{
	struct context *user = &thread->machine->user;
	uint32_t cpsr = registers->cpsr, mode = cpsr & PSR_MODE, ip = registers->r[IP];

	if ((mode && mode != PSR_USER) || cpsr & PSR_JAZELLE)
		return ERR_ARGUMENT;
	if (registers->vfp_size && registers->vfp_size != VFP_SIZE)
		return ERR_ARGUMENT;
	cpsr = (cpsr & PSR_FREE) | PSR_USER | (ip & 1 ? PSR_THUMB : 0);
	if (!(cpsr & PSR_THUMB))
		cpsr &= ~(uint32_t)PSR_STATE_IT;
	memcpy(user->r, registers->r, sizeof user->r);
	user->r[IP] = ip & ~1u;
	user->cpsr = cpsr;
	user->tls = registers->tls;
	if (thread == current)
		cpu_tls_write(user->tls);
	if (initial || registers->vfp_size)
		vector_set(thread->machine, registers);
	return OK;
}

static void registers_get(const struct thread *thread, struct registers *registers)
{
	struct thread_machine *machine = thread->machine;

	memset(registers, 0, sizeof *registers);
	memcpy(registers->r, machine->user.r, sizeof registers->r);
	registers->cpsr = machine->user.cpsr;
	registers->tls = machine->user.tls;
	if (thread->run == THREAD_CALLING || thread->run == THREAD_WAITING)
		svc_rewind(&registers->r[IP], &registers->cpsr);
	vector_store(machine);
	if (!machine->vector.used)
		return;
	registers->vfp_size = VFP_SIZE;
	registers->fpscr = machine->vector.fpscr;
	memcpy(registers->d, machine->vector.d, sizeof registers->d);
}

err_t thread_state_get(const struct thread *thread, struct thread_state *state)
{
	const uint8_t *block = (const uint8_t *)thread->utcb;

	memset(state, 0, sizeof *state);
	state->run = thread->run;
	state->object = thread->run == THREAD_AWAITING ? thread->awaits->object.id : 0;
	if (thread->run == THREAD_FAULTED) {
		state->fault = thread->fault;
		state->access = thread->fault_access;
		state->fault_address = thread->fault_address;
	}
	registers_get(thread, &state->registers);
	state->utcb = *thread->utcb;
	memcpy(&state->foreign, block + UTCB_FOREIGN, sizeof state->foreign);
	memcpy(&state->fault_frame, block + UTCB_FAULT, sizeof state->fault_frame);
	state->has_foreign = state->foreign.r[IP] != 0;
	state->has_fault = state->fault_frame.r[IP] != 0;
	return OK;
}

err_t thread_state_set(struct thread *thread, const struct thread_state *state, struct reply *awaits)
{
	uint8_t *block = (uint8_t *)thread->utcb;

	if (state->run > THREAD_FAULTED || (state->run == THREAD_AWAITING) != (awaits != NULL))
		return ERR_ARGUMENT;
	err_t err = thread_load(thread, &state->registers, true);
	if (err != OK)
		return err;
	thread_unlink(thread);
	work_forget(thread);
	*thread->utcb = state->utcb;
	thread->utcb->self = utcb_address(thread->index);
	if (state->has_foreign)
		memcpy(block + UTCB_FOREIGN, &state->foreign, sizeof state->foreign);
	if (state->has_fault)
		memcpy(block + UTCB_FAULT, &state->fault_frame, sizeof state->fault_frame);
	thread->paused = true;
	thread->run = state->run == THREAD_STOPPED ? THREAD_STOPPED : THREAD_RUNNING;
	if (awaits) {
		thread->run = THREAD_AWAITING;
		thread->awaits = awaits;
		awaits->caller = thread;
	}
	schedule_update(thread);
	return OK;
}
