/* SPDX-License-Identifier: MIT */
/*
 * TERMINAL on files of the host, see terminal/session.h. A terminal is shared by its sessions; each change is signalled to
 * all of them. A frame that a crash cut short is removed when the terminal is opened.
 */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <framework/server.h>
#include <terminal/session.h>

#include <inttypes.h>

#include "server/buffer.h"
#include "server/host.h"
#include "server/name.h"
#include "server/terminal/fate.h"
#include "server/terminal/past.h"

enum { FRAME_MAX = 1 << 24 };

struct terminal {
	struct terminal *next;
	char name[NAME_SIZE];
	uint32_t sessions;
	int output, input;            /* descriptors */
	uint64_t output_size, input_size;
	bool ended;
	uint32_t lost;                /* error number of a write that failed since the last cut */
};

struct watcher {
	struct watcher *next;         /* of all */
	struct terminal *terminal;
	struct buffer buffer;
	slot_t signal;
};

static struct terminal *terminals;
static struct watcher *watchers;

static void file_name(char *to, const char *name, const char *suffix)
{
	text_format(to, NAME_SIZE + 16, "%s.%s", name, suffix);
}

static long file_open(const char *name, const char *suffix, uint64_t *size)
{
	char path[NAME_SIZE + 16];
	struct host_status status;

	file_name(path, name, suffix);
	long file = host_open(HOST_GRANT, path, HOST_READ_WRITE | HOST_CREATE, 0600);
	if (file < 0)
		return file;
	long result = host_status((int)file, &status);
	if (result < 0) {
		host_close((int)file);
		return result;
	}
	*size = status.size;
	return file;
}

/* The end of the last whole frame. */
static uint64_t record_whole(int file, uint64_t size)
{
	uint64_t at = 0;
	struct terminal_frame frame;

	while (size - at >= sizeof frame && host_read_at(file, &frame, sizeof frame, at) == 0 &&
	       frame.length <= size - at - sizeof frame)
		at += sizeof frame + frame.length;
	return at;
}

static err_t terminal_get(const char *name, struct terminal **found)
{
	struct terminal *terminal = terminals;
	char path[NAME_SIZE + 16];

	while (terminal && strcmp(terminal->name, name) != 0)
		terminal = terminal->next;
	if (!terminal) {
		terminal = heap_alloc(sizeof *terminal);
		if (!terminal)
			return ERR_MEMORY_QUOTA;
		text_copy(terminal->name, sizeof terminal->name, name);
		terminal->output = (int)file_open(name, "output", &terminal->output_size);
		terminal->input = terminal->output < 0 ? -1 : (int)file_open(name, "input", &terminal->input_size);
		if (terminal->input < 0) {
			if (terminal->output >= 0)
				host_close(terminal->output);
			heap_free(terminal);
			return ERR_IO;
		}
		uint64_t whole = record_whole(terminal->output, terminal->output_size);
		if (whole != terminal->output_size && host_truncate(terminal->output, whole) == 0)
			terminal->output_size = whole;
		file_name(path, name, "ended");
		long ended = host_open(HOST_GRANT, path, HOST_READ, 0);
		terminal->ended = ended >= 0;
		if (ended >= 0)
			host_close((int)ended);
		terminal->next = terminals;
		terminals = terminal;
	}
	terminal->sessions++;
	*found = terminal;
	return OK;
}

/* Of a terminal that holds nothing no files stay behind. */
static void files_tidy(const struct terminal *terminal)
{
	char path[NAME_SIZE + 16];

	if (terminal->output_size || terminal->input_size || terminal->ended)
		return;
	file_name(path, terminal->name, "output");
	host_unlink(HOST_GRANT, path, false);
	file_name(path, terminal->name, "input");
	host_unlink(HOST_GRANT, path, false);
}

static void terminal_put(struct terminal *terminal)
{
	struct terminal **link = &terminals;

	/* That something was lost is told to who comes later, until it is cut. */
	if (--terminal->sessions || terminal->lost)
		return;
	files_tidy(terminal);
	while (*link != terminal)
		link = &(*link)->next;
	*link = terminal->next;
	host_close(terminal->output);
	host_close(terminal->input);
	heap_free(terminal);
}

static void others_signal(const struct watcher *self)
{
	for (struct watcher *watcher = watchers; watcher; watcher = watcher->next)
		if (watcher != self && watcher->terminal == self->terminal && watcher->signal) {
			err_t ignored = signal_submit((signal_t){watcher->signal});
			(void)ignored;
		}
}

static err_t session_begin(struct server *server, const char *service, const char *label, void **object)
{
	const char *name = label_name(label);
	struct watcher *watcher;

	(void)server;
	(void)service;
	if (!name_valid(name))
		return ERR_ARGUMENT;
	watcher = heap_alloc(sizeof *watcher);
	if (!watcher)
		return ERR_MEMORY_QUOTA;
	err_t err = terminal_get(name, &watcher->terminal);
	if (err != OK) {
		heap_free(watcher);
		return err;
	}
	watcher->next = watchers;
	watchers = watcher;
	*object = watcher;
	return OK;
}

