/* SPDX-License-Identifier: MIT */
/* init: starts what the configuration names, routes their sessions, restarts what dies. */
#include <framework/memory.h>
#include <framework/rom.h>

#include "init/component.h"

struct server init_server;
struct config init_config;

static err_t session_refuse(struct server *server, const char *service, const char *label, void **object)
{
	(void)server;
	(void)service;
	(void)label;
	(void)object;
	return ERR_DENIED;
}

static void session_forget(struct server *server, void *object)
{
	(void)server;
	(void)object;
}

static err_t dispatch(struct server *server, void *object, struct rpc_message *message, struct rpc_message *reply)
{
	struct served *served = object;

	(void)server;
	if (served->kind == SERVED_COMPONENT)
		return route_serve(object, message, reply);
	if (served->kind == SERVED_LAUNCHER)
		return launcher_serve(served, message, reply);
	return rom_serve(served, message, reply);
}

static err_t config_load(void)
{
	const char *sentence = "";
	uint32_t line = 0;
	struct rom rom;
	err_t err = rom_attach("config", &rom);

	if (err == OK)
		err = config_parse(rom.bytes, rom.size, &init_config, &line, &sentence);
	if (err != OK)
		log_line("configuration: %s, line %u: %s", err_sentence(err), line, sentence);
	return err;
}

int component_main(addr_t argument)
{
	struct component *made;
	uint32_t badges;

	(void)argument;
	err_t err = server_init(&init_server, session_refuse, session_forget, dispatch, NULL);
	init_server.find = served_find;
	if (err == OK)
		err = config_load();
	if (err != OK)
		return 1;
	for (uint32_t i = 0; i < init_config.child_count; i++) {
		const struct config_child *child = &init_config.child[i];
		err = component_create(child->name, child, false, child->ram, child->caps, &made);
		if (err == ERR_NOT_FOUND)
			log_line("%s: not on this node (no module or no grant)", child->name);
		else if (err != OK)
			log_line("%s: cannot be started: %s", child->name, err_sentence(err));
	}
	for (;;) {
		err = server_step(&init_server, components_deadline(), &badges);
		if (err != OK && err != ERR_TIMEOUT)
			log_line("waiting failed: %s", err_sentence(err));
		if (badges || err == ERR_TIMEOUT)
			components_look();
	}
}
