/* SPDX-License-Identifier: MIT */
/* Requests and replies, see client.h. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/client.h"
#include "cli/exit.h"
#include "cli/node.h"
#include "cli/option.h"
#include "cli/remote.h"
#include "cli/report.h"

enum { ANSWER_MS = 60000 };

int client_open(struct client *client, bool start)
{
	bool started;

	if (option_node) {
		client->socket = remote_connect(option_node);
		return client->socket >= 0 ? EXIT_DONE : EXIT_NODE;
	}
	if (!node.state[0] && !node_find(option_state))
		return EXIT_USAGE;
	client->socket = start ? node_start(0, &started) : node_connect();
	if (client->socket >= 0)
		return EXIT_DONE;
	if (start)
		return EXIT_NODE;
	if (errno == ENOENT || errno == ECONNREFUSED)
		return report(EXIT_NODE, NULL, "no node is running; `rtcr node start` or `rtcr run` starts one");
	return report(EXIT_NODE, node.socket, "%s", strerror(errno));
}

void client_close(struct client *client)
{
	if (client->socket >= 0)
		close(client->socket);
	client->socket = -1;
}

/* Whole, or up to where the connection broke, or an answer came already: who is refused is told so before it has said all. */
static void bytes_send(int socket, const void *bytes, size_t count, int flags)
{
	const char *at = bytes;

	while (count) {
		struct pollfd ready = {socket, POLLIN | POLLOUT, 0};
		if (poll(&ready, 1, -1) < 0 && errno == EINTR)
			continue;
		if (ready.revents & POLLIN)
			return;
		ssize_t sent = send(socket, at, count, MSG_NOSIGNAL | MSG_DONTWAIT | flags);
		if (sent < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (sent <= 0)
			return;
		at += sent;
		count -= (size_t)sent;
	}
}

void client_send(struct client *client, enum control_operation operation, const void *request, const void *bytes,
                 size_t count)
{
	uint32_t size = control_request_size(operation);
	struct {
		struct control_header header;
		union control_request request;
	} out = {{CONTROL_MAGIC, CONTROL_VERSION, (uint16_t)operation, 0, size + (uint32_t)count}, {{0}}};

	memcpy(&out.request, request, size);
	bytes_send(client->socket, &out, sizeof out.header + size, count ? MSG_MORE : 0);
	bytes_send(client->socket, bytes, count, 0);
}

/* 1 whole, 0 connection lost, -1 no answer in time. */
static int bytes_receive(int socket, void *to, size_t count, int timeout)
{
	char *at = to;

	while (count) {
		struct pollfd poll_one = {socket, POLLIN, 0};
		int ready = poll(&poll_one, 1, timeout);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready == 0)
			return -1;
		ssize_t got = recv(socket, at, count, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return 0;
		at += got;
		count -= (size_t)got;
	}
	return 1;
}

/* Operations that may take as long as the component wishes. */
static bool operation_long(uint32_t operation)
{
	return operation == CONTROL_run || operation == CONTROL_wait || operation == CONTROL_logs ||
	       operation == CONTROL_checkpoint || operation == CONTROL_restore;
}

static int lost(const char *subject, int result)
{
	if (option_node)
		return report(EXIT_NODE, subject, "the node at %s %s", option_node,
		              result < 0 ? "does not answer" : "closed the connection, or cannot be reached any more");
	if (result < 0)
		return report(EXIT_NODE, subject, "the node does not answer; `rtcr node stop --force` ends it");
	return report(EXIT_NODE, subject, "the connection to the node was lost: it ended, or its control server did; see "
	              "%s/node.log", node.state);
}

static int refused(struct client *client, const char *subject, const struct control_header *header, err_t quiet)
{
	char sentence[CONTROL_SENTENCE + 1];
	uint32_t length = header->length < CONTROL_SENTENCE ? header->length : CONTROL_SENTENCE;
	int exit = header->status == ERR_NOT_FOUND ? EXIT_UNKNOWN : header->operation == CONTROL_NONE ? EXIT_NODE : EXIT_FAILED;

	if (bytes_receive(client->socket, sentence, length, ANSWER_MS) <= 0)
		return lost(subject, 0);
	sentence[length] = 0;
	text_clean(sentence);
	return header->status == quiet ? exit : report(exit, subject, "%s", sentence);
}

int client_receive_quiet(struct client *client, const char *subject, err_t quiet, void *reply, uint32_t size,
                         struct answer *answer)
{
	struct control_header header = {0};
	int result = bytes_receive(client->socket, &header, sizeof header.magic, -1);

	answer->status = ERR_GONE;
	if (result > 0)
		result = bytes_receive(client->socket, (char *)&header + sizeof header.magic,
		                       sizeof header - sizeof header.magic, ANSWER_MS);
	if (result <= 0)
		return lost(subject, result);
	if (header.magic != CONTROL_MAGIC)
		return report(EXIT_NODE, option_node ? option_node : node.socket, "whoever listens there is no RTCR node");
	if (header.version != CONTROL_VERSION)
		return report(EXIT_NODE, subject, "the node that runs speaks version %u of the control protocol and this command "
		              "line version %d; stop it with the rtcr that started it", header.version, CONTROL_VERSION);
	answer->status = header.status < ERR_COUNT ? (err_t)header.status : ERR_CORRUPT;
	if (header.status != OK)
		return refused(client, subject, &header, quiet);
	if (header.length < size || header.length > sizeof client->reply)
		return report(EXIT_NODE, subject, "the node's answer makes no sense");
	result = bytes_receive(client->socket, client->reply, header.length, ANSWER_MS);
	if (result <= 0)
		return lost(subject, result);
	if (size)
		memcpy(reply, client->reply, size);
	answer->bytes = client->reply + size;
	answer->count = header.length - size;
	return EXIT_DONE;
}

int client_receive(struct client *client, const char *subject, void *reply, uint32_t size, struct answer *answer)
{
	return client_receive_quiet(client, subject, OK, reply, size, answer);
}

int client_ask(struct client *client, enum control_operation operation, const void *request, const char *subject,
               void *reply, uint32_t size, struct answer *answer)
{
	struct pollfd answered = {client->socket, POLLIN, 0};

	client_send(client, operation, request, NULL, 0);
	if (!operation_long(operation) && poll(&answered, 1, ANSWER_MS) == 0)
		return lost(subject, -1);
	return client_receive(client, subject, reply, size, answer);
}
