/* SPDX-License-Identifier: MIT */
/* The target and the making of its objects, see target.h. */
#include <cpu/session.h>
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <pd/session.h>
#include <rm/session.h>

#include "rtcr/snapshot.h"

struct target target = {.strategy = &strategy_shared, .engine = &engine_cpu};

enum { TARGET_SLOTS = 8192 };

void target_report(void)
{
	if (!target.watcher)
		return;
	err_t ignored = signal_submit((signal_t){target.watcher});
	(void)ignored;
}

void target_note(enum checkpoint_state state, uint64_t generation)
{
	uint64_t more = state == TARGET_RUNNING ? generation : (uint32_t)target.status.exit_status;
	const struct parent_note_request request = {state | more << 8};
	struct parent_note_reply reply;
	err_t err = parent_note((ep_t){SLOT_PARENT}, &request, NULL, &reply, NULL);

	if (err != OK)
		log_line("what to do after a death cannot be noted: %s", err_sentence(err));
}

bool target_continue(uint64_t note, uint64_t *generation)
{
	enum checkpoint_state state = note & 0xff;

	*generation = note >> 8;
	if (state == TARGET_RUNNING && *generation)
		return true;
	if (state == TARGET_RUNNING) {
		target_fail("restarted; the component has no checkpoint to go on from");
	} else if (state > TARGET_RUNNING && state < TARGET_STATES) {
		log_line("restarted; the component had ended before");
		target.status.state = state;
		target.status.exit_status = (int32_t)(note >> 8);
	}
	return false;
}

void target_state_set(enum checkpoint_state state)
{
	target.status.state = state;
	target_note(state, target.parent);
	target_report();
}

void target_exited(int32_t status)
{
	bool words = (status & ~0xff) == EXIT_WORDS;

	target.ended = true;
	target.status.exit_status = words ? status & 0xff : status;
	target.sentence[0] = 0;
	if (!target.status.exit_status || (!words && !target.refused))
		return;
	text_format(target.sentence, sizeof target.sentence, "%s%s", words ? target.words : "memory was refused to it",
	            target.refused ? "; give it more --memory" : "");
}

void target_fail(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	text_format_list(target.sentence, sizeof target.sentence, format, list);
	va_end(list);
	log_line("%s", target.sentence);
}

err_t target_make(uint64_t ram, uint32_t caps)
{
	struct pd_child_create_request request = {.ram = ram, .caps = caps, .slots = TARGET_SLOTS};
	const struct cpu_exception_handler_request handler = {};
	struct cpu_exception_handler_reply reply;
	err_t err = OK;

	if (!target.exception)
		err = server_signal(&rtcr_server, SIGNAL_EXCEPTION, &target.exception);
	if (err == OK && !target.rm.id)
		err = session_open("RM", "target", 0, &target.rm);
	text_format(request.name, sizeof request.name, "%.*s", PD_NAME - 1, target.name);
	if (err == OK)
		err = child_make(&request, &target.child);
	if (err != OK)
		return err;
	target.exists = true;
	target.ended = target.stopped = target.timers_armed = target.refused = false;
	target.words[0] = 0;
	target.parent = target.output = 0;
	target.ram = ram;
	target.caps = caps;
	return cpu_exception_handler((ep_t){target.child.cpu}, &handler, &target.exception, &reply, NULL);
}

err_t session_add(enum service service, const char *label, uint32_t client_id, uint32_t id,
                  struct session_entry **made)
{
	struct session_entry *session = registry_add(ENTRY_SESSION, id);
	err_t err = OK;

	if (!session)
		return ERR_MEMORY_QUOTA;
	session->service = service;
	session->client_id = client_id;
	session->deadline = DEADLINE_NEVER;
	text_copy(session->label, sizeof session->label, label);
	if (service == SERVICE_LOG)
		err = session_open(service_names[service], target.name, 0, &session->real);
	else if (service == SERVICE_TERMINAL)
		err = session_open("TERMINAL", target.name, 2000000000, &session->real);
	else if (service == SERVICE_IRQ || service == SERVICE_IO_MEM)
		err = device_open(session);
	if (err != OK) {
		registry_remove(&session->entry);
		return err;
	}
	*made = session;
	return OK;
}

