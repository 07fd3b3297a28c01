/* SPDX-License-Identifier: MIT */
/* The operations that an RTCR works on: run, checkpoint, restore. Begun here, answered when their work is done. */
#include <inttypes.h>

#include <framework/format.h>
#include <framework/memory.h>

#include "server/control/image.h"
#include "server/control/operation.h"
#include "server/control/record.h"
#include "server/name.h"

static const char *run_refusal(const struct control_run_request *request, uint64_t bundle, err_t *err)
{
	*err = ERR_ARGUMENT;
	if (!string_ends(request->name, sizeof request->name) || !name_valid(request->name) ||
	    strcmp(request->name, "content") == 0)
		return "a name is 1 to 63 of the characters A-Z a-z 0-9 . _ - and starts with neither . nor -";
	if (!bundle || request->flags & ~(uint32_t)RUN_NATIVE || request->manner & ~(CONTROL_NO_INPUT | CONTROL_PASSING) || request->ram < RAM_LEAST || request->ram > RAM_MOST)
		return "no program came, or unknown flags, or an impossible amount of memory";
	*err = ERR_EXISTS;
	if (component_find(request->name))
		return "the name is in use; choose another, or remove the component first";
	err_t there = image_there(request->name, 0);
	if (there == ERR_NOT_FOUND)
		return NULL;
	if (there != ERR_BUSY && there != ERR_GONE)
		return "the name is in use by stored checkpoints; choose another, or remove them first";
	*err = there;
	return "the node's store cannot be used; the node's log (a board's console) says why";
}

static err_t component_run(struct connection *connection, struct component *component)
{
	const struct control_run_request *request = &connection->request.run;

	component->run = (struct checkpoint_run_request){
		.ram = request->ram, .core = request->core, .priority = request->priority, .flags = request->flags};
	err_t err = record_fresh(component);
	if (err == OK && request->manner & CONTROL_NO_INPUT)
		err = record_feed(component, NULL, 0, true);
	if (err == OK)
		err = component_launch(component, request->ram, WORK_RUN);
	if (err != OK)
		return err;
	component->bundle = body_take(&connection->body);
	request_watch(connection, component);
	connection->passing = request->manner & CONTROL_PASSING ? component : NULL;
	request_wait(connection, component, 1);
	return OK;
}

static void launch_refuse(struct connection *connection, err_t err, uint64_t ram)
{
	if (err == ERR_MEMORY_QUOTA)
		connection_refuse(connection, err, "the node has not enough memory left for a component of %" PRIu64 " MiB (each takes "
		                  "about twice its memory)", ram >> 20);
	else if (err == ERR_UNSUPPORTED || err == ERR_NOT_FOUND)
		connection_refuse(connection, err, "this node has no RTCR (module rtcr.elf) and can run nothing");
	else
		connection_refuse(connection, err, "cannot be started: %s", err_sentence(err));
}

void begin_run(struct connection *connection)
{
	const struct control_run_request *request = &connection->request.run;
	err_t err;
	const char *refusal = run_refusal(request, connection->body.size, &err);

	if (refusal) {
		connection_refuse(connection, err, "%s", refusal);
		return;
	}
	struct component *component = component_add(request->name);
	err = component ? component_run(connection, component) : ERR_MEMORY_QUOTA;
	if (err == OK)
		return;
	if (component)
		component_discard(component);
	launch_refuse(connection, err, request->ram);
}

void begin_checkpoint(struct connection *connection)
{
	const struct control_checkpoint_request *request = &connection->request.checkpoint;
	const struct checkpoint_take_request take = {request->budget_ns, request->flags & CONTROL_STOP ? CHECKPOINT_STOP : 0, 0};
	struct checkpoint_take_reply reply;
	struct component *component = request_component(connection, request->name);

	if (!component)
		return;
	component_look(component);
	component = request_component(connection, request->name);   /* looking may forget it */
	if (!component)
		return;
	if (component->state != CONTROL_RUNNING) {
		connection_refuse(connection, ERR_STATE, "it does not run, there is nothing to checkpoint");
		return;
	}
	uint32_t work = component->status.work_done + 1;
	err_t err = checkpoint_take(component->checkpoint.ep, &take, NULL, &reply, NULL);
	if (err == ERR_BUSY)
		connection_refuse(connection, err, "another checkpoint or restore of it is under way; try again");
	else if (err != OK)
		connection_refuse(connection, err, "a checkpoint cannot be taken: %s", err_sentence(err));
	if (err != OK)
		return;
	request_wait(connection, component, work);
	component_look(component);
}

