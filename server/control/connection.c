/* SPDX-License-Identifier: MIT */
/* Connections, see connection.h. */
#include <inttypes.h>

#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <rm/session.h>

#include "server/control/big_lock.h"
#include "server/control/connection.h"
#include "server/control/request.h"
#include "server/host.h"

enum { POLL_READ = 1, ROUND_MOST = 1 << 20, POPULATE_MOST = 16 << 20 };

struct connection connections[CONNECTIONS];

static void connection_break(struct connection *connection)
{
	connection->broken = true;
	host_shutdown(connection->socket);
}

static void message_send(struct connection *connection, err_t status, const void *reply, uint32_t size,
                         const void *bytes, uint32_t count)
{
	static uint8_t out[sizeof(struct control_header) + sizeof(struct control_component) + CONTROL_PART];
	const struct control_header header = {CONTROL_MAGIC, CONTROL_VERSION, connection->header.operation, status,
	                                      size + count};
	uint64_t length = sizeof header + size + count;

	connection->waiting = false;
	connection->component = NULL;
	memcpy(out, &header, sizeof header);
	memcpy(out + sizeof header, reply, size);
	memcpy(out + sizeof header + size, bytes, count);
	if (host_write(connection->socket, out, length) != (long)length)
		connection_break(connection);
}

void connection_answer(struct connection *connection, const void *reply, uint32_t size, const void *bytes,
                       uint32_t count)
{
	message_send(connection, OK, reply, size, bytes, count);
}

void connection_refuse(struct connection *connection, err_t err, const char *format, ...)
{
	char sentence[CONTROL_SENTENCE + 1];
	va_list list;

	va_start(list, format);
	text_format_list(sentence, sizeof sentence, format, list);
	va_end(list);
	message_send(connection, err, sentence, (uint32_t)strlen(sentence), NULL, 0);
}

static void body_drop(struct connection *connection)
{
	if (connection->body && cap_valid(connection->bundle))
		ds_detach(connection->body, connection->body_size);
	else
		heap_free(connection->body);
	if (cap_valid(connection->bundle))
		ds_free(connection->bundle);
	connection->body = NULL;
	connection->bundle = (ds_t){0};
}

static void connection_close(struct connection *connection)
{
	request_drop(connection);
	body_drop(connection);
	host_close(connection->socket);
	memset(connection, 0, sizeof *connection);
}

/* False: what came is no request of this protocol. */
static bool header_check(struct connection *connection)
{
	const struct control_header *header = &connection->header;
	uint32_t size = control_request_size(header->operation);

	if (header->magic != CONTROL_MAGIC)
		return false;
	if (header->version != CONTROL_VERSION) {
		connection_refuse(connection, ERR_UNSUPPORTED, "this node speaks version %d of the control protocol, not %u",
		                  CONTROL_VERSION, header->version);
		return false;
	}
	uint32_t most = header->operation == CONTROL_run ? CONTROL_BUNDLE : header->operation == CONTROL_feed ? CONTROL_PART : 0;
	return size && header->length >= size && header->length - size <= most;
}

/* Where the bytes behind the struct go. Without memory they are read and dropped, and the request is refused then. */
static void body_prepare(struct connection *connection)
{
	void *bytes = NULL;

	connection->body_size = connection->header.length - control_request_size(connection->header.operation);
	connection->refused = OK;
	if (!connection->body_size)
		return;
	if (connection->header.operation != CONTROL_run) {
		connection->body = heap_alloc(connection->body_size);
		connection->refused = connection->body ? OK : ERR_MEMORY_QUOTA;
		return;
	}
	uint32_t flags = connection->body_size <= POPULATE_MOST ? RM_POPULATE : 0;
	connection->refused = ds_alloc(connection->body_size, &connection->bundle);
	if (connection->refused == OK)
		connection->refused = ds_attach(connection->bundle, 0, 0, RIGHT_READ | RIGHT_WRITE, flags, &bytes);
	connection->body = bytes;
}

/* The next piece of a request: where it goes, and how much is missing of this part. */
static uint64_t piece_find(struct connection *connection, void **to)
{
	static uint8_t nowhere[16384];
	uint64_t at = connection->received, head = sizeof connection->header;
	uint64_t whole = head + control_request_size(connection->header.operation);

	if (at < head) {
		*to = (uint8_t *)&connection->header + at;
		return head - at;
	}
	if (at < whole) {
		*to = (uint8_t *)&connection->request + (at - head);
		return whole - at;
	}
	uint64_t rest = connection->body_size - (at - whole);
	*to = connection->body ? connection->body + (at - whole) : nowhere;
	return connection->body || rest < sizeof nowhere ? rest : sizeof nowhere;
}

/* After a piece: true if the request is whole. */
static bool piece_done(struct connection *connection)
{
	uint64_t head = sizeof connection->header, whole = head + control_request_size(connection->header.operation);

	if (connection->received == head && !header_check(connection))
		connection_break(connection);
	else if (connection->received == whole)
		body_prepare(connection);
	return !connection->broken && connection->received > head && connection->received >= whole &&
	       connection->received == whole + connection->body_size;
}

static void request_whole(struct connection *connection)
{
	connection->received = 0;
	connection->waiting = true;
	if (connection->refused != OK)
		connection_refuse(connection, connection->refused, "the node has no memory left for a request of %" PRIu64 " bytes",
		                  connection->body_size);
	else
		request_begin(connection);
	body_drop(connection);
}

static void connection_read(struct connection *connection)
{
	uint64_t round = 0;
	void *to;

	while (!connection->broken && !connection->waiting && round < ROUND_MOST) {
		uint64_t missing = piece_find(connection, &to);
		long count = host_read(connection->socket, to, missing);
		if (count == -HOST_EAGAIN || count == -HOST_EINTR)
			return;
		if (count <= 0) {
			connection->broken = true;
			return;
		}
		connection->received += (uint64_t)count;
		round += (uint64_t)count;
		if (piece_done(connection)) {
			request_whole(connection);
			return;
		}
	}
	if (connection->waiting)
		connection->broken = true;   /* hung up, or asks before it was answered */
}

static void connection_accept(void)
{
	uint32_t at = 0;
	long socket = host_accept(HOST_GRANT);

	while (at < CONNECTIONS && connections[at].used)
		at++;
	if (socket >= 0 && at < CONNECTIONS)
		connections[at] = (struct connection){.socket = (int32_t)socket, .used = true};
	else if (socket >= 0)
		host_close((int)socket);
}

void connections_step(void)
{
	static struct host_poll polls[CONNECTIONS + 1];
	static struct connection *polled[CONNECTIONS + 1];
	uint32_t count = 0;

	for (uint32_t i = 0; i < CONNECTIONS; i++) {
		if (!connections[i].used)
			continue;
		polled[count] = &connections[i];
		polls[count++] = (struct host_poll){connections[i].socket, POLL_READ, 0};
	}
	uint32_t open = count;
	if (count < CONNECTIONS)
		polls[count++] = (struct host_poll){HOST_GRANT, POLL_READ, 0};
	if (host_poll(polls, count, -1) < 0)
		return;
	big_lock_take();
	for (uint32_t i = 0; i < open; i++) {
		if (polls[i].found && !polled[i]->broken)
			connection_read(polled[i]);
		if (polled[i]->broken)
			connection_close(polled[i]);
	}
	if (count > open && polls[open].found)
		connection_accept();
	big_lock_give();
}