static void session_end(struct server *server, void *object)
{
	struct watcher *watcher = object, **link = &watchers;

	(void)server;
	while (*link != watcher)
		link = &(*link)->next;
	*link = watcher->next;
	buffer_done(&watcher->buffer);
	slot_give(watcher->signal);
	terminal_put(watcher->terminal);
	heap_free(watcher);
}

static err_t handle_buffer(void *object, const struct terminal_buffer_request *request, struct rpc_message *message,
                           struct terminal_buffer_reply *reply, slot_t *caps_out)
{
	struct watcher *watcher = object;
	err_t err = buffer_set(&watcher->buffer, message, 0);

	(void)request;
	(void)reply;
	(void)caps_out;
	if (err != OK)
		return err;
	slot_give(watcher->signal);
	watcher->signal = rpc_keep(message, 1);
	return OK;
}

static err_t handle_write(void *object, const struct terminal_write_request *request, struct rpc_message *message,
                          struct terminal_write_reply *reply, slot_t *caps_out)
{
	struct watcher *watcher = object;
	struct terminal *terminal = watcher->terminal;
	const struct terminal_frame frame = {request->stream, request->length};

	(void)message;
	(void)caps_out;
	if (!buffer_holds(&watcher->buffer, request->start, request->length) || request->length > FRAME_MAX)
		return ERR_RANGE;
	if (request->stream > TERMINAL_ERROR)
		return ERR_ARGUMENT;
	long result = host_write_at(terminal->output, watcher->buffer.bytes + request->start, request->length,
	                            terminal->output_size + sizeof frame);
	if (result == 0)
		result = host_write_at(terminal->output, &frame, sizeof frame, terminal->output_size);
	if (result < 0) {
		log_line("%s: output is lost: %s", terminal->name, host_sentence(result));
		host_truncate(terminal->output, terminal->output_size);
		terminal->lost = (uint32_t)-result;
		return ERR_IO;
	}
	terminal->output_size += sizeof frame + request->length;
	reply->offset = terminal->output_size;
	others_signal(watcher);
	return OK;
}

static uint32_t part_read(int file, uint64_t size, uint64_t offset, uint8_t *to, uint32_t length, err_t *err)
{
	uint64_t there = offset < size ? size - offset : 0;
	uint32_t part = there < length ? (uint32_t)there : length;

	*err = part && host_read_at(file, to, part, offset) < 0 ? ERR_IO : OK;
	return part;
}

static err_t handle_read(void *object, const struct terminal_read_request *request, struct rpc_message *message,
                         struct terminal_read_reply *reply, slot_t *caps_out)
{
	struct watcher *watcher = object;
	const struct terminal *terminal = watcher->terminal;
	err_t err;

	(void)message;
	(void)caps_out;
	if (!buffer_holds(&watcher->buffer, request->start, request->length))
		return ERR_RANGE;
	reply->count = part_read(terminal->input, terminal->input_size, request->offset,
	                         watcher->buffer.bytes + request->start, request->length, &err);
	reply->ended = terminal->ended && request->offset + reply->count >= terminal->input_size;
	return err;
}

static err_t handle_record(void *object, const struct terminal_record_request *request, struct rpc_message *message,
                           struct terminal_record_reply *reply, slot_t *caps_out)
{
	struct watcher *watcher = object;
	const struct terminal *terminal = watcher->terminal;
	err_t err;

	(void)message;
	(void)caps_out;
	if (!buffer_holds(&watcher->buffer, request->start, request->length))
		return ERR_RANGE;
	reply->lost = terminal->lost;
	reply->count = part_read(terminal->output, terminal->output_size, request->offset,
	                         watcher->buffer.bytes + request->start, request->length, &err);
	return err;
}

static err_t handle_feed(void *object, const struct terminal_feed_request *request, struct rpc_message *message,
                         struct terminal_feed_reply *reply, slot_t *caps_out)
{
	struct watcher *watcher = object;
	struct terminal *terminal = watcher->terminal;
	char path[NAME_SIZE + 16];

	(void)message;
	(void)reply;
	(void)caps_out;
	if (!buffer_holds(&watcher->buffer, request->start, request->length))
		return ERR_RANGE;
	if (terminal->ended)
		return ERR_STATE;
	if (host_write_at(terminal->input, watcher->buffer.bytes + request->start, request->length,
	                  terminal->input_size) < 0)
		return ERR_IO;
	terminal->input_size += request->length;
	if (request->ended) {
		file_name(path, terminal->name, "ended");
		long file = host_open(HOST_GRANT, path, HOST_WRITE | HOST_CREATE, 0600);
		if (file < 0)
			return ERR_IO;
		host_close((int)file);
		terminal->ended = true;
	}
	others_signal(watcher);
	return OK;
}

