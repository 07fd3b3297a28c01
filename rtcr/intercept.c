/* SPDX-License-Identifier: MIT */
/*
 * The target's services, by the same operation tables that core serves: each call is recorded in the registry and
 * delegated to the real service. What a target gets in hand are capabilities to here, and kernel objects.
 */
#include <cpu/session.h>
#include <framework/format.h>
#include <framework/memory.h>
#include <log/session.h>
#include <pd/session.h>
#include <rm/session.h>
#include <rom/session.h>
#include <timer/session.h>

#include "rtcr/target.h"

static err_t pd_ram_alloc_handle(void *object, const struct pd_ram_alloc_request *request, struct rpc_message *message,
                                 struct pd_ram_alloc_reply *reply, slot_t *caps_out)
{
	struct dataspace_entry *dataspace;
	err_t err = dataspace_add(request->size, 0, &dataspace);

	(void)object, (void)message, (void)reply;
	return err == OK ? registry_name(&dataspace->entry, caps_out) : err;
}

static err_t pd_ram_free_handle(void *object, const struct pd_ram_free_request *request, struct rpc_message *message,
                                struct pd_ram_free_reply *reply, slot_t *caps_out)
{
	struct entry *entry;
	err_t err = registry_of_slot(message->caps[0], ENTRY_DATASPACE, &entry, NULL);

	(void)object, (void)request, (void)reply, (void)caps_out;
	if (err != OK)
		return err;
	if (((struct dataspace_entry *)entry)->rom)
		return ERR_DENIED;
	dataspace_remove((struct dataspace_entry *)entry);
	return OK;
}

static err_t pd_object_alloc_handle(void *object, const struct pd_object_alloc_request *request,
                                    struct rpc_message *message, struct pd_object_alloc_reply *reply, slot_t *caps_out)
{
	struct object_entry *made;
	err_t err = object_add(request->kind, 0, &made);

	(void)object, (void)message, (void)reply;
	caps_out[0] = err == OK ? made->slot : 0;
	return err;
}

static err_t pd_object_free_handle(void *object, const struct pd_object_free_request *request,
                                   struct rpc_message *message, struct pd_object_free_reply *reply, slot_t *caps_out)
{
	struct entry *entry;
	err_t err = registry_of_slot(message->caps[0], ENTRY_OBJECT, &entry, NULL);

	(void)object, (void)request, (void)reply, (void)caps_out;
	if (err != OK)
		return err;
	object_free((cap_t){((struct object_entry *)entry)->slot});
	registry_remove(entry);
	return OK;
}

static err_t pd_address_space_handle(void *object, const struct pd_address_space_request *request,
                                     struct rpc_message *message, struct pd_address_space_reply *reply,
                                     slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply;
	return registry_name(registry_find(target.space), caps_out);
}

static err_t pd_quota_handle(void *object, const struct pd_quota_request *request, struct rpc_message *message,
                             struct pd_quota_reply *reply, slot_t *caps_out)
{
	(void)object, (void)message, (void)caps_out;
	return pd_quota((ep_t){target.child.pd}, request, NULL, reply, NULL);
}

/* A target has no children of its own here, and no quota to give. */
static err_t pd_transfer_handle(void *object, const struct pd_transfer_request *request, struct rpc_message *message,
                                struct pd_transfer_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_UNSUPPORTED;
}

static err_t pd_child_create_handle(void *object, const struct pd_child_create_request *request,
                                    struct rpc_message *message, struct pd_child_create_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_UNSUPPORTED;
}

static err_t pd_child_destroy_handle(void *object, const struct pd_child_destroy_request *request,
                                     struct rpc_message *message, struct pd_child_destroy_reply *reply,
                                     slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_UNSUPPORTED;
}

