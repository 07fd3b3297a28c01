/* SPDX-License-Identifier: MIT */
/* The CPU service, see thread.h. */
#include <framework/memory.h>
#include <kernel/boot.h>
#include <kernel/ipc.h>
#include <kernel/pd.h>
#include <parent/session.h>

#include "core/map.h"
#include "core/memory.h"
#include "core/service.h"
#include "core/start.h"
#include "core/thread.h"

/* How long core waits for a thread to stand, and how long it does not try again with a domain where that was in vain. */
enum { PAUSE_LIMIT_NS = 100000000 };
#define DEAF_NS (20ull * PAUSE_LIMIT_NS)

void thread_exception_report(struct thread *thread)
{
	if (!thread->cpu || !thread->cpu->handler)
		return;
	err_t ignored = signal_submit((signal_t){thread->cpu->handler});   /* its receiver may be gone */
	(void)ignored;
}

void cpu_destroy(struct object *object)
{
	struct cpu *cpu = (struct cpu *)object;

	for (struct thread *thread = cpu->threads; thread; thread = thread->next)
		thread->cpu = NULL;
	core_slot_give(cpu->handler);
	object_unmake(object);
}

void thread_destroy(struct object *object)
{
	struct thread *thread = (struct thread *)object;

	faults_of_thread_drop(object->badge);
	if (cap_valid(thread->native)) {
		err_t ignored = object_revoke(cap_any(thread->native));
		(void)ignored;
		core_slot_free(thread->native.slot);
		donation_give(thread->donated);
	}
	core_slot_give(thread->fault_ep);
	if (thread->cpu) {
		*thread->link = thread->next;
		if (thread->next)
			thread->next->link = thread->link;
	}
	object_unmake(object);
}

static err_t thread_native_make(struct thread *thread, uint32_t index)
{
	slot_t slot;
	err_t err = core_slot_take(&thread->fault_ep);

	if (err == OK)
		err = cap_copy(PD_SELF, core_ep.slot, PD_SELF, thread->fault_ep, RIGHT_SEND,
		               thread->object.badge | FAULT_BADGE);
	if (err == OK)
		err = donation_take(&thread->donated);
	if (err != OK)
		return err;
	err = core_slot_take(&slot);
	if (err == OK) {
		err = object_create(KIND_THREAD, CORE_MEMORY, thread->donated, OBJECT_SIZE, (host_t){0}, slot);
		if (err != OK)
			core_slot_give(slot);
	}
	if (err != OK) {
		donation_give(thread->donated);
		return err;
	}
	thread->native = (thread_t){slot};
	do
		err = thread_bind(thread->native, thread->pd->native, index, (ep_t){thread->fault_ep});
	while (err == ERR_MEMORY_QUOTA && pd_more(thread->pd) == OK);
	return err;
}

static err_t thread_make(struct cpu *cpu, struct pd *pd, const struct cpu_thread_create_request *request,
                         struct thread **made)
{
	struct thread *thread;
	err_t err = object_make(pd, TYPE_THREAD, sizeof *thread, OBJECT_SIZE + UTCB_SIZE, (void **)&thread);

	if (err != OK)
		return err;
	thread->pd = pd;
	thread->cpu = cpu;
	thread->next = cpu->threads;
	thread->link = &cpu->threads;
	if (thread->next)
		thread->next->link = &thread->next;
	cpu->threads = thread;
	memcpy(thread->name, request->name, sizeof thread->name);
	err = thread_native_make(thread, request->index);
	const struct thread_schedule schedule = {.priority = request->priority, .core = request->core};
	if (err == OK && (schedule.priority || schedule.core != AFFINITY_ANY))
		err = thread_schedule_set(thread->native, &schedule);
	if (err == OK)
		*made = thread;
	else
		thread_destroy(&thread->object);
	return err;
}

static err_t handle_thread_create(void *object, const struct cpu_thread_create_request *request,
                                  struct rpc_message *message, struct cpu_thread_create_reply *reply, slot_t *caps_out)
{
	struct object *found;
	struct thread *thread;
	err_t err = object_sent(message, 0, TYPE_PD, &found);

	(void)reply;
	if (err != OK)
		return err;
	if (request->index >= UTCB_COUNT || request->priority > PRIORITY_MAX ||
	    !string_ends(request->name, sizeof request->name))
		return ERR_ARGUMENT;
	err = thread_make(object, (struct pd *)found, request, &thread);
	if (err != OK)
		return err;
	object_name(&thread->object, caps_out);
	return OK;
}

static err_t handle_thread_destroy(void *object, const struct cpu_thread_destroy_request *request,
                                   struct rpc_message *message, struct cpu_thread_destroy_reply *reply,
                                   slot_t *caps_out)
{
	struct object *found;
	err_t err = object_sent(message, 0, TYPE_THREAD, &found);

	(void)request;
	(void)reply;
	(void)caps_out;
	if (err != OK)
		return err;
	if (((struct thread *)found)->cpu != object)
		return ERR_DENIED;
	thread_destroy(found);
	return OK;
}

static err_t handle_exception_handler(void *object, const struct cpu_exception_handler_request *request,
                                      struct rpc_message *message, struct cpu_exception_handler_reply *reply,
                                      slot_t *caps_out)
{
	struct cpu *cpu = object;

	(void)request;
	(void)reply;
	(void)caps_out;
	core_slot_give(cpu->handler);
	cpu->handler = rpc_keep(message, 0);
	return OK;
}

