/* SPDX-License-Identifier: MIT */
/* The operations, see request.h. Each checks all of its request before it changes anything. */
#include <framework/format.h>
#include <framework/memory.h>

#include "server/control/image.h"
#include "server/control/record.h"
#include "server/control/request.h"
#include "server/name.h"

static uint64_t start_time;

static void answer_component(struct connection *connection, const struct component *component, const void *bytes,
                             uint32_t count)
{
	struct control_component shown;

	component_show(component, &shown);
	connection_answer(connection, &shown, sizeof shown, bytes, count);
}

/* A connection watches one terminal at most. */
static void watch(struct connection *connection, struct component *component)
{
	struct component *before = connection->watched;

	if (before == component)
		return;
	connection->watched = component;
	if (component)
		component->watchers++;
	if (before && !--before->watchers)
		record_close(before);
}

/* The component of a request; NULL: it was refused. One of which only images are there is known too. */
static struct component *component_get(struct connection *connection, const char *name)
{
	bool valid = string_ends(name, CONTROL_NAME) && name_valid(name);
	struct component *component = valid ? component_find(name) : NULL;

	if (component)
		return component;
	err_t err = valid ? image_there(name, 0) : ERR_NOT_FOUND;
	if (err == OK) {
		component = component_add(name);
		err = component ? OK : ERR_MEMORY_QUOTA;
	}
	if (err == ERR_NOT_FOUND)
		connection_refuse(connection, err, "there is no component of this name");
	else if (err != OK)
		connection_refuse(connection, err, "%s", err_sentence(err));
	return component;
}

static void wait_for(struct connection *connection, struct component *component, uint32_t work)
{
	connection->component = component;
	connection->work = work;
}

static void begin_hello(struct connection *connection)
{
	struct control_hello_reply reply = {.uptime_ns = clock_now() - start_time};

	for (const struct component *at = component_after(""); at; at = component_after(at->name)) {
		reply.known++;
		reply.running += component_runs(at);
	}
	connection_answer(connection, &reply, sizeof reply, NULL, 0);
}

static const char *run_refusal(const struct control_run_request *request, uint64_t bundle, err_t *err)
{
	*err = ERR_ARGUMENT;
	if (!string_ends(request->name, sizeof request->name) || !name_valid(request->name) ||
	    strcmp(request->name, "content") == 0)
		return "a name is 1 to 63 of the characters A-Z a-z 0-9 . _ - and starts with no dot";
	if (!bundle || request->flags & ~(uint32_t)RUN_NATIVE || request->manner & ~(CONTROL_NO_INPUT | CONTROL_PASSING) || request->ram < RAM_LEAST || request->ram > RAM_MOST)
		return "no program came, or unknown flags, or an impossible amount of memory";
	*err = ERR_EXISTS;
	if (component_find(request->name))
		return "the name is in use; choose another, or remove the component first";
	if (image_there(request->name, 0) != ERR_NOT_FOUND)
		return "the name is in use by stored checkpoints; choose another, or remove them first";
	return NULL;
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
	ds_detach(connection->body, connection->body_size);
	component->bundle = connection->bundle;
	connection->bundle = (ds_t){0};
	connection->body = NULL;
	watch(connection, component);
	connection->passing = request->manner & CONTROL_PASSING ? component : NULL;
	wait_for(connection, component, 1);
	return OK;
}

static void launch_refuse(struct connection *connection, err_t err, uint64_t ram)
{
	if (err == ERR_MEMORY_QUOTA)
		connection_refuse(connection, err, "the node has not enough memory left for a component of %lu MiB (each takes "
		                  "about twice its memory)", ram >> 20);
	else if (err == ERR_UNSUPPORTED || err == ERR_NOT_FOUND)
		connection_refuse(connection, err, "this node has no RTCR (module rtcr.elf) and can run nothing");
	else
		connection_refuse(connection, err, "cannot be started: %s", err_sentence(err));
}