static err_t pd_native_handle(void *object, const struct pd_native_request *request, struct rpc_message *message,
                              struct pd_native_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t dataspace_info_handle(void *object, const struct dataspace_info_request *request,
                                   struct rpc_message *message, struct dataspace_info_reply *reply, slot_t *caps_out)
{
	const struct dataspace_entry *dataspace = object;

	(void)request, (void)message, (void)caps_out;
	reply->size = dataspace->size;
	reply->rights = RIGHT_READ | RIGHT_EXECUTE | (dataspace->rom ? 0 : RIGHT_WRITE);
	return OK;
}

static err_t dataspace_native_handle(void *object, const struct dataspace_native_request *request,
                                     struct rpc_message *message, struct dataspace_native_reply *reply,
                                     slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t rm_attach_handle(void *object, const struct rm_attach_request *request, struct rpc_message *message,
                              struct rm_attach_reply *reply, slot_t *caps_out)
{
	struct region region = {request->address, request->size, request->offset, 0, request->rights};
	struct entry *source;
	err_t err = registry_of_slot(message->caps[0], ENTRY_DATASPACE, &source, NULL);

	(void)caps_out;
	if (err != OK)
		err = registry_of_slot(message->caps[0], ENTRY_MAP, &source, NULL);
	if (err != OK)
		return err;
	region.source = source->id;
	err = map_attach(object, &region, request->address == RM_ANYWHERE, request->flags);
	reply->address = region.address;
	return err;
}

static err_t rm_detach_handle(void *object, const struct rm_detach_request *request, struct rpc_message *message,
                              struct rm_detach_reply *reply, slot_t *caps_out)
{
	struct map_entry *map = object;
	err_t err = regions_reserve(map);

	(void)message, (void)caps_out;
	if (err == OK)
		err = rm_detach(cap_ep(map->real), request, NULL, reply, NULL);
	if (err == OK)
		regions_detach(map, request->address, request->size);
	return err;
}

static err_t rm_protect_handle(void *object, const struct rm_protect_request *request, struct rpc_message *message,
                               struct rm_protect_reply *reply, slot_t *caps_out)
{
	struct map_entry *map = object;
	err_t err = regions_reserve(map);

	(void)message, (void)caps_out;
	if (err == OK)
		err = rm_protect(cap_ep(map->real), request, NULL, reply, NULL);
	if (err == OK)
		regions_protect(map, request->address, request->size, request->rights);
	return err;
}

/* The signal that came along; kept if `set` takes it. */
static err_t handler_take(struct rpc_message *message, uint32_t index, uint32_t *signal, uint32_t *badge)
{
	struct entry *entry;
	err_t err = registry_of_slot(message->caps[index], ENTRY_OBJECT, &entry, badge);

	if (err == OK && ((struct object_entry *)entry)->kind != KIND_SIGNAL)
		err = ERR_CAPABILITY;
	if (err == OK)
		*signal = entry->id;
	return err;
}

static err_t rm_fault_handler_handle(void *object, const struct rm_fault_handler_request *request,
                                     struct rpc_message *message, struct rm_fault_handler_reply *reply,
                                     slot_t *caps_out)
{
	uint32_t signal, badge;
	err_t err = handler_take(message, 0, &signal, &badge);

	(void)request, (void)reply, (void)caps_out;
	if (err == OK)
		err = map_handler_set(object, signal, badge, message->caps[0]);
	if (err == OK)
		(void)rpc_keep(message, 0);
	return err;
}

static err_t rm_state_handle(void *object, const struct rm_state_request *request, struct rpc_message *message,
                             struct rm_state_reply *reply, slot_t *caps_out)
{
	const struct map_entry *map = object;

	(void)message, (void)caps_out;
	return rm_state(cap_ep(map->real), request, NULL, reply, NULL);
}

static err_t rm_dataspace_handle(void *object, const struct rm_dataspace_request *request, struct rpc_message *message,
                                 struct rm_dataspace_reply *reply, slot_t *caps_out)
{
	const struct map_entry *map = object;

	(void)request, (void)message;
	if (!cap_valid(map->real_ds))
		return ERR_UNSUPPORTED;
	reply->size = map->size;
	return registry_name(&map->entry, caps_out);
}

static err_t rm_create_handle(void *object, const struct rm_service_create_request *request,
                              struct rpc_message *message, struct rm_service_create_reply *reply, slot_t *caps_out)
{
	struct map_entry *map;

	(void)object, (void)message, (void)reply;
	if (!request->size)
		return ERR_ARGUMENT;
	err_t err = map_add(request->size, 0, &map);
	return err == OK ? registry_name(&map->entry, caps_out) : err;
}

static err_t rm_destroy_handle(void *object, const struct rm_service_destroy_request *request,
                               struct rpc_message *message, struct rm_service_destroy_reply *reply, slot_t *caps_out)
{
	struct entry *entry;
	err_t err = registry_of_slot(message->caps[0], ENTRY_MAP, &entry, NULL);

	(void)object, (void)request, (void)reply, (void)caps_out;
	if (err != OK)
		return err;
	if (!cap_valid(((struct map_entry *)entry)->real_ds))
		return ERR_DENIED;
	map_remove((struct map_entry *)entry);
	return OK;
}

static err_t cpu_thread_create_handle(void *object, const struct cpu_thread_create_request *request,
                                      struct rpc_message *message, struct cpu_thread_create_reply *reply,
                                      slot_t *caps_out)
{
	const struct thread_schedule schedule = {
		.priority = request->priority ? request->priority : target.priority,
		.core = request->core != AFFINITY_ANY ? request->core : target.core};
	struct thread_entry *thread;
	struct entry *pd;
	err_t err = registry_of_slot(message->caps[0], ENTRY_SESSION, &pd, NULL);

	(void)object, (void)reply;
	if (err != OK)
		return err;
	if (((struct session_entry *)pd)->service != SERVICE_PD)
		return ERR_CAPABILITY;
	if (!string_ends(request->name, sizeof request->name))
		return ERR_ARGUMENT;
	err = thread_add(request->index, request->name, &schedule, 0, &thread);
	return err == OK ? registry_name(&thread->entry, caps_out) : err;
}

static err_t cpu_thread_destroy_handle(void *object, const struct cpu_thread_destroy_request *request,
                                       struct rpc_message *message, struct cpu_thread_destroy_reply *reply,
                                       slot_t *caps_out)
{
	struct entry *entry;
	err_t err = registry_of_slot(message->caps[0], ENTRY_THREAD, &entry, NULL);

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

static err_t log_write_handle(void *object, const struct log_write_request *request, struct rpc_message *message,
                              struct log_write_reply *reply, slot_t *caps_out)
{
	(void)message, (void)caps_out;
	return log_write(((struct session_entry *)object)->real.ep, request, NULL, reply, NULL);
}

static err_t rom_dataspace_handle(void *object, const struct rom_dataspace_request *request,
                                  struct rpc_message *message, struct rom_dataspace_reply *reply, slot_t *caps_out)
{
	const struct entry *rom = registry_find(((struct session_entry *)object)->rom);

	(void)request, (void)message;
	if (!rom)
		return ERR_GONE;
	reply->size = ((const struct dataspace_entry *)rom)->rom_size;
	return registry_name(rom, caps_out);
}

static err_t timer_handler_handle(void *object, const struct timer_handler_request *request,
                                  struct rpc_message *message, struct timer_handler_reply *reply, slot_t *caps_out)
{
	uint32_t signal, badge;
	err_t err = handler_take(message, 0, &signal, &badge);

	(void)request, (void)reply, (void)caps_out;
	if (err == OK)
		err = session_handler_set(object, signal, badge, message->caps[0]);
	if (err == OK)
		(void)rpc_keep(message, 0);
	return err;
}

static err_t timer_set_handle(void *object, const struct timer_set_request *request, struct rpc_message *message,
                              struct timer_set_reply *reply, slot_t *caps_out)
{
	(void)message, (void)reply, (void)caps_out;
	return timer_arm(object, request->deadline, request->period);
}

static err_t terminal_buffer_handle(void *object, const struct terminal_buffer_request *request,
                                    struct rpc_message *message, struct terminal_buffer_reply *reply, slot_t *caps_out)
{
	struct session_entry *session = object;
	struct entry *ds;
	uint32_t signal, badge;
	err_t err = registry_of_slot(message->caps[0], ENTRY_DATASPACE, &ds, NULL);

	(void)request, (void)reply, (void)caps_out;
	if (err == OK)
		err = handler_take(message, 1, &signal, &badge);
	if (err != OK)
		return err;
	session->buffer = ds->id;
	err = session_handler_set(session, signal, badge, message->caps[1]);
	if (err == OK)
		(void)rpc_keep(message, 1);
	return err;
}

static err_t terminal_write_handle(void *object, const struct terminal_write_request *request,
                                   struct rpc_message *message, struct terminal_write_reply *reply, slot_t *caps_out)
{
	struct session_entry *session = object;
	err_t err = terminal_write(session->real.ep, request, NULL, reply, NULL);

	(void)message, (void)caps_out;
	if (err == OK)
		session->output = reply->offset;
	return err;
}

static err_t terminal_read_handle(void *object, const struct terminal_read_request *request,
                                  struct rpc_message *message, struct terminal_read_reply *reply, slot_t *caps_out)
{
	(void)message, (void)caps_out;
	return terminal_read(((struct session_entry *)object)->real.ep, request, NULL, reply, NULL);
}

static err_t terminal_record_handle(void *object, const struct terminal_record_request *request,
                                    struct rpc_message *message, struct terminal_record_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t terminal_feed_handle(void *object, const struct terminal_feed_request *request,
                                  struct rpc_message *message, struct terminal_feed_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t terminal_cut_handle(void *object, const struct terminal_cut_request *request, struct rpc_message *message,
                                 struct terminal_cut_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t terminal_info_handle(void *object, const struct terminal_info_request *request,
                                  struct rpc_message *message, struct terminal_info_reply *reply, slot_t *caps_out)
{
	(void)message, (void)caps_out;
	return terminal_info(((struct session_entry *)object)->real.ep, request, NULL, reply, NULL);
}

static struct session_entry *session_of(uint32_t client_id)
{
	for (struct entry *entry = registry.first; entry; entry = entry->next)
		if (entry->kind == ENTRY_SESSION && ((struct session_entry *)entry)->client_id == client_id)
			return (struct session_entry *)entry;
	return NULL;
}

static err_t rom_of(const char *label, uint32_t *id)
{
	for (const struct entry *entry = registry.first; entry; entry = entry->next) {
		const struct dataspace_entry *rom = (const struct dataspace_entry *)entry;
		if (entry->kind == ENTRY_DATASPACE && rom->rom && strcmp(rom->name, label) == 0) {
			*id = entry->id;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

static err_t parent_session_open_handle(void *object, const struct parent_session_open_request *request,
                                        struct rpc_message *message, struct parent_session_open_reply *reply,
                                        slot_t *caps_out)
{
	struct session_entry *session;
	uint32_t service = SERVICE_CPU, rom = 0;
	err_t err = OK;

	(void)object, (void)message, (void)reply;
	if (!request->id || !string_ends(request->service, sizeof request->service) ||
	    !string_ends(request->label, sizeof request->label))
		return ERR_ARGUMENT;
	if (session_of(request->id))
		return ERR_EXISTS;
	while (service < SERVICES && strcmp(service_names[service], request->service) != 0)
		service++;
	if (service == SERVICES)
		return ERR_NOT_FOUND;
	if (service == SERVICE_ROM)
		err = rom_of(request->label, &rom);
	if (err == OK)
		err = session_add((enum service)service, request->label, request->id, 0, &session);
	if (err != OK)
		return err;
	session->rom = rom;
	return registry_name(&session->entry, caps_out);
}

static err_t parent_session_close_handle(void *object, const struct parent_session_close_request *request,
                                         struct rpc_message *message, struct parent_session_close_reply *reply,
                                         slot_t *caps_out)
{
	struct session_entry *session = request->id ? session_of(request->id) : NULL;

	(void)object, (void)message, (void)reply, (void)caps_out;
	if (!session)
		return ERR_NOT_FOUND;
	session_remove(session);
	return OK;
}

static err_t parent_announce_handle(void *object, const struct parent_announce_request *request,
                                    struct rpc_message *message, struct parent_announce_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t parent_session_info_handle(void *object, const struct parent_session_info_request *request,
                                        struct rpc_message *message, struct parent_session_info_reply *reply,
                                        slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_NOT_FOUND;
}

static err_t parent_session_ended_handle(void *object, const struct parent_session_ended_request *request,
                                         struct rpc_message *message, struct parent_session_ended_reply *reply,
                                         slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_NOT_FOUND;
}

/* The target ends when this call is over: its registry is in use until then. */
static err_t parent_exit_handle(void *object, const struct parent_exit_request *request, struct rpc_message *message,
                                struct parent_exit_reply *reply, slot_t *caps_out)
{
	(void)object, (void)message, (void)reply, (void)caps_out;
	target.ended = true;
	target.status.exit_status = request->status;
	return OK;
}

static err_t session_intercept(struct session_entry *session, struct rpc_message *in, struct rpc_message *out)
{
	static const struct parent_handlers parent = {
		parent_session_open_handle, parent_session_close_handle, parent_announce_handle,
		parent_session_info_handle, parent_session_ended_handle, parent_exit_handle};
	static const struct pd_handlers pd = {
		.ram_alloc = pd_ram_alloc_handle,       .ram_free = pd_ram_free_handle,
		.object_alloc = pd_object_alloc_handle, .object_free = pd_object_free_handle,
		.address_space = pd_address_space_handle, .quota = pd_quota_handle,
		.transfer = pd_transfer_handle,         .child_create = pd_child_create_handle,
		.child_destroy = pd_child_destroy_handle, .native = pd_native_handle};
	static const struct cpu_handlers cpu = {cpu_thread_create_handle, cpu_thread_destroy_handle,
	                                        cpu_exception_handler_handle};
	static const struct log_handlers log = {log_write_handle};
	static const struct rom_handlers rom = {rom_dataspace_handle};
	static const struct timer_handlers timer = {timer_handler_handle, timer_set_handle};
	static const struct rm_service_handlers rm = {rm_create_handle, rm_destroy_handle};
	static const struct terminal_handlers terminal = {
		terminal_buffer_handle, terminal_write_handle, terminal_read_handle, terminal_record_handle,
		terminal_feed_handle,   terminal_cut_handle,   terminal_info_handle};

	switch (session->service) {
	case SERVICE_PARENT: return parent_dispatch(&parent, session, in, out);
	case SERVICE_PD: return pd_dispatch(&pd, session, in, out);
	case SERVICE_CPU: return cpu_dispatch(&cpu, session, in, out);
	case SERVICE_LOG: return log_dispatch(&log, session, in, out);
	case SERVICE_ROM: return rom_dispatch(&rom, session, in, out);
	case SERVICE_TIMER: return timer_dispatch(&timer, session, in, out);
	case SERVICE_RM: return rm_service_dispatch(&rm, session, in, out);
	case SERVICE_TERMINAL: return terminal_dispatch(&terminal, session, in, out);
	default: return ERR_UNSUPPORTED;
	}
}

err_t intercept(struct entry *entry, struct rpc_message *in, struct rpc_message *out)
{
	static const struct dataspace_handlers dataspace = {dataspace_info_handle, dataspace_native_handle};
	static const struct rm_handlers map = {rm_attach_handle,        rm_detach_handle, rm_protect_handle,
	                                       rm_fault_handler_handle, rm_state_handle,  rm_dataspace_handle};
	static const struct cpu_thread_handlers thread = {thread_start_handle, thread_schedule_handle,
	                                                  thread_exception_handle, thread_interrupt_handle,
	                                                  thread_native_handle};

	switch (entry->kind) {
	case ENTRY_SESSION: return session_intercept((struct session_entry *)entry, in, out);
	case ENTRY_DATASPACE: return dataspace_dispatch(&dataspace, entry, in, out);
	case ENTRY_MAP: return rm_dispatch(&map, entry, in, out);
	case ENTRY_THREAD: return cpu_thread_dispatch(&thread, entry, in, out);
	default: return ERR_UNSUPPORTED;
	}
}
