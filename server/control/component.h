/* SPDX-License-Identifier: MIT */
/*
 * The components of this node as the control server sees them. A component has an RTCR instance as long as its program
 * runs; what is left after that is its fate, kept here, its record at the TERMINAL, and its images at the STORE.
 *
 *    LAUNCHED   an instance was started and is not ready     ready:  UP
 *    UP         there is a session to it                     session gone: LAUNCHED, since it is started again
 *    OVER       no instance; state says how it ended
 *
 * All functions are called under the server's one lock (lock.h).
 */
#ifndef CONTROL_COMPONENT_H
#define CONTROL_COMPONENT_H

#include <checkpoint/session.h>
#include <control/protocol.h>
#include <framework/env.h>

enum { RAM_LEAST = 1 << 20, COMPONENTS_OVER = 1000 };
#define RAM_MOST (1ull << 40)

enum phase { PHASE_LAUNCHED, PHASE_UP, PHASE_OVER };

/* The signal of this server, by bits of the badge. Components share bits: whoever has one is looked at. */
enum { SIGNAL_LAUNCHER = 1u << 0, SIGNAL_BITS = 15, SIGNAL_CHECKPOINT = 1, SIGNAL_TERMINAL = 16 };

struct component {
	struct component *next;
	char name[CONTROL_NAME];
	uint32_t number;              /* of its bits */
	enum phase phase;
	enum control_state state;     /* OVER: its fate */
	enum control_state before;    /* what it was before this restore */
	enum checkpoint_work work;    /* to begin when the instance is ready */
	bool continued;               /* its RTCR died meanwhile, or this server: it went on by itself */
	bool fate_kept;               /* at the TERMINAL, see fate.h */
	bool fresh;                   /* made by run: if that fails, nothing of it is kept */
	struct checkpoint_run_request run;
	uint64_t generation;          /* to restore */
	ds_t bundle;                  /* to run */
	uint64_t started;             /* own clock */
	uint32_t restarts;
	struct session checkpoint, terminal;
	slot_t checkpoint_signal, terminal_signal;
	uint32_t output_lost;         /* as in the protocol */
	uint32_t watchers;            /* connections that use its terminal */
	struct checkpoint_status_reply status;
	char sentence[120];
};

/* `signal`: of this server. */
void components_start(signal_t signal);

struct component *component_first(void);   /* and the others by ->next */
struct component *component_find(const char *name);

/* The first in order of names that follows `after`; NULL. */
struct component *component_after(const char *after);

/* A new one without an instance, or NULL; and forgotten, with its instance. */
struct component *component_add(const char *name);
void component_remove(struct component *component);

/* Remove it with its record. */
void component_discard(struct component *component);

bool component_runs(const struct component *component);
bool component_ended(const struct component *component);
void component_show(const struct component *component, struct control_component *shown);

#endif