static void begin_run(struct connection *connection)
{
	const struct control_run_request *request = &connection->request.run;
	err_t err;
	const char *refusal = run_refusal(request, connection->body_size, &err);

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

static void begin_feed(struct connection *connection)
{
	const struct control_feed_request *request = &connection->request.feed;
	struct component *component = component_get(connection, request->name);

	if (!component)
		return;
	watch(connection, component);
	err_t err = record_feed(component, connection->body, (uint32_t)connection->body_size, request->ended);
	if (err == OK)
		connection_answer(connection, NULL, 0, NULL, 0);
	else if (err == ERR_STATE)
		connection_refuse(connection, err, "its input has ended already");
	else
		connection_refuse(connection, err, "input cannot be kept: %s", err_sentence(err));
}

/* In order of names, what is known and what is only stored. False: that was all. */
static bool list_next(char name[CONTROL_NAME], struct control_component *shown)
{
	char stored[CONTROL_NAME];
	struct control_image image;
	struct component *component = component_after(name);

	if (image_name_after(name, stored) != OK || (component && strcmp(component->name, stored) <= 0)) {
		if (!component)
			return false;
		text_copy(name, CONTROL_NAME, component->name);
		component_look(component);
		component = component_find(name);
		if (component)
			component_show(component, shown);
		if (component && !shown->generation && image_newest(name, UINT64_MAX, &image) == OK)
			shown->generation = image.generation;
		return true;
	}
	text_copy(name, CONTROL_NAME, stored);
	if (image_newest(name, UINT64_MAX, &image) == OK) {
		text_copy(shown->name, sizeof shown->name, stored);
		shown->generation = image.generation;
		shown->image_bytes = image.size;
	}
	return true;
}

static void begin_list(struct connection *connection)
{
	static struct control_component list[CONTROL_PART / sizeof(struct control_component)];
	char name[CONTROL_NAME];
	uint32_t count = 0;

	if (!string_ends(connection->request.list.after, CONTROL_NAME)) {
		connection_refuse(connection, ERR_ARGUMENT, "a name without end");
		return;
	}
	text_copy(name, sizeof name, connection->request.list.after);
	while (count < sizeof list / sizeof *list) {
		memset(&list[count], 0, sizeof *list);
		if (!list_next(name, &list[count]))
			break;
		count += list[count].name[0] != 0;   /* nothing: it has just gone */
	}
	connection_answer(connection, NULL, 0, list, count * (uint32_t)sizeof *list);
}

static void progress_wait(struct connection *connection, struct component *component)
{
	if (!connection->request.wait.over || component_ended(component))
		answer_component(connection, component, NULL, 0);
}

static void begin_wait(struct connection *connection)
{
	struct component *component = component_get(connection, connection->request.wait.name);

	if (!component)
		return;
	wait_for(connection, component, 0);
	progress_wait(connection, component);
}

static void progress_logs(struct connection *connection, struct component *component)
{
	const struct control_logs_request *request = &connection->request.logs;
	bool ended = component_ended(component);
	const void *bytes;
	uint32_t count;
	err_t err = record_read(component, request->offset, &bytes, &count);

	if (err != OK)
		connection_refuse(connection, err, "its record cannot be read: %s", err_sentence(err));
	else if (count || ended || !request->follow)
		answer_component(connection, component, bytes, count);
}

static void begin_logs(struct connection *connection)
{
	struct component *component = component_get(connection, connection->request.logs.name);

	if (!component)
		return;
	watch(connection, component);
	wait_for(connection, component, 0);
	progress_logs(connection, component);
}

static void begin_kill(struct connection *connection)
{
	struct component *component = component_get(connection, connection->request.kill.name);

	if (!component)
		return;
	if (!component_runs(component)) {
		connection_refuse(connection, ERR_STATE, "it does not run");
		return;
	}
	component_kill(component);
	answer_component(connection, component, NULL, 0);
}

static void begin_checkpoint(struct connection *connection)
{
	const struct control_checkpoint_request *request = &connection->request.checkpoint;
	const struct checkpoint_take_request take = {request->budget_ns, request->flags & CONTROL_STOP ? CHECKPOINT_STOP : 0, 0};
	struct checkpoint_take_reply reply;
	struct component *component = component_get(connection, request->name);

	if (!component)
		return;
	component_look(component);
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
	wait_for(connection, component, work);
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

/* Run, checkpoint and restore end when their work is done. */
static void progress_work(struct connection *connection, struct component *component)
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
		wait_for(connection, component, component->status.work_done + 1);
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
	wait_for(connection, component, 1);
	err_t err = component_launch(component, ram, WORK_RESTORE);
	if (err != OK)
		launch_refuse(connection, err, ram);
}

static void begin_restore(struct connection *connection)
{
	const struct control_restore_request *request = &connection->request.restore;
	struct component *component = component_get(connection, request->name);

	if (!component)
		return;
	component_look(component);
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

static void begin_images(struct connection *connection)
{
	static struct control_image list[CONTROL_PART / sizeof(struct control_image)];
	const struct control_images_request *request = &connection->request.images;
	uint64_t below = request->below;
	uint32_t count = 0;

	if (!component_get(connection, request->name))
		return;
	while (count < sizeof list / sizeof *list && image_newest(request->name, below, &list[count]) == OK)
		below = list[count++].generation;
	connection_answer(connection, NULL, 0, list, count * (uint32_t)sizeof *list);
}

static void image_refuse(struct connection *connection, err_t err, const char *sentence)
{
	if (err == ERR_NOT_FOUND)
		connection_refuse(connection, err, "it has no such checkpoint");
	else
		connection_refuse(connection, err, "cannot be removed: %s", sentence[0] ? sentence : err_sentence(err));
}

static void begin_remove(struct connection *connection)
{
	const struct control_remove_request *request = &connection->request.remove;
	char sentence[CONTROL_SENTENCE];
	struct component *component = component_get(connection, request->name);

	if (!component)
		return;
	if (component_runs(component) && !request->force && !request->generation) {
		connection_refuse(connection, ERR_STATE, "it runs; kill it first");
		return;
	}
	if (!request->generation)
		component_kill(component);
	err_t err = image_remove(request->name, request->generation, sentence);
	if (err != OK && (err != ERR_NOT_FOUND || request->generation)) {
		image_refuse(connection, err, sentence);
		return;
	}
	if (!request->generation)
		component_discard(component);
	connection_answer(connection, NULL, 0, NULL, 0);
}

void request_begin(struct connection *connection)
{
#define REQUEST_BEGIN(name) [CONTROL_##name] = begin_##name,
	static void (*const begin[CONTROL_COUNT])(struct connection *connection) = {CONTROL_OPERATIONS(REQUEST_BEGIN)};
#undef REQUEST_BEGIN

	if (!start_time)
		start_time = clock_now();
	begin[connection->header.operation](connection);
}

void request_drop(struct connection *connection)
{
	struct component *passing = connection->passing;

	watch(connection, NULL);
	connection->waiting = false;
	connection->component = NULL;
	connection->passing = NULL;
	if (passing && component_ended(passing) && image_there(passing->name, 0) == ERR_NOT_FOUND)
		component_discard(passing);
}

static bool work_awaited(const struct connection *connection)
{
	uint32_t operation = connection->header.operation;

	return operation == CONTROL_run || operation == CONTROL_checkpoint || operation == CONTROL_restore;
}

/* The next connection that waits for the component, beginning with number `from`. */
static struct connection *waiting_next(const struct component *component, uint32_t *from)
{
	for (; *from < CONNECTIONS; ++*from) {
		struct connection *connection = &connections[*from];
		if (connection->waiting && !connection->broken && connection->component == component) {
			++*from;
			return connection;
		}
	}
	return NULL;
}

void requests_progress(struct component *component)
{
	struct connection *connection;

	for (uint32_t at = 0; (connection = waiting_next(component, &at));) {
		if (work_awaited(connection))
			progress_work(connection, component);
		else if (connection->header.operation == CONTROL_wait)
			progress_wait(connection, component);
		else
			progress_logs(connection, component);
	}
}

void requests_fail(struct component *component, err_t err, const char *sentence)
{
	struct connection *connection;

	for (uint32_t at = 0; (connection = waiting_next(component, &at));)
		if (work_awaited(connection))
			connection_refuse(connection, err, "%s", sentence);
}

void requests_forget(struct component *component)
{
	struct connection *connection;

	for (uint32_t at = 0; (connection = waiting_next(component, &at));)
		connection_refuse(connection, ERR_GONE, "it was removed");
	for (uint32_t i = 0; i < CONNECTIONS; i++)
		if (connections[i].watched == component)
			watch(&connections[i], NULL);
	for (uint32_t i = 0; i < CONNECTIONS; i++)
		if (connections[i].passing == component)
			connections[i].passing = NULL;
}
