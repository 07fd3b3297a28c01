/* SPDX-License-Identifier: MIT */
/* CPU and threads: see services.h. */
#include <string.h>

#include <cpu/session.h>
#include <kernel/machine.h>

#include "test/fuzz/services.h"

static struct {
	void (*entry)(addr_t);         /* of the RTCR's second thread */
} second;

HANDLER(cpu, thread_create)
{
	struct served *payer = served_of_slot(message->caps[0], SERVED_PD);
	struct pd *pd = payer ? (struct pd *)payer->object : NULL;

	UNUSED;
	if (!payer)
		return ERR_CAPABILITY;
	if (request->priority > PRIORITY_MAX || request->index >= UTCB_COUNT ||
	    !memchr(request->name, 0, sizeof request->name))
		return ERR_ARGUMENT;
	for (const struct thread *each = pd ? pd->threads : NULL; each; each = each->next_in_pd)
		if (each->index == request->index)
			return ERR_BUSY;
	struct served *made = served_make(SERVED_THREAD, payer);
	served_answer_self(made);
	if (!pd)
		return OK;
	struct thread *thread = (struct thread *)kernel_object_make(KIND_THREAD);
	made->object = &thread->object;
	thread->pd = pd;
	thread->index = request->index;
	thread->next_in_pd = pd->threads;
	pd->threads = thread;
	thread->paused = true;
	return OK;
}

HANDLER(cpu, thread_destroy)
{
	struct served *thread = served_of_slot(message->caps[0], SERVED_THREAD);

	UNUSED;
	if (!thread || !thread->object)
		return ERR_CAPABILITY;
	served_destroy(thread);
	return OK;
}

HANDLER(cpu, exception_handler)
{
	UNUSED;
	return OK;
}

HANDLER(cpu, exception)
{
	UNUSED;
	return OK;
}

static void second_thread(void)
{
	second.entry(0);
}

HANDLER(cpu_thread, start)
{
	struct served *served = object;
	struct thread *thread = (struct thread *)served->object;

	UNUSED;
	if (served->started)
		return ERR_STATE;
	served->started = true;
	if (!thread) {
		second.entry = (void (*)(addr_t))request->instruction;
		kernel_actor_start(kernel_current()->pd, second_thread);
		return OK;
	}
	thread->machine->registers.rip = request->instruction;
	thread->run = THREAD_RUNNING;
	thread->paused = false;
	return OK;
}

HANDLER(cpu_thread, schedule)
{
	UNUSED;
	return request->priority > PRIORITY_MAX || request->budget > request->period ? ERR_ARGUMENT : OK;
}

HANDLER(cpu_thread, exception)
{
	UNUSED;
	return OK;
}

HANDLER(cpu_thread, interrupt)
{
	UNUSED;
	return request->low > request->high ? ERR_ARGUMENT : OK;
}

HANDLER(cpu_thread, native)
{
	UNUSED;
	served_answer(((const struct served *)object)->object, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	return OK;
}

err_t served_thread_call(struct served *served, struct rpc_message *in, struct rpc_message *out)
{
	static const struct cpu_handlers cpu = {
		.thread_create = cpu_thread_create_serve, .thread_destroy = cpu_thread_destroy_serve,
		.exception_handler = cpu_exception_handler_serve, .exception = cpu_exception_serve};
	static const struct cpu_thread_handlers thread = {
		cpu_thread_start_serve, cpu_thread_schedule_serve, cpu_thread_exception_serve,
		cpu_thread_interrupt_serve, cpu_thread_native_serve};

	if (served->type == SERVED_CPU)
		return cpu_dispatch(&cpu, served, in, out);
	return cpu_thread_dispatch(&thread, served, in, out);
}
