/* SPDX-License-Identifier: MIT */
/* Threads of the hosted kernel: how they enter, stand, and go on. See domain.h. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kernel/machine.h>

#include "kernel/linux/call.h"
#include "kernel/linux/frame.h"
#include "kernel/linux/host.h"
#include "kernel/linux/notify.h"
#include "kernel/object/ipc.h"
#include "kernel/object/machine.h"

enum { TABLE_SIZE = 4096, ANSWER_END = 1, SYSCALL_SIZE = 2 };

static struct thread_machine *table[TABLE_SIZE];

static struct thread_machine *thread_find(pid_t tid)
{
	struct thread_machine *machine = table[(uint32_t)tid % TABLE_SIZE];

	while (machine && machine->tid != tid)
		machine = machine->next;
	return machine;
}

void thread_machine_name(struct thread_machine *machine, pid_t tid)
{
	struct thread_machine **head = &table[(uint32_t)tid % TABLE_SIZE];

	if (machine->tid)
		return;
	machine->tid = tid;
	machine->next = *head;
	*head = machine;
}

void thread_machine_free(struct thread_machine *machine)
{
	if (!machine)
		return;
	struct thread_machine **link = &table[(uint32_t)machine->tid % TABLE_SIZE];
	while (*link && *link != machine)
		link = &(*link)->next;
	if (*link)
		*link = machine->next;
	machine->pd->threads[machine->index] = NULL;
	if (machine->thread)
		machine->thread->machine = NULL;
	free(machine);
}

void thread_machine_die(struct thread_machine *machine)
{
	machine->dead = true;
	if (machine->binder)
		thread_unblock(machine->binder, ERR_GONE);
}

static uint8_t *block_of(const struct thread_machine *machine)
{
	return machine->pd->utcbs + (size_t)machine->index * UTCB_SIZE;
}

static uint64_t base_of(const struct thread_machine *machine)
{
	return utcb_address(machine->index);
}

void thread_wait_in(struct thread *thread, struct thread **where)
{
	*where = thread;
	thread->machine->waits_in = where;
	if (thread->run == THREAD_RUNNING)
		thread->run = THREAD_CALLING;
}

static void answer(struct thread_machine *machine, int64_t value)
{
	machine->entry = ENTRY_NONE;
	machine->done = false;
	notify_answer(machine->pd->listener, machine->notification, value);
}

/* Tell a Linux thread whose kernel object is gone to end, or make it stand first. */
static void thread_end(struct thread_machine *machine)
{
	if (machine->entry == ENTRY_FRAME) {
		answer(machine, ANSWER_END);
		thread_machine_free(machine);
		return;
	}
	if (!machine->signalled && machine->tid)
		syscall(SYS_tgkill, machine->pd->pid, machine->tid, SIGNAL_PAUSE);
	machine->signalled = true;
	if (machine->entry == ENTRY_CALL)
		answer(machine, ERR_GONE);
}

err_t thread_attach(struct thread *thread, struct pd *pd, uint32_t index, struct thread *binder, bool *blocked)
{
	struct pd_machine *owner = pd->machine;
	struct thread_machine *machine;
	struct command *command;

	if (owner->dead)
		return ERR_GONE;
	if (owner->threads[index])
		return ERR_BUSY;
	machine = calloc(1, sizeof *machine);
	command = calloc(1, sizeof *command);
	if (!machine || !command) {
		free(machine);
		free(command);
		return ERR_UNSUPPORTED;
	}
	machine->thread = thread;
	machine->pd = owner;
	machine->index = index;
	owner->threads[index] = machine;
	thread->machine = machine;
	thread->pd = pd;
	thread->index = index;
	thread->utcb = (struct utcb *)block_of(machine);
	memset(thread->utcb, 0, sizeof *thread->utcb);
	thread->utcb->self = base_of(machine);
	thread->next_in_pd = pd->threads;
	pd->threads = thread;
	thread->run = THREAD_STOPPED;
	thread->paused = true;
	command->spawn = machine;
	command_queue(owner, command, binder);
	*blocked = binder != NULL;
	return OK;
}

void thread_detach(struct thread *thread)
{
	struct thread_machine *machine = thread->machine;
	struct thread **link = &thread->pd->threads;

	thread_unlink(thread);
	while (*link != thread)
		link = &(*link)->next_in_pd;
	*link = thread->next_in_pd;
	thread->machine = NULL;
	pause_leave(thread);
	if (!machine)
		return;
	if (machine->waits_in)
		*machine->waits_in = NULL;
	machine->thread = NULL;
	if (!machine->dead)
		thread_end(machine);
}

