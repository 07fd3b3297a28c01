/* SPDX-License-Identifier: MIT */
/* A kernel call has come in: do it (kernel/object/decode.h), and answer unless that comes later. */
#include "kernel/linux/call.h"
#include "kernel/linux/host.h"
#include "kernel/object/decode.h"

void call_begin(struct thread_machine *machine)
{
	struct thread *thread = machine->thread;
	uint32_t number = machine->call.number;
	bool blocked = false;

	thread->run = THREAD_RUNNING;
	err_t err = call_do(thread, number, machine->call.word, &blocked);
	/* A call that destroys its own thread or domain leaves nobody to answer. */
	if (!blocked && machine->thread)
		machine_continue(thread, err);
}
