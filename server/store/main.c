/* SPDX-License-Identifier: MIT */
/* STORE on a directory of the host, see store/session.h; the files are file.h's. */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <framework/server.h>
#include <store/session.h>

#include "server/buffer.h"
#include "server/store/content.h"
#include "server/store/file.h"

/* Content is looked through when nobody has asked for anything for so long. */
enum { IDLE_NS = 500000000 };

static bool collect_due = true;

struct session_state {
	struct buffer buffer;
	struct store_file file;
	struct pins pins;
};

static err_t session_begin(struct server *server, const char *service, const char *label, void **object)
{
	struct session_state *session = heap_alloc(sizeof *session);

	(void)server;
	(void)service;
	(void)label;
	if (!session)
		return ERR_MEMORY_QUOTA;
	file_init(&session->file);
	*object = session;
	return OK;
}

static void session_end(struct server *server, void *object)
{
	struct session_state *session = object;

	(void)server;
	collect_due |= session->pins.count > 0;
	pins_done(&session->pins);
	file_close(&session->file);
	buffer_done(&session->buffer);
	heap_free(session);
}

static err_t handle_buffer(void *object, const struct store_buffer_request *request, struct rpc_message *message,
                           struct store_buffer_reply *reply, slot_t *caps_out)
{
	struct session_state *session = object;
	err_t err = buffer_set(&session->buffer, message, 0);

	(void)request;
	(void)caps_out;
	reply->size = session->buffer.size;
	return err;
}

/* Whoever looks for content, or brings it, will name it in an image. */
static err_t key_pin(struct session_state *session, const struct store_key *key)
{
	return key->kind == STORE_CONTENT ? pins_add(&session->pins, key->digest) : OK;
}

static err_t handle_create(void *object, const struct store_create_request *request, struct rpc_message *message,
                           struct store_create_reply *reply, slot_t *caps_out)
{
	struct session_state *session = object;

	(void)message;
	(void)reply;
	(void)caps_out;
	err_t err = key_pin(session, &request->key);
	return err == OK ? file_create(&session->file, &request->key) : err;
}

static err_t handle_append(void *object, const struct store_append_request *request, struct rpc_message *message,
                           struct store_append_reply *reply, slot_t *caps_out)
{
	struct session_state *session = object;

	(void)message;
	(void)reply;
	(void)caps_out;
	if (!buffer_holds(&session->buffer, request->start, request->size))
		return ERR_RANGE;
	return file_append(&session->file, session->buffer.bytes + request->start, request->size);
}

static err_t handle_commit(void *object, const struct store_commit_request *request, struct rpc_message *message,
                           struct store_commit_reply *reply, slot_t *caps_out)
{
	struct session_state *session = object;

	(void)request;
	(void)message;
	(void)caps_out;
	return file_commit(&session->file, &reply->size);
}

static err_t handle_open(void *object, const struct store_open_request *request, struct rpc_message *message,
                         struct store_open_reply *reply, slot_t *caps_out)
{
	struct session_state *session = object;

	(void)message;
	(void)caps_out;
	err_t err = key_pin(session, &request->key);
	return err == OK ? file_open(&session->file, &request->key, &reply->size, &reply->modified_ns) : err;
}

static err_t handle_read(void *object, const struct store_read_request *request, struct rpc_message *message,
                         struct store_read_reply *reply, slot_t *caps_out)
{
	struct session_state *session = object;

	(void)message;
	(void)reply;
	(void)caps_out;
	if (!buffer_holds(&session->buffer, request->start, request->size))
		return ERR_RANGE;
	return file_read(&session->file, request->offset, session->buffer.bytes + request->start, request->size);
}

static err_t handle_newest(void *object, const struct store_newest_request *request, struct rpc_message *message,
                           struct store_newest_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)message;
	(void)caps_out;
	if (!string_ends(request->name, sizeof request->name))
		return ERR_ARGUMENT;
	return store_newest_find(request->name, request->below, reply);
}

static err_t handle_next(void *object, const struct store_next_request *request, struct rpc_message *message,
                         struct store_next_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)message;
	(void)caps_out;
	if (!string_ends(request->after, sizeof request->after))
		return ERR_ARGUMENT;
	return store_name_after(request->after, reply->name);
}

static err_t handle_remove(void *object, const struct store_remove_request *request, struct rpc_message *message,
                           struct store_remove_reply *reply, slot_t *caps_out)
{
	struct session_state *session = object;

	(void)message;
	(void)reply;
	(void)caps_out;
	collect_due = true;
	return file_remove(&session->file, &request->key);
}

static err_t handle_failure(void *object, const struct store_failure_request *request, struct rpc_message *message,
                            struct store_failure_reply *reply, slot_t *caps_out)
{
	const struct session_state *session = object;

	(void)request;
	(void)message;
	(void)caps_out;
	text_copy(reply->sentence, sizeof reply->sentence, session->file.failure);
	return OK;
}

static err_t dispatch(struct server *server, void *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct store_handlers handlers = {
		.buffer = handle_buffer, .create = handle_create, .append = handle_append, .commit = handle_commit,
		.open = handle_open,     .read = handle_read,     .newest = handle_newest, .next = handle_next,
		.remove = handle_remove, .failure = handle_failure,
	};

	(void)server;
	return store_dispatch(&handlers, object, message, reply);
}

int component_main(addr_t argument)
{
	static struct server server;
	uint32_t badges;
	err_t err = store_clean();

	(void)argument;
	if (err == OK)
		err = server_init(&server, session_begin, session_end, dispatch, NULL);
	if (err == OK)
		err = server_announce(&server, "STORE");
	while (err == OK) {
		err = server_step(&server, collect_due ? clock_now() + IDLE_NS : DEADLINE_NEVER, &badges);
		if (err != ERR_TIMEOUT)
			continue;
		collect_due = false;
		content_collect();
		err = OK;
	}
	log_line("cannot serve: %s", err_sentence(err));
	return 1;
}