bool thread_stands(const struct thread *thread)
{
	const struct thread_machine *machine = thread->machine;

	return !machine || machine->dead || machine->entry != ENTRY_NONE;
}

void thread_go(struct thread *thread)
{
	struct thread_machine *machine = thread->machine;

	if (!machine || machine->dead || thread_is_paused(thread))
		return;
	if (machine->entry == ENTRY_CALL && machine->deferred) {
		machine->deferred = false;
		call_begin(machine);
	} else if (machine->entry == ENTRY_CALL && machine->done) {
		answer(machine, machine->result);
	} else if (machine->entry == ENTRY_FRAME && thread->run == THREAD_RUNNING && machine->frame) {
		answer(machine, (int64_t)machine->frame);
	}
}

void machine_continue(struct thread *thread, err_t result)
{
	struct thread_machine *machine = thread->machine;

	if (!machine)
		return;
	if (machine->waits_in)
		*machine->waits_in = NULL;
	machine->waits_in = NULL;
	if (machine->entry == ENTRY_FRAME) {
		frame_set_result(block_of(machine), base_of(machine), machine->frame, result);
	} else {
		machine->result = result;
		machine->done = true;
	}
	thread_go(thread);
}

/* Continue a faulted thread at its component's own handler. */
static err_t fault_reflect(struct thread *thread)
{
	struct thread_machine *machine = thread->machine;
	uint8_t *block = block_of(machine);
	uint64_t entry = thread->utcb->fault_entry, stack = thread->utcb->fault_stack;
	static struct registers registers;

	if (!entry)
		return ERR_STATE;
	err_t err = frame_read(block, base_of(machine), machine->frame, &registers);
	if (err != OK)
		return err;
	memcpy(block + UTCB_FAULT, &registers, sizeof registers);
	registers.rip = entry;
	registers.rsp = stack;
	registers.rdi = base_of(machine) + UTCB_FAULT;
	registers.rsi = thread->fault;
	registers.rdx = thread->fault_address;
	registers.rcx = thread->fault_access;
	registers.rflags &= ~0x400ul;
	registers.fpu_size = 0;
	return frame_write(block, base_of(machine), &registers, &machine->frame);
}

void machine_fault_done(struct thread *thread, enum fault_reply how)
{
	if (!thread->machine || thread->machine->dead || how == FAULT_STOP)
		thread->run = THREAD_STOPPED;
	else if (how == FAULT_REFLECT && fault_reflect(thread) != OK)
		thread->run = THREAD_STOPPED;
	else
		thread_go(thread);
}

static void fault_classify(struct thread *thread, const struct frame_fault *from, uint64_t ip)
{
	static const uint32_t kinds[] = {
		[SIGSEGV] = FAULT_PAGE, [SIGBUS] = FAULT_BACKING, [SIGFPE] = FAULT_ARITHMETIC,
		[SIGILL] = FAULT_INSTRUCTION, [SIGTRAP] = FAULT_BREAKPOINT, [SIGSYS] = FAULT_FOREIGN,
	};
	bool known = from->signal > 0 && from->signal < (int)(sizeof kinds / sizeof *kinds);

	thread->fault = known ? kinds[from->signal] : FAULT_INSTRUCTION;
	if (from->signal == SIGBUS && from->code == BUS_ADRALN)
		thread->fault = FAULT_ALIGNMENT;
	thread->fault_address = from->signal == SIGSYS ? 0 : from->address;
	thread->fault_detail = from->signal == SIGSYS ? from->number : 0;
	thread->fault_access = from->error & 16 ? RIGHT_EXECUTE : from->error & 2 ? RIGHT_WRITE : RIGHT_READ;
	thread->fault_ip = ip;
}

static void thread_faulted(struct thread_machine *machine)
{
	struct thread *thread = machine->thread;
	static struct registers registers;
	struct frame_fault fault;

	if (frame_read_fault(block_of(machine), base_of(machine), machine->frame, &fault) != OK ||
	    frame_read(block_of(machine), base_of(machine), machine->frame, &registers) != OK) {
		thread->run = THREAD_STOPPED;
		return;
	}
	fault_classify(thread, &fault, registers.rip);
	fault_send(thread);
}

static void thread_stood(struct thread_machine *machine, uint32_t number, uint64_t word)
{
	struct thread *thread = machine->thread;

	machine->entry = ENTRY_FRAME;
	machine->deferred = machine->done = false;
	if (number == CALL_STUB_PAUSED)
		machine->signalled = false;
	if (!thread) {
		thread_end(machine);
		return;
	}
	machine->frame = word;
	if (number == CALL_STUB_READY) {
		machine->ready = true;
		machine->frame = 0;
		if (machine->binder)
			thread_unblock(machine->binder, word ? ERR_UNSUPPORTED : OK);
	}
	if (thread_is_paused(thread))
		pause_check(machine->pd);
	else if (number == CALL_STUB_FAULT)
		thread_faulted(machine);
	else
		thread_go(thread);
}