static err_t handle_first_exception(void *object, const struct cpu_exception_request *request,
                                    struct rpc_message *message, struct cpu_exception_reply *reply, slot_t *caps_out)
{
	const struct cpu *cpu = object;
	const struct thread *thread = cpu->threads;

	(void)request;
	(void)message;
	(void)caps_out;
	while (thread && !thread->exception.fault)
		thread = thread->next;
	if (!thread)
		return OK;
	*reply = (struct cpu_exception_reply){thread->exception.address, thread->exception.instruction,
	                                      thread->exception.fault, thread->exception.detail, {0}};
	memcpy(reply->name, thread->name, sizeof reply->name);
	return OK;
}

err_t cpu_open(struct pd *payer, const char *label, struct object **session)
{
	(void)label;
	return object_make(payer, TYPE_CPU, sizeof(struct cpu), 0, (void **)session);
}

err_t cpu_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct cpu_handlers handlers = {
		.thread_create = handle_thread_create,
		.thread_destroy = handle_thread_destroy,
		.exception_handler = handle_exception_handler,
		.exception = handle_first_exception,
	};

	return cpu_dispatch(&handlers, object, message, reply);
}

static err_t thread_start(const struct thread *thread, uint64_t instruction, uint64_t stack, uint64_t argument)
{
	static struct thread_state state;
	err_t err = thread_read(thread->native, &state);

	if (err != OK)
		return err;
	if (state.run != THREAD_STOPPED)
		return ERR_STATE;
	state.run = THREAD_RUNNING;
	registers_start(&state.registers, instruction, stack, argument);
	err = thread_write(thread->native, &state, (reply_t){0});
	return err == OK ? thread_resume(thread->native) : err;
}

static err_t handle_start(void *object, const struct cpu_thread_start_request *request, struct rpc_message *message,
                          struct cpu_thread_start_reply *reply, slot_t *caps_out)
{
	(void)message;
	(void)reply;
	(void)caps_out;
	return thread_start(object, request->instruction, request->stack, request->argument);
}

err_t thread_first_start(struct object *cpu, struct pd *pd, uint64_t entry)
{
	const struct cpu_thread_create_request request = {.core = AFFINITY_ANY, .name = "main"};
	struct thread *thread;
	err_t err = thread_make((struct cpu *)cpu, pd, &request, &thread);

	if (err == OK)
		thread->object.named = true;
	if (err == OK)
		err = cap_copy(PD_SELF, core_ep.slot, pd->native, SLOT_THREAD, RIGHT_SEND, thread->object.badge);
	return err == OK ? thread_start(thread, entry, BOOT_STACK_TOP - 8, 0) : err;
}

static err_t handle_schedule(void *object, const struct cpu_thread_schedule_request *request,
                             struct rpc_message *message, struct cpu_thread_schedule_reply *reply, slot_t *caps_out)
{
	const struct thread *thread = object;
	const struct thread_schedule schedule = {request->priority, request->core, request->budget, request->period};

	(void)message;
	(void)reply;
	(void)caps_out;
	return thread_schedule_set(thread->native, &schedule);
}

static err_t handle_exception(void *object, const struct cpu_thread_exception_request *request,
                              struct rpc_message *message, struct cpu_thread_exception_reply *reply, slot_t *caps_out)
{
	const struct thread *thread = object;

	(void)request;
	(void)message;
	(void)caps_out;
	*reply = thread->exception;
	return OK;
}

static err_t handle_interrupt(void *object, const struct cpu_thread_interrupt_request *request,
                              struct rpc_message *message, struct cpu_thread_interrupt_reply *reply, slot_t *caps_out)
{
	static struct thread_state state;
	const struct thread *thread = object;

	(void)message;
	(void)caps_out;
	if (thread->pd->deaf_until > clock_now())
		return ERR_TIMEOUT;
	err_t err = thread_pause(thread->native, PAUSE_LIMIT_NS);
	if (err == ERR_TIMEOUT)
		thread->pd->deaf_until = clock_now() + DEAF_NS;
	if (err != OK)
		return err;
	err = thread_read(thread->native, &state);
	if (err == OK && state.run == THREAD_RUNNING && state.utcb.fault_entry &&
	    registers_interrupt(&state, request->low, request->high)) {
		err = thread_write(thread->native, &state, (reply_t){0});
		reply->done = err == OK;
	}
	err_t resumed = thread_resume(thread->native);
	/* In a kernel call by now: blocked, as far as the caller is concerned. */
	return err == ERR_STATE ? resumed : err == OK ? resumed : err;
}

static err_t handle_native(void *object, const struct cpu_thread_native_request *request, struct rpc_message *message,
                           struct cpu_thread_native_reply *reply, slot_t *caps_out)
{
	const struct thread *thread = object;

	(void)request;
	(void)message;
	(void)reply;
	return slot_lend(thread->native.slot, RIGHT_CONTROL, caps_out);
}

err_t thread_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct cpu_thread_handlers handlers = {
		.start = handle_start,         .schedule = handle_schedule, .exception = handle_exception,
		.interrupt = handle_interrupt, .native = handle_native,
	};

	return cpu_thread_dispatch(&handlers, object, message, reply);
}
