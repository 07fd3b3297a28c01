/* SPDX-License-Identifier: MIT */
/*
 * rtcr: the checkpointer of one target. One thread serves the target's calls and CHECKPOINT, in between it does the work
 * that was asked for; a second one writes images. An instance that was restarted goes on from the newest checkpoint.
 */
#include <cpu/session.h>
#include <framework/format.h>
#include <framework/memory.h>
#include <framework/rom.h>
#include <pd/session.h>

#include <inttypes.h>

#include "rtcr/target.h"

enum { DRAIN_MAX = 256, TRIES = 4 };

static struct {
	uint32_t running;              /* enum checkpoint_work */
	bool asked;                    /* to be begun when the reply is out */
	struct checkpoint_run_request run;
	ds_t bundle;
	struct checkpoint_take_request take;
	uint64_t generation;
	bool preparing;                /* the other thread prepares for it ... */
	uint32_t tries;                /* ... again, because the registry ... */
	uint64_t changes;              /* ... was another */
	uint32_t badges;               /* of signals that came in between */
	bool continuing;               /* the RTCR was restarted and restores by itself */
} work;

static int administration;             /* stands for a CHECKPOINT session */

static err_t work_begin(uint32_t kind)
{
	if (work.running)
		return ERR_BUSY;
	work.running = kind;
	work.asked = true;
	target.sentence[0] = 0;
	return OK;
}

static void work_end(err_t err)
{
	target.status.last_work = work.running;
	target.status.last_err = err;
	target.status.work_done++;
	work.running = WORK_NONE;
	target_report();
}

static err_t handle_handler(void *object, const struct checkpoint_handler_request *request,
                            struct rpc_message *message, struct checkpoint_handler_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)reply, (void)caps_out;
	slot_give(target.watcher);
	target.watcher = rpc_keep(message, 0);
	return OK;
}

static err_t handle_run(void *object, const struct checkpoint_run_request *request, struct rpc_message *message,
                        struct checkpoint_run_reply *reply, slot_t *caps_out)
{
	(void)object, (void)reply, (void)caps_out;
	if (target.exists)
		return ERR_EXISTS;
	err_t err = work_begin(WORK_RUN);
	if (err != OK)
		return err;
	work.run = *request;
	work.bundle = (ds_t){rpc_keep(message, 0)};
	return OK;
}

static err_t handle_take(void *object, const struct checkpoint_take_request *request, struct rpc_message *message,
                         struct checkpoint_take_reply *reply, slot_t *caps_out)
{
	(void)object, (void)message, (void)reply, (void)caps_out;
	if (!target.exists)
		return ERR_STATE;
	err_t err = work_begin(WORK_CHECKPOINT);
	if (err == OK)
		work.take = *request;
	return err;
}

static err_t handle_restore(void *object, const struct checkpoint_restore_request *request,
                            struct rpc_message *message, struct checkpoint_restore_reply *reply, slot_t *caps_out)
{
	(void)object, (void)message, (void)reply, (void)caps_out;
	err_t err = work_begin(WORK_RESTORE);
	if (err == OK)
		work.generation = request->generation;
	return err;
}

static err_t handle_kill(void *object, const struct checkpoint_kill_request *request, struct rpc_message *message,
                         struct checkpoint_kill_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	if (!target.exists)
		return ERR_STATE;
	target_note(TARGET_KILLED, 0);
	target_destroy();
	target_state_set(TARGET_KILLED);
	return OK;
}

static err_t handle_status(void *object, const struct checkpoint_status_request *request, struct rpc_message *message,
                           struct checkpoint_status_reply *reply, slot_t *caps_out)
{
	const struct pd_quota_request ask = {};
	struct pd_quota_reply quota = {0};

	(void)object, (void)request, (void)message, (void)caps_out;
	if (target.exists && pd_quota((ep_t){target.child.pd}, &ask, NULL, &quota, NULL) != OK)
		quota = (struct pd_quota_reply){0};
	target.status.ram_limit = target.ram;
	target.status.ram_used = quota.ram_used;
	target.status.work = work.running;
	*reply = target.status;
	return OK;
}

static err_t handle_failure(void *object, const struct checkpoint_failure_request *request,
                            struct rpc_message *message, struct checkpoint_failure_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)caps_out;
	text_copy(reply->sentence, sizeof reply->sentence, target.sentence);
	return OK;
}

static err_t handle_thread(void *object, const struct checkpoint_thread_request *request, struct rpc_message *message,
                           struct checkpoint_thread_reply *reply, slot_t *caps_out)
{
	(void)object, (void)message, (void)caps_out;
	return snapshot_thread(request->n, reply);
}

static err_t dispatch(struct server *server, void *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct checkpoint_handlers handlers = {
		.handler = handle_handler, .run = handle_run,       .take = handle_take,       .restore = handle_restore,
		.kill = handle_kill,       .status = handle_status, .failure = handle_failure, .thread = handle_thread,
	};

	(void)server;
	if (object == &administration)
		return checkpoint_dispatch(&handlers, object, message, reply);
	return intercept(object, message, reply);
}

static err_t session_begin(struct server *server, const char *service, const char *label, void **object)
{
	(void)server, (void)service, (void)label;
	*object = &administration;
	return OK;
}

static void session_end(struct server *server, void *object)
{
	(void)server, (void)object;
}

static void *entry_of_badge(struct server *server, uint32_t badge)
{
	(void)server;
	return target.exists && badge > SERVER_BADGES ? registry_find(badge - SERVER_BADGES) : NULL;
}

/* Serve the calls that wait; badges of signals that come along are kept for the main loop. */
static void calls_drain(void)
{
	uint32_t badges;

	for (int i = 0; i < DRAIN_MAX && server_step(&rtcr_server, 1, &badges) == OK; i++)
		work.badges |= badges;
	server_reply_now(&rtcr_server);
}

