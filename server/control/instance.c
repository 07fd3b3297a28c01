/* SPDX-License-Identifier: MIT */
/* Instances of the RTCR at the LAUNCHER and how their programs are, see instance.h. */
#include <framework/format.h>
#include <framework/memory.h>
#include <launcher/session.h>

#include "server/control/fate.h"
#include "server/control/instance.h"
#include "server/control/record.h"
#include "server/control/request.h"

enum { INSTANCE_RAM = 48 << 20 };
#define READY_NS 20000000000ull

static struct session launcher;

static void bundle_drop(struct component *component)
{
	if (cap_valid(component->bundle))
		ds_free(component->bundle);
	component->bundle = (ds_t){0};
}

static void session_drop(struct component *component)
{
	if (component->checkpoint.id)
		session_close(&component->checkpoint);
}

static void instance_stop(struct component *component)
{
	struct launcher_stop_request request = {0};
	struct launcher_stop_reply reply;

	text_copy(request.name, sizeof request.name, component->name);
	session_drop(component);
	bundle_drop(component);
	err_t ignored = launcher_stop(launcher.ep, &request, NULL, &reply, NULL);
	(void)ignored;
}

void component_over(struct component *component, enum control_state fate)
{
	/* First, so that it is not lost if this server dies meanwhile: until then the instance knows it. */
	component->state = fate;
	if (!component->fate_kept)
		fate_keep(component);
	instance_stop(component);
	component->phase = PHASE_OVER;
	component->work = WORK_NONE;
	component->status.work = WORK_NONE;
	component->status.ram_used = 0;
	requests_progress(component);
}

err_t component_launch(struct component *component, uint64_t ram, enum checkpoint_work work)
{
	/* The program's memory, as much again for what a checkpoint copies, and the RTCR itself. */
	struct launcher_start_request request = {.ram = 2 * ram + INSTANCE_RAM};
	struct launcher_start_reply reply;

	text_copy(request.name, sizeof request.name, component->name);
	err_t err = launcher_start(launcher.ep, &request, NULL, &reply, NULL);
	if (err != OK)
		return err;
	fate_forget(component);
	component->before = component->state;
	component->phase = PHASE_LAUNCHED;
	component->state = CONTROL_STARTING;
	component->work = work;
	component->fresh = work == WORK_RUN;
	component->continued = false;
	component->started = clock_now();
	component->restarts = 0;
	component->sentence[0] = 0;
	component->output_lost = 0;
	component->run.ram = ram;
	memset(&component->status, 0, sizeof component->status);
	return OK;
}

static void component_failure(struct component *component)
{
	const struct checkpoint_failure_request request = {};
	struct checkpoint_failure_reply reply;

	component->sentence[0] = 0;
	if (checkpoint_failure(component->checkpoint.ep, &request, NULL, &reply, NULL) == OK &&
	    string_ends(reply.sentence, sizeof reply.sentence))
		text_copy(component->sentence, sizeof component->sentence, reply.sentence);
}

/* Run or restore did not succeed: the requests that wait are told by requests_progress, then nothing is left. */
static void work_failed(struct component *component)
{
	bool known = component->before != CONTROL_STORED;

	component_over(component, component->before);
	if (component->fresh && !known)
		component_discard(component);
	else if (!known)
		component_remove(component);
}

static bool fate_of(const struct checkpoint_status_reply *status, enum control_state *fate)
{
	static const enum control_state fates[TARGET_STATES] = {
		[TARGET_EXITED] = CONTROL_EXITED, [TARGET_KILLED] = CONTROL_KILLED, [TARGET_FAULTED] = CONTROL_FAULTED,
	};

	if (status->state >= TARGET_STATES || !fates[status->state])
		return false;
	*fate = fates[status->state];
	return true;
}

/* The instance died: it is started again by init, and goes on by itself from its newest checkpoint if there is one. */
static void component_detach(struct component *component)
{
	session_drop(component);
	component->continued = true;
	component->phase = PHASE_LAUNCHED;
	component->state = CONTROL_STARTING;
	component->started = clock_now();
	requests_fail(component, ERR_GONE, "its RTCR died meanwhile; it goes on from its newest checkpoint, if it has one");
}

void component_look(struct component *component)
{
	const struct checkpoint_status_request request = {};
	uint32_t done = component->status.work_done;
	enum control_state fate = CONTROL_LOST;

	if (component->phase != PHASE_UP)
		return;
	if (checkpoint_status(component->checkpoint.ep, &request, NULL, &component->status, NULL) != OK) {
		component_detach(component);
		return;
	}
	const struct checkpoint_status_reply *status = &component->status;
	bool ended = fate_of(status, &fate), nothing = status->state == TARGET_NONE && status->work == WORK_NONE;
	if (status->work_done != done) {
		bundle_drop(component);
		if (status->last_err != OK)
			component_failure(component);
	}
	if (status->state == TARGET_FAULTED || (status->state == TARGET_EXITED && status->exit_status))
		component_failure(component);
	else if (status->state == TARGET_EXITED)
		component->sentence[0] = 0;
	component->state = ended ? fate : status->state == TARGET_RUNNING ? CONTROL_RUNNING : CONTROL_STARTING;
	if (nothing && component->continued)
		component_failure(component);
	/* Before anybody is told: who waited may ask about what was lost. */
	if (ended && status->work == WORK_NONE)
		fate_keep(component);
	requests_progress(component);
	if (nothing && (component->continued || !status->work_done))
		component_over(component, CONTROL_LOST);
	else if (nothing)
		work_failed(component);
	else if (ended && status->work == WORK_NONE)
		component_over(component, fate);
}

