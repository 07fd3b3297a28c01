/* SPDX-License-Identifier: MIT */
/* Connections, see connection.h. */
#include <inttypes.h>

#include <framework/format.h>
#include <framework/memory.h>

#include "server/control/connection.h"
#include "server/control/lock.h"
#include "server/control/patience.h"
#include "server/control/request.h"
#include "server/host.h"

enum { POLL_READ = 1, ROUND_MOST = 1 << 20, NS_MS = 1000000, POLL_MOST_MS = 1000, REFUSED = 5 };

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
	connection->since = clock_now();
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

void connection_refuse_busy(struct connection *connection, uint32_t staying)
{
	connection->header.operation = CONTROL_NONE;
	connection_refuse(connection, ERR_BUSY, "the node is busy: %u connections wait for its components or are theirs; try again "
	                  "when some of them have ended", staying);
}

static void connection_close(struct connection *connection)
{
	request_drop(connection);
	body_drop(&connection->body);
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

/* The next piece of a request: where it goes, and how much is missing of this part. */
static uint64_t piece_find(struct connection *connection, uint8_t **to)
{
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
	return body_place(&connection->body, to);
}

/* After a piece: true if the request is whole. */
static bool piece_done(struct connection *connection, uint64_t count)
{
	uint64_t head = sizeof connection->header, before = connection->received;
	uint32_t size = control_request_size(connection->header.operation);

	connection->moved = clock_now();
	if (!before)
		connection->since = connection->moved;
	connection->received += count;
	if (before >= head && before >= head + size)
		body_came(&connection->body, count);
	else if (connection->received == head && !header_check(connection))
		connection_break(connection);
	else if (connection->received == head + size)
		body_begin(&connection->body, connection->header.length - size, connection->header.operation == CONTROL_run);
	return !connection->broken && connection->received >= head + size && connection->body.came == connection->body.size;
}

static void request_whole(struct connection *connection)
{
	connection->received = 0;
	connection->waiting = true;
	if (connection->body.refused != OK)
		connection_refuse(connection, connection->body.refused, "the node has no memory left for a request of %" PRIu64 " bytes",
		                  connection->body.size);
	else
		request_begin(connection);
	body_drop(&connection->body);
}

static void connection_read(struct connection *connection)
{
	uint64_t round = 0;
	uint8_t *to;

	while (!connection->broken && !connection->waiting && round < ROUND_MOST) {
		uint64_t missing = piece_find(connection, &to);
		long count = host_read(connection->socket, to, missing);
		if (count == -HOST_EAGAIN || count == -HOST_EINTR)
			return;
		if (count <= 0) {
			connection->broken = true;
			return;
		}
		round += (uint64_t)count;
		if (piece_done(connection, (uint64_t)count)) {
			request_whole(connection);
			return;
		}
	}
	if (connection->waiting)
		connection->broken = true;   /* hung up, or asks before it was answered */
}

/* The last few that were refused stay open, so that their answer is read; nothing that they say is. */
static void newcomer_refuse(int32_t socket)
{
	static int32_t refused[REFUSED];
	static uint32_t count;
	struct connection newcomer = {.socket = socket};
	int32_t *place = &refused[count % REFUSED];

	if (count++ >= REFUSED)
		host_close(*place);
	*place = socket;
	connection_refuse_busy(&newcomer, CONNECTIONS);
}

static void connection_accept(void)
{
	long socket = host_accept(HOST_GRANT);
	struct connection *place = socket >= 0 ? connection_place() : NULL;

	if (place && place->used)
		connection_close(place);
	if (place)
		*place = (struct connection){.socket = (int32_t)socket, .used = true, .since = clock_now()};
	else if (socket >= 0)
		newcomer_refuse((int32_t)socket);
}

/* The sockets of connections; their number. */
static uint32_t polls_fill(struct host_poll *polls, struct connection **polled)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < CONNECTIONS; i++) {
		if (!connections[i].used)
			continue;
		polled[count] = &connections[i];
		polls[count++] = (struct host_poll){connections[i].socket, POLL_READ, 0};
	}
	return count;
}

static int64_t poll_ms(void)
{
	uint64_t limit = connections_limit(), now = clock_now();

	if (limit == DEADLINE_NEVER)
		return -1;
	uint64_t ms = limit > now ? (limit - now) / NS_MS + 1 : 0;
	return (int64_t)(ms < POLL_MOST_MS ? ms : POLL_MOST_MS);
}

void connections_step(void)
{
	static struct host_poll polls[CONNECTIONS + 1];
	static struct connection *polled[CONNECTIONS + 1];

	lock_take(&control_lock);
	uint32_t open = polls_fill(polls, polled);
	polls[open] = (struct host_poll){HOST_GRANT, POLL_READ, 0};
	int64_t ms = poll_ms();
	lock_give(&control_lock);
	if (host_poll(polls, open + 1, ms) < 0)
		return;
	lock_take(&control_lock);
	for (uint32_t i = 0; i < open; i++) {
		if (polls[i].found && !polled[i]->broken)
			connection_read(polled[i]);
		if (polled[i]->broken || connection_late(polled[i]))
			connection_close(polled[i]);
	}
	if (polls[open].found)
		connection_accept();
	lock_give(&control_lock);
}
