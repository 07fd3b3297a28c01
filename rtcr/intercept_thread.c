/* SPDX-License-Identifier: MIT */
/* CPU sessions and threads of the target, see intercept.h. */
#include <framework/memory.h>

#include "rtcr/intercept.h"

static err_t cpu_thread_create_handle(void *object, const struct cpu_thread_create_request *request,
                                      struct rpc_message *message, struct cpu_thread_create_reply *reply,
                                      slot_t *caps_out)
{
	const struct thread_schedule schedule = {
		.priority = request->priority ? request->priority : target.priority,
		.core = request->core != AFFINITY_ANY ? request->core : target.core};
	struct thread_entry *thread;
	struct entry *pd;
	err_t err = registry_sent(message, 0, ENTRY_SESSION, &pd, NULL);

	(void)object, (void)reply;
	if (err != OK)
		return err;
	if (((struct session_entry *)pd)->service != SERVICE_PD)
		return ERR_CAPABILITY;
	if (!string_is_name(request->name, sizeof request->name))
		return ERR_ARGUMENT;
	err = thread_add(request->index, request->name, &schedule, 0, &thread);
	if (err == OK)
		registry_name(&thread->entry, caps_out);
	return err;
}

static err_t cpu_thread_destroy_handle(void *object, const struct cpu_thread_destroy_request *request,
                                       struct rpc_message *message, struct cpu_thread_destroy_reply *reply,
                                       slot_t *caps_out)
{
	struct entry *entry;
	err_t err = registry_sent(message, 0, ENTRY_THREAD, &entry, NULL);

	(void)object, (void)caps_out;
	if (err != OK)
		return err;
	struct thread_entry *thread = (struct thread_entry *)entry;
	err = cpu_thread_destroy((ep_t){target.child.cpu}, request, &thread->real, reply, NULL);
	if (err != OK)
		return err;
	slot_give(thread->real);
	slot_give(thread->native.slot);
	registry_remove(entry);
	return OK;
}

/* Exceptions come to the RTCR: it is the parent. */
static err_t cpu_exception_handler_handle(void *object, const struct cpu_exception_handler_request *request,
                                          struct rpc_message *message, struct cpu_exception_handler_reply *reply,
                                          slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_UNSUPPORTED;
}

static err_t cpu_exception_handle(void *object, const struct cpu_exception_request *request,
                                  struct rpc_message *message, struct cpu_exception_reply *reply, slot_t *caps_out)
{
	(void)object, (void)message, (void)caps_out;
	return cpu_exception((ep_t){target.child.cpu}, request, NULL, reply, NULL);
}

static err_t thread_start_handle(void *object, const struct cpu_thread_start_request *request,
                                 struct rpc_message *message, struct cpu_thread_start_reply *reply, slot_t *caps_out)
{
	(void)message, (void)caps_out;
	return cpu_thread_start((ep_t){((struct thread_entry *)object)->real}, request, NULL, reply, NULL);
}

static err_t thread_schedule_handle(void *object, const struct cpu_thread_schedule_request *request,
                                    struct rpc_message *message, struct cpu_thread_schedule_reply *reply,
                                    slot_t *caps_out)
{
	struct thread_entry *thread = object;
	err_t err = cpu_thread_schedule((ep_t){thread->real}, request, NULL, reply, NULL);

	(void)message, (void)caps_out;
	if (err == OK)
		thread->schedule = (struct thread_schedule){request->priority, request->core, request->budget,
		                                            request->period};
	return err;
}

static err_t thread_exception_handle(void *object, const struct cpu_thread_exception_request *request,
                                     struct rpc_message *message, struct cpu_thread_exception_reply *reply,
                                     slot_t *caps_out)
{
	(void)message, (void)caps_out;
	return cpu_thread_exception((ep_t){((struct thread_entry *)object)->real}, request, NULL, reply, NULL);
}

static err_t thread_interrupt_handle(void *object, const struct cpu_thread_interrupt_request *request,
                                     struct rpc_message *message, struct cpu_thread_interrupt_reply *reply,
                                     slot_t *caps_out)
{
	(void)message, (void)caps_out;
	return cpu_thread_interrupt((ep_t){((struct thread_entry *)object)->real}, request, NULL, reply, NULL);
}

static err_t thread_native_handle(void *object, const struct cpu_thread_native_request *request,
                                  struct rpc_message *message, struct cpu_thread_native_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

const struct cpu_handlers intercept_cpu = {cpu_thread_create_handle, cpu_thread_destroy_handle,
                                           cpu_exception_handler_handle, cpu_exception_handle};

const struct cpu_thread_handlers intercept_thread = {thread_start_handle, thread_schedule_handle,
                                                     thread_exception_handle, thread_interrupt_handle,
                                                     thread_native_handle};
