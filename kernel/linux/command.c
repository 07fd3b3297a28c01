/* SPDX-License-Identifier: MIT */
/* What the service thread of a component's process is told to do, in order, one at a time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kernel/machine.h>

#include "kernel/linux/domain.h"
#include "kernel/linux/notify.h"

static void command_send(struct pd_machine *machine)
{
	struct command *command = machine->first;
	uint64_t notification = machine->service;

	memcpy(machine->page->commands, command->commands, command->count * sizeof *command->commands);
	machine->page->command_count = command->count;
	machine->page->spawn_utcb = command->spawn ? utcb_address(command->spawn->index) : 0;
	machine->service = 0;
	machine->sent = true;
	notify_answer(machine->listener, notification, 0);
}

void command_queue(struct pd_machine *machine, struct command *command, struct thread *asker)
{
	command->next = NULL;
	if (asker)
		thread_wait_in(asker, &command->asker);
	*machine->last = command;
	machine->last = &command->next;
	if (machine->service)
		command_send(machine);
}

void command_finish(struct pd_machine *machine, err_t err)
{
	struct command *command = machine->first;
	struct thread_machine *spawn = command->spawn;

	machine->sent = false;
	machine->first = command->next;
	if (!machine->first)
		machine->last = &machine->first;
	if (command->asker && spawn && err == OK && spawn->entry == ENTRY_NONE)
		thread_wait_in(command->asker, &spawn->binder);
	else if (command->asker)
		thread_unblock(command->asker, err);
	free(command);
}

static err_t command_err(int64_t result)
{
	if (result >= 0 || result < -4095)
		return OK;
	if (result == -EACCES)
		return ERR_RIGHTS;
	return result == -ENOMEM || result == -EAGAIN ? ERR_UNSUPPORTED : ERR_ARGUMENT;
}

void domain_service(struct pd_machine *machine, uint64_t notification, int64_t result)
{
	machine->service = notification;
	if (machine->sent) {
		struct thread_machine *spawn = machine->first->spawn;
		if (spawn && result > 0)
			thread_machine_name(spawn, (pid_t)result);
		command_finish(machine, command_err(result));
	}
	if (machine->first && machine->service)
		command_send(machine);
}