/* The record of a checkpoint that is not the newest, or was not taken on the current one, becomes current again. */
static err_t record_return(struct terminal *terminal, const struct terminal_cut_request *request, uint64_t kept)
{
	uint64_t size = terminal->output_size;
	long result = kept ? past_size(terminal->name, kept, &size) : 0;

	if (result == 0 && request->output > size)
		return ERR_RANGE;
	if (result == 0 && past_find(terminal->name, request->newest) != request->newest)
		result = past_keep(terminal->name, request->newest);
	if (result == 0)
		result = past_copy(terminal->name, kept ? kept : request->newest, request->output);
	if (result < 0) {
		log_line("%s: the output of checkpoint %" PRIu64 " cannot be brought back: %s", terminal->name,
		         request->generation, host_sentence(result));
		return ERR_IO;
	}
	host_close(terminal->output);
	terminal->output = (int)result;
	terminal->output_size = request->output;
	return OK;
}

static err_t record_cut(struct terminal *terminal, uint64_t output)
{
	if (output > terminal->output_size)
		return ERR_RANGE;
	if (host_truncate(terminal->output, output) < 0)
		return ERR_IO;
	terminal->output_size = output;
	return OK;
}

static err_t terminal_forget(struct terminal *terminal)
{
	char path[NAME_SIZE + 16];

	past_forget(terminal->name);
	if (host_truncate(terminal->input, 0) < 0)
		return ERR_IO;
	terminal->input_size = 0;
	terminal->ended = false;
	file_name(path, terminal->name, "ended");
	host_unlink(HOST_GRANT, path, false);
	fate_remove(terminal->name);
	return OK;
}

static err_t handle_cut(void *object, const struct terminal_cut_request *request, struct rpc_message *message,
                        struct terminal_cut_reply *reply, slot_t *caps_out)
{
	struct terminal *terminal = ((struct watcher *)object)->terminal;
	uint64_t kept = request->generation ? past_find(terminal->name, request->generation) : 0;

	(void)message;
	(void)reply;
	(void)caps_out;
	if (request->newest < request->generation)
		return ERR_ARGUMENT;
	terminal->lost = 0;
	if (request->generation && (kept || request->newest > request->generation))
		return record_return(terminal, request, kept);
	err_t err = record_cut(terminal, request->output);
	return err == OK && request->fresh ? terminal_forget(terminal) : err;
}

static err_t handle_info(void *object, const struct terminal_info_request *request, struct rpc_message *message,
                         struct terminal_info_reply *reply, slot_t *caps_out)
{
	const struct watcher *watcher = object;

	(void)request;
	(void)message;
	(void)caps_out;
	reply->output = watcher->terminal->output_size;
	reply->input = watcher->terminal->input_size;
	reply->ended = watcher->terminal->ended;
	reply->lost = watcher->terminal->lost;
	return OK;
}

static err_t handle_fate(void *object, const struct terminal_fate_request *request, struct rpc_message *message,
                         struct terminal_fate_reply *reply, slot_t *caps_out)
{
	const struct watcher *watcher = object;
	const char *name = watcher->terminal->name;

	(void)message;
	(void)reply;
	(void)caps_out;
	if (request->length > TERMINAL_FATE || !buffer_holds(&watcher->buffer, request->start, request->length))
		return ERR_RANGE;
	if (!request->length) {
		fate_remove(name);
		return OK;
	}
	long result = fate_write(name, watcher->buffer.bytes + request->start, request->length);
	if (result < 0)
		log_line("%s: how it ended cannot be kept: %s", name, host_sentence(result));
	return result < 0 ? ERR_IO : OK;
}

static err_t handle_next(void *object, const struct terminal_next_request *request, struct rpc_message *message,
                         struct terminal_next_reply *reply, slot_t *caps_out)
{
	const struct watcher *watcher = object;

	(void)message;
	(void)caps_out;
	if (!string_ends(request->after, sizeof request->after))
		return ERR_ARGUMENT;
	if (!buffer_holds(&watcher->buffer, request->start, TERMINAL_FATE))
		return ERR_RANGE;
	err_t err = terminal_name_after(request->after, reply->name);
	if (err == OK)
		reply->length = fate_read(reply->name, watcher->buffer.bytes + request->start);
	return err;
}

static err_t dispatch(struct server *server, void *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct terminal_handlers handlers = {
		.buffer = handle_buffer, .write = handle_write, .read = handle_read, .record = handle_record,
		.feed = handle_feed,     .cut = handle_cut,     .info = handle_info,     .fate = handle_fate,
		.next = handle_next,
	};

	(void)server;
	return terminal_dispatch(&handlers, object, message, reply);
}

int component_main(addr_t argument)
{
	static struct server server;
	uint32_t badges;
	err_t err = server_init(&server, session_begin, session_end, dispatch, NULL);

	(void)argument;
	if (err == OK)
		err = server_announce(&server, "TERMINAL");
	while (err == OK)
		err = server_step(&server, DEADLINE_NEVER, &badges);
	log_line("cannot serve: %s", err_sentence(err));
	return 1;
}
