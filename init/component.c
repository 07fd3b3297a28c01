/* SPDX-License-Identifier: MIT */
/* Starting, watching and stopping components, see component.h. */
#include <cpu/session.h>
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <framework/rom.h>
#include <pd/session.h>

#include "init/component.h"

enum { SIGNAL_DEATH = 1, SERVED_MAX = 16384, REST_S = 10 };
#define SECOND 1000000000ull

struct component *components[COMPONENTS];

static struct {
	struct served *by_badge[SERVED_MAX];
	uint32_t hint;
	slot_t death;             /* to be submitted when a thread stops */
	uint64_t again;           /* when the first is to be started again, or 0 */
	uint64_t serial;
} state;

err_t served_add(struct served *served, enum served_kind kind)
{
	for (uint32_t i = 0; i < SERVED_MAX; i++) {
		uint32_t at = (state.hint + i) % SERVED_MAX;
		if (state.by_badge[at])
			continue;
		state.by_badge[at] = served;
		state.hint = at + 1;
		*served = (struct served){kind, SERVER_BADGES + at};
		return OK;
	}
	return ERR_CAP_QUOTA;
}

void served_remove(struct served *served)
{
	if (!served->badge)
		return;
	err_t ignored = cap_revoke_badge(cap_any(init_server.ep), served->badge);
	(void)ignored;
	state.by_badge[served->badge - SERVER_BADGES] = NULL;
	served->badge = 0;
}

void *served_find(struct server *server, uint32_t badge)
{
	(void)server;
	return badge - SERVER_BADGES < SERVED_MAX ? state.by_badge[badge - SERVER_BADGES] : NULL;
}

struct component *component_find(const char *name, bool instance)
{
	for (uint32_t i = 0; i < COMPONENTS; i++)
		if (components[i] && components[i]->instance == instance && strcmp(components[i]->name, name) == 0)
			return components[i];
	return NULL;
}

/* A module, attached for as long as init lives: each is loaded many times. */
static err_t module_get(const char *name, const void **bytes, uint64_t *size)
{
	static struct {
		char name[CONFIG_NAME];
		struct rom rom;
	} cache[CONFIG_CHILDREN + 1];
	uint32_t at = 0;

	while (cache[at].rom.bytes && strcmp(cache[at].name, name) != 0)
		at++;
	if (!cache[at].rom.bytes) {
		err_t err = rom_attach(name, &cache[at].rom);
		if (err != OK)
			return err;
		text_copy(cache[at].name, sizeof cache[at].name, name);
	}
	*bytes = cache[at].rom.bytes;
	*size = cache[at].rom.size;
	return OK;
}

static err_t sessions_give(struct component *component)
{
	const struct cpu_exception_handler_request request = {};
	struct cpu_exception_handler_reply reply;
	struct child *child = &component->child;
	struct session log;
	err_t err = session_open("LOG", component->name, 0, &log);

	if (err != OK)
		return err;
	component->log = log.ep.slot;
	component->log_id = log.id;
	err = cap_mint(cap_any(init_server.ep), component->served.badge, RIGHT_SEND, &component->parent);
	if (err == OK)
		err = cpu_exception_handler((ep_t){child->cpu}, &request, &state.death, &reply, NULL);
	if (err == OK)
		err = child_give(child, component->parent, SLOT_PARENT);
	if (err == OK)
		err = child_give(child, child->pd, SLOT_PD);
	if (err == OK)
		err = child_give(child, child->cpu, SLOT_CPU);
	if (err == OK)
		err = child_give(child, component->log, SLOT_LOG);
	return err == OK ? child_give(child, child->space, SLOT_ADDRESS_SPACE) : err;
}

err_t component_run(struct component *component)
{
	const struct config_child *config = component->config;
	struct pd_child_create_request request = {.ram = component->ram, .caps = config->caps, .slots = config->slots};
	const char *sentence = "";
	const void *bytes;
	uint64_t size, entry = 0;

	if (!state.death) {
		err_t err = server_signal(&init_server, SIGNAL_DEATH, &state.death);
		if (err != OK)
			return err;
	}
	text_copy(request.name, sizeof request.name, component->name);
	text_copy(request.grant, sizeof request.grant, config->grant);
	err_t err = module_get(config->name, &bytes, &size);
	if (err == OK)
		err = child_make(&request, &component->child);
	if (err != OK)
		return err;
	struct child_memory memory = child_plain_memory;
	memory.context = &component->child;
	err = served_add(&component->served, SERVED_COMPONENT);
	if (err == OK)
		err = sessions_give(component);
	if (err == OK)
		err = child_load(&memory, bytes, size, &entry, &sentence);
	if (err == OK)
		err = child_start(&component->child, "main", entry);
	component->state = INSTANCE_STARTING;
	if (err != OK) {
		log_line("%s: %s %s", component->name, err_sentence(err), sentence);
		component_stop(component);
	}
	return err;
}