static uint32_t threads_get(const struct component *component, struct control_thread *threads, uint32_t most)
{
	struct checkpoint_thread_request request = {0};
	struct checkpoint_thread_reply reply;

	while (request.n < most && checkpoint_thread(component->checkpoint.ep, &request, NULL, &reply, NULL) == OK) {
		struct control_thread *thread = &threads[request.n++];
		memset(thread, 0, sizeof *thread);
		if (string_ends(reply.name, sizeof reply.name))
			text_copy(thread->name, sizeof thread->name, reply.name);
		thread->index = reply.index;
		thread->class = reply.class;
		thread->instruction = reply.instruction;
	}
	return request.n;
}

void work_progress(struct connection *connection, struct component *component)
{
	static struct control_thread threads[CONTROL_PART / sizeof(struct control_thread)];
	const struct checkpoint_status_reply *status = &component->status;
	uint32_t count = 0;

	if (component->phase != PHASE_UP || (int32_t)(status->work_done - connection->work) < 0)
		return;
	if (status->last_err != OK) {
		connection_refuse(connection, status->last_err < ERR_COUNT ? (err_t)status->last_err : ERR_CORRUPT, "%s",
		                  component->sentence[0] ? component->sentence : err_sentence(status->last_err));
		return;
	}
	if (connection->header.operation == CONTROL_checkpoint && connection->request.checkpoint.flags & CONTROL_THREADS)
		count = threads_get(component, threads, sizeof threads / sizeof *threads);
	answer_component(connection, component, threads, count * (uint32_t)sizeof *threads);
}

/* What runs is replaced by its RTCR; else a new instance is needed. */
static void restore_begin(struct connection *connection, struct component *component)
{
	const struct control_restore_request *request = &connection->request.restore;
	const struct checkpoint_restore_request restore = {request->generation};
	struct checkpoint_restore_reply reply;
	uint64_t ram = request->ram ? request->ram : component->run.ram;

	if (component->phase == PHASE_UP) {
		request_wait(connection, component, component->status.work_done + 1);
		err_t err = checkpoint_restore(component->checkpoint.ep, &restore, NULL, &reply, NULL);
		if (err != OK)
			connection_refuse(connection, err, "cannot be restored now: %s", err_sentence(err));
		component_look(component);
		return;
	}
	if (ram < RAM_LEAST || ram > RAM_MOST) {
		connection_refuse(connection, ERR_ARGUMENT, "this node does not know how much memory it had");
		return;
	}
	component->generation = request->generation;
	request_wait(connection, component, 1);
	err_t err = component_launch(component, ram, WORK_RESTORE);
	if (err != OK)
		launch_refuse(connection, err, ram);
}

void begin_restore(struct connection *connection)
{
	const struct control_restore_request *request = &connection->request.restore;
	struct component *component = request_component(connection, request->name);

	if (!component)
		return;
	component_look(component);
	component = request_component(connection, request->name);   /* looking may forget it */
	if (!component)
		return;
	err_t err = image_there(request->name, request->generation);
	if (err == ERR_NOT_FOUND)
		connection_refuse(connection, err, request->generation ? "it has no such checkpoint" : "it has no checkpoint");
	else if (err != OK)
		connection_refuse(connection, err, "the store does not answer: %s", err_sentence(err));
	else if (component_runs(component) && (!request->force || component->phase == PHASE_LAUNCHED))
		connection_refuse(connection, ERR_STATE, "it runs");
	else
		restore_begin(connection, component);
}