void session_remove(struct session_entry *session)
{
	if (session->real.id)
		session_close(&session->real);
	device_leave(session);
	slot_give(session->signal_slot);
	registry_remove(&session->entry);
}

err_t session_handler_set(struct session_entry *session, uint32_t signal, uint32_t badge, slot_t slot)
{
	const struct terminal_buffer_request request = {};
	struct terminal_buffer_reply reply;

	if (session->service == SERVICE_TERMINAL) {
		const struct dataspace_entry *ds = (const struct dataspace_entry *)registry_find(session->buffer);
		const slot_t caps[2] = {ds->real.slot, slot};
		err_t err = terminal_buffer(session->real.ep, &request, caps, &reply, NULL);
		if (terminal_renew(session, err))
			err = terminal_buffer(session->real.ep, &request, caps, &reply, NULL);
		if (err != OK)
			return err;
	}
	if (session->service == SERVICE_IRQ) {
		err_t err = line_bind(session, slot);
		if (err != OK)
			return err;
	}
	slot_give(session->signal_slot);
	session->signal = signal;
	session->signal_badge = badge;
	session->signal_slot = slot;
	return OK;
}

/* The first five, in the slots of parent/session.h; ids in that order. */
err_t target_sessions_make(void)
{
	static const enum service services[] = {SERVICE_PARENT, SERVICE_PD, SERVICE_CPU, SERVICE_LOG};
	static const slot_t slots[] = {SLOT_PARENT, SLOT_PD, SLOT_CPU, SLOT_LOG};
	struct session_entry *session;
	struct map_entry *space;
	err_t err = OK;

	for (uint32_t i = 0; i < 4 && err == OK; i++) {
		err = session_add(services[i], "", 0, 0, &session);
		if (err == OK)
			err = registry_give(&session->entry, (pd_t){target.child.native}, slots[i]);
	}
	if (err == OK)
		err = map_add(0, 0, &space);
	if (err != OK)
		return err;
	target.space = space->entry.id;
	return registry_give(&space->entry, (pd_t){target.child.native}, SLOT_ADDRESS_SPACE);
}

