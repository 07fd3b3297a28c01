/* SPDX-License-Identifier: MIT */
/* LAUNCHER: instances of the template, and the ROM "config" that tells an instance its name; see component.h. */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <rom/session.h>

#include "init/component.h"

static slot_t handler;

struct rom {
	struct served served;
	ds_t ds;
	uint64_t size;
};

void launcher_report(void)
{
	if (!handler)
		return;
	err_t ignored = signal_submit((signal_t){handler});
	(void)ignored;
}

static err_t handle_handler(void *object, const struct launcher_handler_request *request, struct rpc_message *message,
                            struct launcher_handler_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)request;
	(void)reply;
	(void)caps_out;
	slot_give(handler);
	handler = rpc_keep(message, 0);
	return OK;
}

static bool name_valid(const char *name, size_t size)
{
	if (!string_ends(name, size) || !*name || *name == '.' || *name == '-')
		return false;
	for (; *name; name++) {
		char c = *name;
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!letter && c != '.' && c != '_' && c != '-')
			return false;
	}
	return true;
}

static err_t handle_start(void *object, const struct launcher_start_request *request, struct rpc_message *message,
                          struct launcher_start_reply *reply, slot_t *caps_out)
{
	struct component *made;

	(void)object;
	(void)message;
	(void)reply;
	(void)caps_out;
	if (!init_config.template.name[0])
		return ERR_UNSUPPORTED;
	if (!name_valid(request->name, sizeof request->name))
		return ERR_ARGUMENT;
	return component_create(request->name, &init_config.template, true, request->ram, request->caps, &made);
}

static err_t handle_stop(void *object, const struct launcher_stop_request *request, struct rpc_message *message,
                         struct launcher_stop_reply *reply, slot_t *caps_out)
{
	struct component *component = NULL;

	(void)object;
	(void)message;
	(void)reply;
	(void)caps_out;
	if (string_ends(request->name, sizeof request->name))
		component = component_find(request->name, true);
	if (!component)
		return ERR_NOT_FOUND;
	component_remove(component);
	return OK;
}

static err_t handle_next(void *object, const struct launcher_next_request *request, struct rpc_message *message,
                         struct launcher_next_reply *reply, slot_t *caps_out)
{
	const struct component *after = NULL, *found = NULL;

	(void)object;
	(void)message;
	(void)caps_out;
	if (!string_ends(request->after, sizeof request->after))
		return ERR_ARGUMENT;
	if (request->after[0] && !(after = component_find(request->after, true)))
		return ERR_NOT_FOUND;
	for (uint32_t i = 0; i < COMPONENTS; i++) {
		const struct component *at = components[i];
		if (at && at->instance && (!after || at->serial > after->serial) && (!found || at->serial < found->serial))
			found = at;
	}
	if (!found)
		return ERR_NOT_FOUND;
	text_copy(reply->name, sizeof reply->name, found->name);
	reply->state = found->state;
	reply->restarts = found->restarts;
	reply->ram = found->ram;
	return OK;
}

err_t launcher_serve(struct served *served, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct launcher_handlers handlers = {
		.handler = handle_handler, .start = handle_start, .stop = handle_stop, .next = handle_next,
	};

	return launcher_dispatch(&handlers, served, message, reply);
}

err_t rom_open(const struct component *component, struct served **made)
{
	struct rom *rom = heap_alloc(sizeof *rom);
	void *text;

	if (!rom)
		return ERR_MEMORY_QUOTA;
	err_t err = served_add(&rom->served, SERVED_ROM);
	if (err == OK)
		err = buffer_take(PAGE_SIZE, 0, &rom->ds, &text);
	if (err != OK) {
		rom_close(&rom->served);
		return err;
	}
	rom->size = (uint64_t)text_format(text, PAGE_SIZE, "name=%s\nrestarts=%u\nnote=%llu\nram=%llu\n", component->name,
	                                  component->restarts, (unsigned long long)component->note,
	                                  (unsigned long long)component->ram);
	ds_detach(text, PAGE_SIZE);
	*made = &rom->served;
	return OK;
}

void rom_close(struct served *served)
{
	struct rom *rom = (struct rom *)served;

	served_remove(served);
	if (cap_valid(rom->ds))
		ds_free(rom->ds);
	heap_free(rom);
}

static err_t handle_dataspace(void *object, const struct rom_dataspace_request *request, struct rpc_message *message,
                              struct rom_dataspace_reply *reply, slot_t *caps_out)
{
	const struct rom *rom = object;

	(void)request;
	(void)message;
	reply->size = rom->size;
	caps_out[0] = rom->ds.slot;
	return OK;
}

err_t rom_serve(struct served *rom, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct rom_handlers handlers = {.dataspace = handle_dataspace};

	return rom_dispatch(&handlers, rom, message, reply);
}
