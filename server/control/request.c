/* SPDX-License-Identifier: MIT */
/* The operations but those of work.c, see request.h. Each checks all of its request before it changes anything. */
#include <framework/format.h>
#include <framework/memory.h>

#include "server/control/fate.h"
#include "server/control/image.h"
#include "server/control/operation.h"
#include "server/control/patience.h"
#include "server/control/record.h"
#include "server/name.h"

static uint64_t start_time;

void requests_start(void)
{
	start_time = clock_now();
}

void answer_component(struct connection *connection, const struct component *component, const void *bytes,
                             uint32_t count)
{
	struct control_component shown;

	component_show(component, &shown);
	connection_answer(connection, &shown, sizeof shown, bytes, count);
}

void request_watch(struct connection *connection, struct component *component)
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

struct component *request_component(struct connection *connection, const char *name)
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

void request_wait(struct connection *connection, struct component *component, uint32_t work)
{
	connection->component = component;
	connection->work = work;
}

void begin_hello(struct connection *connection)
{
	struct control_hello_reply reply = {.uptime_ns = clock_now() - start_time};

	for (const struct component *at = component_after(""); at; at = component_after(at->name)) {
		reply.known++;
		reply.running += component_runs(at);
	}
	connection_answer(connection, &reply, sizeof reply, NULL, 0);
}

void begin_feed(struct connection *connection)
{
	const struct control_feed_request *request = &connection->request.feed;
	struct component *component = request_component(connection, request->name);

	if (!component)
		return;
	request_watch(connection, component);
	err_t err = record_feed(component, connection->body.bytes, (uint32_t)connection->body.size, request->ended);
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

void begin_list(struct connection *connection)
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

void begin_wait(struct connection *connection)
{
	struct component *component = request_component(connection, connection->request.wait.name);

	if (!component)
		return;
	request_wait(connection, component, 0);
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

void begin_logs(struct connection *connection)
{
	struct component *component = request_component(connection, connection->request.logs.name);

	if (!component)
		return;
	request_watch(connection, component);
	request_wait(connection, component, 0);
	progress_logs(connection, component);
}

void begin_kill(struct connection *connection)
{
	struct component *component = request_component(connection, connection->request.kill.name);

	if (!component)
		return;
	if (!component_runs(component)) {
		connection_refuse(connection, ERR_STATE, "it does not run");
		return;
	}
	component_kill(component);
	answer_component(connection, component, NULL, 0);
}

void begin_images(struct connection *connection)
{
	static struct control_image list[CONTROL_PART / sizeof(struct control_image)];
	const struct control_images_request *request = &connection->request.images;
	uint64_t below = request->below;
	uint32_t count = 0;

	if (!request_component(connection, request->name))
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

void begin_remove(struct connection *connection)
{
	const struct control_remove_request *request = &connection->request.remove;
	char sentence[CONTROL_SENTENCE];
	struct component *component = request_component(connection, request->name);

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

/* How many others may stay for a request to be begun that stays itself. */
static uint32_t stayers_most(const struct connection *connection)
{
	switch (connection->header.operation) {
	case CONTROL_run: return STAYERS_RUN;
	case CONTROL_feed:
	case CONTROL_logs: return STAYERS;
	case CONTROL_wait: return connection->request.wait.over ? STAYERS : CONNECTIONS;
	default: return CONNECTIONS;
	}
}

void request_begin(struct connection *connection)
{
#define REQUEST_BEGIN(name) [CONTROL_##name] = begin_##name,
	static void (*const begin[CONTROL_COUNT])(struct connection *connection) = {CONTROL_OPERATIONS(REQUEST_BEGIN)};
#undef REQUEST_BEGIN

	uint32_t most = stayers_most(connection), staying = most < CONNECTIONS ? connections_staying(connection) : 0;
	if (staying >= most)
		connection_refuse_busy(connection, staying);
	else
		begin[connection->header.operation](connection);
}

void request_drop(struct connection *connection)
{
	struct component *passing = connection->passing;

	request_watch(connection, NULL);
	connection->waiting = false;
	connection->component = NULL;
	connection->passing = NULL;
	if (!passing || !component_ended(passing))
		return;
	if (image_there(passing->name, 0) == ERR_NOT_FOUND)
		component_discard(passing);
	else
		fate_keep(passing);
}

bool request_passing(const struct component *component)
{
	for (uint32_t i = 0; i < CONNECTIONS; i++)
		if (connections[i].passing == component)
			return true;
	return false;
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
			work_progress(connection, component);
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
			request_watch(&connections[i], NULL);
	for (uint32_t i = 0; i < CONNECTIONS; i++)
		if (connections[i].passing == component)
			connections[i].passing = NULL;
}