err_t dataspace_add(uint64_t size, uint32_t id, struct dataspace_entry **made)
{
	const struct pd_ram_alloc_request request = {size};
	struct pd_ram_alloc_reply reply;
	struct dataspace_entry *dataspace = registry_add(ENTRY_DATASPACE, id);

	if (!dataspace)
		return ERR_MEMORY_QUOTA;
	dataspace->origin = IMAGE_ORIGIN_ANONYMOUS;
	dataspace->size = (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
	err_t err = slot_take(&dataspace->real.slot);
	if (err == OK)
		err = pd_ram_alloc((ep_t){target.child.pd}, &request, NULL, &reply, &dataspace->real.slot);
	if (err != OK) {
		dataspace_remove(dataspace);
		return err;
	}
	dataspace->source = (struct view){.ds = dataspace->real, .size = dataspace->size};
	*made = dataspace;
	return OK;
}

void dataspace_remove(struct dataspace_entry *dataspace)
{
	const struct pd_ram_free_request request = {};
	struct pd_ram_free_reply reply;

	writer_settle();
	view_drop(&dataspace->source);
	target.strategy->forget(dataspace);
	if (target.child.pd) {
		err_t ignored = pd_ram_free((ep_t){target.child.pd}, &request, &dataspace->real.slot, &reply, NULL);
		(void)ignored;
		slot_give(dataspace->real.slot);
		slot_give(dataspace->native.slot);
	} else {
		slot_free(dataspace->real.slot);
		slot_free(dataspace->native.slot);
	}
	regions_forget(dataspace->entry.id);
	registry_remove(&dataspace->entry);
}

err_t dataspace_native_take(struct dataspace_entry *dataspace)
{
	const struct dataspace_native_request request = {};
	struct dataspace_native_reply reply;
	slot_t slot;

	if (cap_valid(dataspace->native))
		return OK;
	err_t err = slot_take(&slot);
	if (err != OK)
		return err;
	err = dataspace_native(cap_ep(dataspace->real), &request, NULL, &reply, &slot);
	if (err == OK)
		dataspace->native = (memory_t){slot};
	else
		slot_give(slot);
	return err;
}

err_t object_learn(struct object_entry *object)
{
	struct cap_entry cap;
	err_t err = slot_look(object->slot, &cap);

	if (err != OK)
		return err;
	object->kernel_id = cap.object;
	registry_hash(object);
	return OK;
}

err_t object_add(uint32_t kind, uint32_t id, struct object_entry **made)
{
	const struct pd_object_alloc_request request = {.kind = kind};
	struct pd_object_alloc_reply reply;
	struct object_entry *object = registry_add(ENTRY_OBJECT, id);

	if (!object)
		return ERR_MEMORY_QUOTA;
	object->kind = kind;
	err_t err = slot_take(&object->slot);
	if (err == OK)
		err = pd_object_alloc((ep_t){target.child.pd}, &request, NULL, &reply, &object->slot);
	if (err == OK)
		err = object_learn(object);
	if (err != OK) {
		slot_give(object->slot);
		registry_remove(&object->entry);
		return err;
	}
	*made = object;
	return OK;
}

/* Size 0: the address space. */
err_t map_add(uint64_t size, uint32_t id, struct map_entry **made)
{
	const struct rm_service_create_request create = {size};
	struct rm_service_create_reply created;
	const struct rm_dataspace_request as_ds = {};
	struct rm_dataspace_reply ds_reply;
	struct map_entry *map = registry_add(ENTRY_MAP, id);

	if (!map)
		return ERR_MEMORY_QUOTA;
	map->size = size ? size : PD_HIGH;
	if (!size) {
		map->real.slot = target.child.space;
		*made = map;
		return OK;
	}
	err_t err = slot_take(&map->real.slot);
	if (err == OK) {
		err = slot_take(&map->real_ds.slot);
		if (err != OK)
			slot_free(map->real.slot);
	}
	if (err == OK)
		err = rm_service_create(target.rm.ep, &create, NULL, &created, &map->real.slot);
	if (err == OK)
		err = rm_dataspace(cap_ep(map->real), &as_ds, NULL, &ds_reply, &map->real_ds.slot);
	if (err == OK)
		*made = map;
	else
		map_remove(map);
	return err;
}

void map_remove(struct map_entry *map)
{
	const struct rm_service_destroy_request request = {};
	struct rm_service_destroy_reply reply;

	if (map->real_ds.slot) {
		err_t ignored = rm_service_destroy(target.rm.ep, &request, &map->real.slot, &reply, NULL);
		(void)ignored;
		slot_give(map->real.slot);
		slot_give(map->real_ds.slot);
	}
	slot_give(map->handler_slot);
	regions_forget(map->entry.id);
	regions_clear(map);
	heap_free(map->regions);
	registry_remove(&map->entry);
}

err_t map_handler_set(struct map_entry *map, uint32_t signal, uint32_t badge, slot_t slot)
{
	const struct rm_fault_handler_request request = {};
	struct rm_fault_handler_reply reply;
	err_t err = rm_fault_handler(cap_ep(map->real), &request, &slot, &reply, NULL);

	if (err != OK)
		return err;
	slot_give(map->handler_slot);
	registry.map_changes++;
	map->handler = signal;
	map->handler_badge = badge;
	map->handler_slot = slot;
	return OK;
}

err_t map_attach(struct map_entry *map, struct region *region, bool anywhere, uint32_t flags)
{
	struct rm_attach_request request = {anywhere ? RM_ANYWHERE : region->address, region->offset, region->size,
	                                    region->rights, flags};
	struct rm_attach_reply reply;
	const struct entry *source = registry_find(region->source);
	uint64_t available;
	slot_t slot;

	if (!source || (source->kind != ENTRY_DATASPACE && source->kind != ENTRY_MAP))
		return ERR_CAPABILITY;
	if (source->kind == ENTRY_DATASPACE) {
		const struct dataspace_entry *ds = (const struct dataspace_entry *)source;
		slot = ds->real.slot;
		available = ds->size;
		if (ds->origin == IMAGE_ORIGIN_ROM && region->rights & RIGHT_WRITE)
			return ERR_RIGHTS;
	} else {
		const struct map_entry *inner = (const struct map_entry *)source;
		slot = inner->real_ds.slot;
		available = inner->size;
		if (!slot)
			return ERR_UNSUPPORTED;
	}
	err_t err = regions_reserve(map);
	if (err == OK)
		err = rm_attach(cap_ep(map->real), &request, &slot, &reply, NULL);
	if (err != OK)
		return err;
	region->address = reply.address;
	if (!region->size)
		region->size = available - region->offset;
	regions_attach(map, region);
	return OK;
}

err_t thread_add(uint32_t index, const char *name, const struct thread_schedule *schedule, uint32_t id,
                 struct thread_entry **made)
{
	struct cpu_thread_create_request request = {.index = index, .priority = schedule->priority, .core = schedule->core};
	struct cpu_thread_create_reply reply;
	const struct cpu_thread_native_request native = {};
	struct cpu_thread_native_reply native_reply;
	struct thread_entry *thread = registry_add(ENTRY_THREAD, id);

	if (!thread)
		return ERR_MEMORY_QUOTA;
	text_copy(request.name, sizeof request.name, name);
	text_copy(thread->name, sizeof thread->name, name);
	thread->index = index;
	thread->schedule = *schedule;
	err_t err = slot_take(&thread->real);
	if (err == OK)
		err = slot_take(&thread->native.slot);
	if (err == OK)
		err = cpu_thread_create((ep_t){target.child.cpu}, &request, &target.child.pd, &reply, &thread->real);
	if (err == OK)
		err = cpu_thread_native((ep_t){thread->real}, &native, NULL, &native_reply, &thread->native.slot);
	if (err != OK) {
		slot_give(thread->real);
		slot_give(thread->native.slot);
		registry_remove(&thread->entry);
		return err;
	}
	*made = thread;
	return OK;
}

/* The domain goes first, so that nothing runs any more and most goes with it; what the RTCR paid for goes after. */
void target_destroy(void)
{
	if (!target.exists)
		return;
	writer_settle();
	child_destroy(&target.child);
	target.exists = false;
	for (struct entry *map = registry.first_of[ENTRY_MAP]; map; map = map->next_alike)
		regions_clear((struct map_entry *)map);
	while (registry.first) {
		struct entry *session = registry.first_of[ENTRY_SESSION];   /* with what came by it */
		struct entry *entry = session ? session : registry.first;
		entry->named = false;   /* nobody is left who could have a capability */
		switch (entry->kind) {
		case ENTRY_SESSION: session_remove((struct session_entry *)entry); break;
		case ENTRY_DATASPACE: dataspace_remove((struct dataspace_entry *)entry); break;
		case ENTRY_MAP: map_remove((struct map_entry *)entry); break;
		case ENTRY_OBJECT:
			slot_free(((struct object_entry *)entry)->slot);
			registry_remove(entry);
			break;
		case ENTRY_THREAD:
			slot_free(((struct thread_entry *)entry)->real);
			slot_free(((struct thread_entry *)entry)->native.slot);
			registry_remove(entry);
			break;
		}
	}
	registry.next_id = 1;
}
