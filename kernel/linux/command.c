/* SPDX-License-Identifier: MIT */
/*
 * What the service thread of a component's process is told to do, in order, one at a time. Others may wait for it, core above
 * all, and memory that is to be taken away stays visible until it is done: so it cannot be given up. If the host has stopped
 * the process (a terminal, an administrator), it is continued when that has taken long.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kernel/machine.h>

#include "kernel/linux/domain.h"
#include "kernel/linux/host.h"
#include "kernel/linux/notify.h"

#define SECOND_NS 1000000000u

static struct pd_machine *busy;   /* those with commands */

static void busy_begin(struct pd_machine *machine)
{
	machine->command_limit = machine_now() + COMMAND_LIMIT_S * (uint64_t)SECOND_NS;
	machine->busy_next = busy;
	machine->busy_link = &busy;
	if (busy)
		busy->busy_link = &machine->busy_next;
	busy = machine;
}

static void busy_end(struct pd_machine *machine)
{
	*machine->busy_link = machine->busy_next;
	if (machine->busy_next)
		machine->busy_next->busy_link = machine->busy_link;
}

/* Of the service thread, as proc(5) has it. To wait(2) a process is stopped only when its other threads are, and of those
 * one may be in a call. */
static char service_state(const struct pd_machine *machine)
{
	char name[48], line[128];

	snprintf(name, sizeof name, "/proc/%d/task/%d/stat", (int)machine->pid, (int)machine->service_tid);
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
	if (fd >= 0)
		close(fd);
	line[size > 0 ? size : 0] = 0;
	const char *end = strrchr(line, ')');
	return end && end[1] ? end[2] : 0;
}

/* It may just have much to do; a debugger that holds it is not overruled. */
static void process_continue(const struct pd_machine *machine)
{
	if (service_state(machine) != 'T')
		return;
	dprintf(host.log, "kernel: process %d has been stopped by the host for %d s while others wait for it: it is continued\n",
	        (int)machine->pid, COMMAND_LIMIT_S);
	kill(machine->pid, SIGCONT);
}

void command_expire(uint64_t now, uint64_t *next)
{
	for (struct pd_machine *machine = busy; machine; machine = machine->busy_next) {
		if (machine->command_limit <= now) {
			process_continue(machine);
			machine->command_limit = now + COMMAND_LIMIT_S * (uint64_t)SECOND_NS;
		}
		if (machine->command_limit < *next)
			*next = machine->command_limit;
	}
}

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
	if (!machine->first)
		busy_begin(machine);
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
	machine->command_limit = machine_now() + COMMAND_LIMIT_S * (uint64_t)SECOND_NS;
	if (!machine->first) {
		machine->last = &machine->first;
		busy_end(machine);
	}
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