err_t component_create(const char *name, const struct config_child *config, bool instance, uint64_t ram, uint32_t caps,
                       struct component **made)
{
	uint32_t at = 0;

	(void)caps;
	if (component_find(name, instance))
		return ERR_EXISTS;
	while (at < COMPONENTS && components[at])
		at++;
	struct component *component = at < COMPONENTS ? heap_alloc(sizeof *component) : NULL;
	if (!component)
		return ERR_MEMORY_QUOTA;
	if (!text_copy(component->name, sizeof component->name, name)) {
		heap_free(component);
		return ERR_ARGUMENT;
	}
	component->config = config;
	component->instance = instance;
	component->serial = ++state.serial;
	component->ram = ram > config->ram ? ram : config->ram;
	components[at] = component;
	err_t err = component_run(component);
	if (err != OK)
		component_remove(component);
	else
		*made = component;
	return err;
}

void component_stop(struct component *component)
{
	child_destroy(&component->child);
	links_end(component);
	served_remove(&component->served);
	for (uint32_t i = 0; i < ANNOUNCED; i++) {
		slot_give(component->announced[i].ep);
		slot_give(component->announced[i].signal);
	}
	memset(component->announced, 0, sizeof component->announced);
	ended_forget(component);
	if (component->log) {
		struct session log = {component->log_id, {component->log}};
		session_close(&log);
	}
	slot_give(component->parent);
	component->log = component->parent = 0;
	component->state = INSTANCE_DEAD;
}

void component_remove(struct component *component)
{
	component_stop(component);
	for (uint32_t i = 0; i < COMPONENTS; i++)
		if (components[i] == component)
			components[i] = NULL;
	heap_free(component);
}

void component_exited(struct component *component, int status)
{
	log_line("%s: ended with status %d", component->name, status);
	component->exited = true;
	component->exit_status = status;
	err_t ignored = signal_submit((signal_t){state.death});
	(void)ignored;
}

static void component_start_again(struct component *component)
{
	component->again = 0;
	component->restarts++;
	err_t err = component_run(component);
	if (err == OK)
		return;
	log_line("%s: cannot be started again: %s", component->name, err_sentence(err));
	if (!component->instance)
		component->again = clock_now() + REST_S * SECOND;
}

/*
 * Four deaths in ten seconds are too many: an instance is given up, which is reported as its component's end. The node cannot
 * do without its servers: they are tried again, with a rest in between.
 */
static void component_restart(struct component *component)
{
	uint64_t now = clock_now(), *deaths = component->last_deaths;
	bool often = deaths[2] && now - deaths[2] < 10 * SECOND;

	deaths[2] = deaths[1];
	deaths[1] = deaths[0];
	deaths[0] = now;
	component_stop(component);
	if (!often) {
		component_start_again(component);
	} else if (component->instance) {
		log_line("%s: died too often, not started again", component->name);
	} else {
		log_line("%s: died too often, started again in %u s", component->name, REST_S);
		component->again = now + REST_S * SECOND;
	}
}

uint64_t components_deadline(void)
{
	return state.again ? state.again : DEADLINE_NEVER;
}

static bool component_dead(struct component *component)
{
	const struct cpu_exception_request request = {};
	struct cpu_exception_reply reply;

	if (component->exited)
		return true;
	if (!component->child.cpu)
		return false;
	err_t err = cpu_exception((ep_t){component->child.cpu}, &request, NULL, &reply, NULL);
	if (err != OK || !reply.fault)
		return false;
	log_line("%s: died: thread %.*s, fault %u at %llx, instruction %llx, detail %u", component->name,
	         (int)sizeof reply.name - 1, reply.name, reply.fault, (unsigned long long)reply.address,
	         (unsigned long long)reply.instruction, reply.detail);
	return true;
}

/* Whether it was started, stopped or given up. */
static bool component_look(struct component *component)
{
	if (component->again && component->again <= clock_now()) {
		component_start_again(component);
		return true;
	}
	if (component->state == INSTANCE_DEAD || !component_dead(component))
		return false;
	bool done = component->exited && component->exit_status == 0;
	component->exited = false;
	if (done)
		component_stop(component);
	else
		component_restart(component);
	return true;
}

void components_look(void)
{
	bool report = false;

	state.again = 0;
	for (uint32_t i = 0; i < COMPONENTS; i++) {
		const struct component *component = components[i];
		if (!component)
			continue;
		report |= component_look(components[i]);
		if (component->again && (!state.again || component->again < state.again))
			state.again = component->again;
	}
	if (report)
		launcher_report();
}