void thread_entered(struct pd_machine *owner, pid_t tid, uint64_t notification, const struct kernel_call *call)
{
	struct thread_machine *machine = thread_find(tid);

	if (!machine && call->number == CALL_STUB_READY && owner->sent && owner->first->spawn) {
		machine = owner->first->spawn;
		thread_machine_name(machine, tid);
	}
	if (!machine || machine->pd != owner || (machine->ready && call->number == CALL_STUB_READY)) {
		notify_answer(owner->listener, notification, ERR_DENIED);
		return;
	}
	machine->notification = notification;
	if (call->number >= CALL_STUB_PAUSED && call->number <= CALL_STUB_READY) {
		thread_stood(machine, call->number, call->word[0]);
		return;
	}
	machine->entry = ENTRY_CALL;
	machine->call = *call;
	machine->done = machine->deferred = false;
	if (!machine->thread) {
		thread_end(machine);
	} else if (thread_is_paused(machine->thread)) {
		machine->deferred = true;
		pause_check(owner);
	} else {
		call_begin(machine);
	}
}

/* Registers of a thread in a kernel call: see registers.h. */
static void registers_of_call(const struct thread *thread, struct registers *registers, bool again)
{
	const struct thread_machine *machine = thread->machine;
	const struct kernel_call *call = &machine->call;

	memset(registers, 0, sizeof *registers);
	registers->rsp = call->word[5];
	registers->rip = again ? call->ip - SYSCALL_SIZE : call->ip;
	registers->rax = again ? KERNEL_CALL_BASE + call->number : machine->result;
	registers->rdi = call->word[0];
	registers->rsi = call->word[1];
	registers->rdx = call->word[2];
	registers->r10 = call->word[3];
	registers->r8 = call->word[4];
	registers->r9 = call->word[5];
	registers->rflags = 0x202;
}

err_t thread_state_get(const struct thread *thread, struct thread_state *state)
{
	const struct thread_machine *machine = thread->machine;
	err_t err = OK;

	if (!machine || machine->dead)
		return ERR_GONE;
	if (machine->entry == ENTRY_NONE)
		return ERR_STATE;
	memset(state, 0, sizeof *state);
	state->run = thread->run;
	state->object = thread->run == THREAD_AWAITING ? thread->awaits->object.id : 0;
	if (thread->run == THREAD_FAULTED) {
		state->fault = thread->fault;
		state->access = thread->fault_access;
		state->fault_address = thread->fault_address;
	}
	if (machine->entry == ENTRY_CALL)
		registers_of_call(thread, &state->registers, thread->run != THREAD_AWAITING && !machine->done);
	else if (machine->frame)
		err = frame_read(block_of(machine), base_of(machine), machine->frame, &state->registers);
	state->utcb = *thread->utcb;
	memcpy(&state->foreign, block_of(machine) + UTCB_FOREIGN, sizeof state->foreign);
	memcpy(&state->fault_frame, block_of(machine) + UTCB_FAULT, sizeof state->fault_frame);
	state->has_foreign = state->foreign.rip != 0;
	state->has_fault = state->fault_frame.rip != 0;
	return err;
}

err_t thread_state_set(struct thread *thread, const struct thread_state *state, struct reply *awaits)
{
	struct thread_machine *machine = thread->machine;

	if (!machine || machine->dead)
		return ERR_GONE;
	if (machine->entry != ENTRY_FRAME || thread->awaits || thread->call_link.from)
		return ERR_STATE;
	if (state->run > THREAD_FAULTED || (state->run == THREAD_AWAITING) != (awaits != NULL))
		return ERR_ARGUMENT;
	err_t err = frame_write(block_of(machine), base_of(machine), &state->registers, &machine->frame);
	if (err != OK)
		return err;
	*thread->utcb = state->utcb;
	thread->utcb->self = base_of(machine);
	if (state->has_foreign)
		memcpy(block_of(machine) + UTCB_FOREIGN, &state->foreign, sizeof state->foreign);
	if (state->has_fault)
		memcpy(block_of(machine) + UTCB_FAULT, &state->fault_frame, sizeof state->fault_frame);
	thread->paused = true;
	thread->run = state->run == THREAD_STOPPED ? THREAD_STOPPED : THREAD_RUNNING;
	if (awaits) {
		thread->run = THREAD_AWAITING;
		thread->awaits = awaits;
		awaits->caller = thread;
	}
	return OK;
}
