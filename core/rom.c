/* SPDX-License-Identifier: MIT */
/* ROM: the boot modules as read-only dataspaces that nobody owns. */
#include <framework/memory.h>
#include <rom/session.h>

#include "core/memory.h"
#include "core/service.h"

struct rom {
	struct object object;
	struct dataspace *dataspace;
	uint64_t size;
};

static struct {
	const struct boot_info *info;
	struct dataspace *dataspace[BOOT_MODULES];
} modules;

err_t roms_start(const struct boot_info *info)
{
	modules.info = info;
	for (uint32_t i = 0; i < info->module_count; i++) {
		struct dataspace *dataspace;
		err_t err = object_make(NULL, TYPE_DATASPACE, sizeof *dataspace, 0, (void **)&dataspace);
		if (err != OK)
			return err;
		dataspace->offset = info->modules[i].offset;
		dataspace->size = page_round(info->modules[i].size);
		dataspace->rights = RIGHT_READ | RIGHT_EXECUTE;
		modules.dataspace[i] = dataspace;
	}
	return OK;
}

struct dataspace *rom_find(const char *name, uint64_t *size)
{
	for (uint32_t i = 0; i < modules.info->module_count; i++)
		if (strncmp(modules.info->modules[i].name, name, sizeof modules.info->modules[i].name) == 0) {
			*size = modules.info->modules[i].size;
			return modules.dataspace[i];
		}
	return NULL;
}

const char *label_last(const char *label)
{
	const char *last = label;

	for (const char *at = label; *at; at++)
		if (strncmp(at, "-> ", 3) == 0)
			last = at + 3;
	return last;
}

/* The last element of the label names the module. */
err_t rom_open(struct pd *payer, const char *label, struct object **session)
{
	uint64_t size;
	struct dataspace *dataspace = rom_find(label_last(label), &size);
	struct rom *rom;

	if (!dataspace)
		return ERR_NOT_FOUND;
	err_t err = object_make(payer, TYPE_ROM, sizeof *rom, 0, (void **)&rom);
	if (err != OK)
		return err;
	rom->dataspace = dataspace;
	rom->size = size;
	*session = &rom->object;
	return OK;
}

static err_t handle_dataspace(void *object, const struct rom_dataspace_request *request, struct rpc_message *message,
                              struct rom_dataspace_reply *reply, slot_t *caps_out)
{
	const struct rom *rom = object;

	(void)request;
	(void)message;
	reply->size = rom->size;
	object_name(&rom->dataspace->object, caps_out);
	return OK;
}

err_t rom_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct rom_handlers handlers = {.dataspace = handle_dataspace};

	return rom_dispatch(&handlers, object, message, reply);
}