static void checkpoint_fail(err_t err)
{
	work.preparing = false;
	if (err == ERR_STATE && !target.sentence[0])
		target_fail("the component ended before the checkpoint");
	work_end(err);
}

static void checkpoint_prepare(void)
{
	err_t err = target.exists && !target.ended ? OK : ERR_STATE;

	work.preparing = true;
	work.changes = registry.changes;
	if (err == OK)
		err = snapshot_prepare();
	if (err != OK)
		checkpoint_fail(err);
}

/* A target that changes faster than it is prepared for is stopped all the same: what is new is prepared in the stop. */
static void checkpoint_prepared(void)
{
	err_t err = snapshot_prepared();

	work.preparing = false;
	if (err == OK)
		calls_drain();
	if (!target.exists || target.ended)
		err = ERR_STATE;
	if (err == OK && registry.changes != work.changes && ++work.tries < TRIES) {
		checkpoint_prepare();
		return;
	}
	if (err == OK)
		err = snapshot_take(work.take.budget_ns, work.take.flags & CHECKPOINT_STOP);
	if (err != OK)
		checkpoint_fail(err);
}

static void work_do(void)
{
	err_t err;

	work.asked = false;
	switch (work.running) {
	case WORK_RUN:
		err = target_run(&work.run, work.bundle);
		slot_give(work.bundle.slot);
		work_end(err);
		break;
	case WORK_CHECKPOINT:
		work.tries = 0;
		checkpoint_prepare();
		break;
	default:
		err = target_restore(work.generation);
		if (work.continuing)
			log_line("restarted; %s", err == OK ? "the component goes on from its newest checkpoint"
			                                    : "the component cannot go on from its newest checkpoint");
		work.continuing = false;
		work_end(err);
	}
}

static void snapshot_end(void)
{
	err_t err = snapshot_finish();

	if (work.take.flags & CHECKPOINT_STOP && target.exists) {
		if (err == OK) {
			target_destroy();
			target_state_set(TARGET_KILLED);
		} else if (snapshot_undo_stop() != OK) {
			log_line("the component stands and cannot go on");
		}
	}
	work_end(err);
}

/* A thread stopped because nobody resolved its fault: then the whole target has ended. */
static void exceptions_look(void)
{
	const struct cpu_exception_request request = {};
	struct cpu_exception_reply fault;

	if (!target.exists || cpu_exception((ep_t){target.child.cpu}, &request, NULL, &fault, NULL) != OK || !fault.fault)
		return;
	if (fault.fault == FAULT_DEAD)
		target_fail("its process was destroyed by the host (%u)", fault.detail);
	else
		target_fail("thread %.*s: fault %u at address %" PRIx64 ", instruction %" PRIx64,
		            (int)sizeof fault.name - 1, fault.name, fault.fault, fault.address, fault.instruction);
	target_destroy();
	target_state_set(TARGET_FAULTED);
}

static void ends_look(void)
{
	if (!target.ended || !target.exists)
		return;
	target_note(TARGET_EXITED, 0);
	target_destroy();
	target_state_set(TARGET_EXITED);
}

/* The name of the instance; whether it was restarted, and what it noted before. */
static err_t config_read(bool *restarted, uint64_t *note)
{
	struct rom rom;
	err_t err = rom_attach("config", &rom);

	if (err != OK)
		return err;
	const char *line = rom.bytes;
	uint32_t length = 0;
	if (strncmp(line, "name=", 5) != 0)
		return ERR_CORRUPT;
	while (line[5 + length] && line[5 + length] != '\n')
		length++;
	if (!length || length >= sizeof target.name)
		return ERR_CORRUPT;
	memcpy(target.name, line + 5, length);
	line += 5 + length;
	if (strncmp(line, "\nrestarts=", 10) != 0)
		return ERR_CORRUPT;
	line += 10;
	*restarted = *line != '0';
	while (*line >= '0' && *line <= '9')
		line++;
	if (strncmp(line, "\nnote=", 6) != 0)
		return ERR_CORRUPT;
	*note = 0;
	for (line += 6; *line >= '0' && *line <= '9'; line++)
		*note = *note * 10 + (uint64_t)(*line - '0');
	return OK;
}

int component_main(addr_t argument)
{
	bool restarted = false;
	uint64_t note = 0;
	uint32_t badges;
	err_t err = server_init(&rtcr_server, session_begin, session_end, dispatch, NULL);

	(void)argument;
	rtcr_server.find = entry_of_badge;
	if (err == OK)
		err = registry_start();
	if (err == OK)
		err = config_read(&restarted, &note);
	if (err == OK && restarted && target_continue(note, &work.generation)) {
		work.continuing = true;
		err = work_begin(WORK_RESTORE);
	}
	if (err == OK)
		err = server_announce(&rtcr_server, "CHECKPOINT");
	if (err != OK) {
		log_line("cannot start: %s", err_sentence(err));
		return 1;
	}
	for (;;) {
		if (work.asked) {
			server_reply_now(&rtcr_server);
			work_do();
		}
		err = server_step(&rtcr_server, work.badges ? 1 : timers_expire(), &badges);
		if (err != OK && err != ERR_TIMEOUT)
			log_line("waiting failed: %s", err_sentence(err));
		badges |= work.badges;
		work.badges = 0;
		if (badges & SERVER_SIGNAL_ENDED)
			terminals_look();
		if (badges & SIGNAL_WRITTEN && work.preparing)
			checkpoint_prepared();
		else if (badges & SIGNAL_WRITTEN)
			snapshot_end();
		if (badges & SIGNAL_EXCEPTION)
			exceptions_look();
		ends_look();
	}
}