static err_t work_begin(struct component *component)
{
	const struct checkpoint_restore_request restore = {component->generation};
	struct checkpoint_restore_reply restored;
	struct checkpoint_run_reply run;
	enum checkpoint_work work = component->work;

	component->work = WORK_NONE;
	if (work == WORK_RUN)
		return checkpoint_run(component->checkpoint.ep, &component->run, &component->bundle.slot, &run, NULL);
	if (work == WORK_RESTORE)
		return checkpoint_restore(component->checkpoint.ep, &restore, NULL, &restored, NULL);
	return OK;
}

/* Try whether the instance is ready by now. */
static void component_attach(struct component *component)
{
	const struct checkpoint_handler_request request = {};
	struct checkpoint_handler_reply reply;
	err_t err = session_open("CHECKPOINT", component->name, 0, &component->checkpoint);

	if (err == ERR_BUSY)
		return;
	if (err == OK) {
		err = checkpoint_handler(component->checkpoint.ep, &request, &component->checkpoint_signal, &reply, NULL);
		if (err == OK)
			err = work_begin(component);
		if (err == ERR_GONE || err == ERR_CAPABILITY) {
			component_detach(component);   /* it has just died */
			return;
		}
		component->phase = err == OK ? PHASE_UP : component->phase;
	}
	if (err == OK) {
		component_look(component);
		return;
	}
	text_format(component->sentence, sizeof component->sentence, "its RTCR does not work: %s", err_sentence(err));
	requests_fail(component, err, component->sentence);
	if (component->before == CONTROL_STORED && !component->restarts)
		component_remove(component);
	else
		component_over(component, CONTROL_LOST);
}

void component_kill(struct component *component)
{
	const struct checkpoint_kill_request request = {};
	struct checkpoint_kill_reply reply;

	if (component->phase == PHASE_OVER)
		return;
	if (component->phase == PHASE_UP && checkpoint_kill(component->checkpoint.ep, &request, NULL, &reply, NULL) == OK)
		component_look(component);
	if (component->phase != PHASE_OVER && !component_ended(component)) {
		requests_fail(component, ERR_GONE, "it was killed meanwhile");
		component_over(component, CONTROL_KILLED);
	}
}

/* What the launcher says of one instance. */
static void instance_look(const struct launcher_next_reply *instance)
{
	struct component *component = component_find(instance->name);

	if (!component) {
		/* The control server itself was started again: what runs is taken over. */
		component = component_add(instance->name);
		if (!component)
			return;
		component->phase = PHASE_LAUNCHED;
		component->before = component->state = CONTROL_STARTING;
		component->continued = true;
		component->started = clock_now();
		component->restarts = instance->restarts;
		component->run.ram = instance->ram > INSTANCE_RAM ? (instance->ram - INSTANCE_RAM) / 2 : 0;
	}
	if (component->phase == PHASE_UP && instance->restarts != component->restarts)
		component_detach(component);
	component->restarts = instance->restarts;
	if (instance->state == INSTANCE_DEAD && component->phase != PHASE_OVER) {
		text_copy(component->sentence, sizeof component->sentence, "its RTCR died again and again, see the node's log");
		requests_fail(component, ERR_GONE, component->sentence);
		component_over(component, CONTROL_LOST);
	} else if (component->phase == PHASE_LAUNCHED) {
		component_attach(component);
	}
}

static void instances_look(void)
{
	struct launcher_next_request request = {0};
	struct launcher_next_reply reply;

	while (launcher_next(launcher.ep, &request, NULL, &reply, NULL) == OK &&
	       string_ends(reply.name, sizeof reply.name)) {
		memcpy(request.after, reply.name, sizeof request.after);
		instance_look(&reply);
	}
}

/* Each of PHASE `phase`, or any; a component may go while it is looked at. */
static void components_each(uint32_t badges, uint32_t shift, void (*look)(struct component *component))
{
	struct component *next;

	for (struct component *component = component_first(); component; component = next) {
		next = component->next;
		if (badges & 1u << (shift + component->number % SIGNAL_BITS))
			look(component);
	}
}

static void launched_look(struct component *component)
{
	if (component->phase == PHASE_LAUNCHED)
		component_attach(component);
}

void instances_signalled(uint32_t badges)
{
	if (badges & SIGNAL_LAUNCHER) {
		components_each(~0u, 0, launched_look);
		instances_look();
		/* Perhaps it was a terminal that was started again. */
		components_each(~0u, 0, requests_progress);
	}
	components_each(badges, SIGNAL_CHECKPOINT, component_look);
	components_each(badges, SIGNAL_TERMINAL, requests_progress);
}

uint64_t instances_deadline(void)
{
	uint64_t deadline = DEADLINE_NEVER;

	for (const struct component *component = component_first(); component; component = component->next)
		if (component->phase == PHASE_LAUNCHED && component->started + READY_NS < deadline)
			deadline = component->started + READY_NS;
	return deadline;
}

void instances_late(void)
{
	struct component *next;

	for (struct component *component = component_first(); component; component = next) {
		next = component->next;
		if (component->phase != PHASE_LAUNCHED || clock_now() < component->started + READY_NS)
			continue;
		requests_fail(component, ERR_TIMEOUT, "its RTCR did not become ready within 20 s, see the node's log");
		work_failed(component);
	}
}

err_t instances_start(signal_t signal)
{
	const struct launcher_handler_request request = {};
	struct launcher_handler_reply reply;
	slot_t handler;
	err_t err = session_open("LAUNCHER", "", 0, &launcher);

	if (err == OK)
		err = cap_mint(cap_any(signal), SIGNAL_LAUNCHER, RIGHT_SEND, &handler);
	if (err == OK)
		err = launcher_handler(launcher.ep, &request, &handler, &reply, NULL);
	if (err == OK)
		instances_look();
	return err;
}
