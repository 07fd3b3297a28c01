/* SPDX-License-Identifier: MIT */
/*
 * The components that init has started, what they announced, and the sessions they have.
 *
 * A session goes to core (its id there is kept), to another component (a badge minted from what that announced), or to
 * init itself. When either side dies its capabilities are revoked, and the other side hears of it.
 */
#ifndef INIT_COMPONENT_H
#define INIT_COMPONENT_H

#include <framework/child.h>
#include <framework/server.h>
#include <launcher/session.h>

#include "init/config.h"

enum { COMPONENTS = 1200, ANNOUNCED = 4, SESSIONS_EACH = 512, ENDED_MOST = 4096 };

/* What badges of init's endpoint stand for: each struct that is served begins with this. */
enum served_kind { SERVED_COMPONENT, SERVED_LAUNCHER, SERVED_ROM };
struct served {
	enum served_kind kind;
	uint32_t badge;
};

struct link {
	struct link *next;
	uint32_t id;                  /* chosen by the client */
	struct component *server;     /* NULL: core or init */
	uint32_t core_id;             /* of the session at core, or 0 */
	uint32_t badge;               /* minted for it, or 0 */
	struct served *own;           /* served by init, or NULL */
	char service[PARENT_SERVICE];
	char label[PARENT_LABEL];
};

struct component {
	struct served served;
	char name[LAUNCHER_NAME];
	const struct config_child *config;
	bool instance;
	uint64_t serial;              /* grows in order of creation */
	enum launcher_state state;
	uint32_t restarts;
	uint64_t note;                /* what it wants to find again (parent/session.h) */
	uint64_t ram;
	uint64_t last_deaths[3];      /* when, own clock */
	uint64_t again;               /* when it is to be started again, own clock; 0: not */
	struct child child;
	uint32_t log_id;
	bool exited;                  /* not looked at yet */
	int exit_status;
	slot_t log, parent;
	uint32_t session_count;
	struct link *links;
	struct {
		char service[PARENT_SERVICE];
		slot_t ep, signal;
	} announced[ANNOUNCED];
	struct link *ended;           /* sessions to it that ended and were not asked for yet */
	uint32_t ended_count;         /* with ENDED_MOST of them nobody gets a further session */
};

extern struct server init_server;
extern struct config init_config;
extern struct component *components[COMPONENTS];

/* Start `name` from the module of `config`. */
err_t component_create(const char *name, const struct config_child *config, bool instance, uint64_t ram, uint32_t caps,
                       struct component **made) MUST_CHECK;

/* Destroy what runs and end its sessions; the component itself stays known, to be started again or removed. */
void component_stop(struct component *component);
err_t component_run(struct component *component) MUST_CHECK;
void component_remove(struct component *component);

struct component *component_find(const char *name, bool instance);

/* Exceptions and ends that a signal reported, and whatever is to be started again by now. */
void components_look(void);

/* When to look even if no signal comes, own clock. */
uint64_t components_deadline(void);

/* A new badge for something that init serves. */
err_t served_add(struct served *served, enum served_kind kind) MUST_CHECK;
void served_remove(struct served *served);
void *served_find(struct server *server, uint32_t badge);

/* PARENT for components; LAUNCHER; the ROM "config" of an instance. */
err_t route_serve(struct component *component, struct rpc_message *message, struct rpc_message *reply) MUST_CHECK;
void links_end(struct component *component);
void ended_forget(struct component *component);
err_t launcher_serve(struct served *served, struct rpc_message *message, struct rpc_message *reply) MUST_CHECK;
void launcher_report(void);
err_t rom_open(const struct component *component, struct served **rom) MUST_CHECK;
void rom_close(struct served *rom);
err_t rom_serve(struct served *rom, struct rpc_message *message, struct rpc_message *reply) MUST_CHECK;

/* Exit was asked for: stopped at the next look. */
void component_exited(struct component *component, int status);

#endif
