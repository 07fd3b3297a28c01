/* SPDX-License-Identifier: MIT */
/* A connection to the node's control server, see control/protocol.h. What the server sends is checked as a stranger's. */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include <control/protocol.h>
#include <stdbool.h>
#include <stddef.h>

struct client {
	int socket;
	uint8_t reply[sizeof(struct control_component) + CONTROL_PART];
};

struct answer {
	err_t status;            /* what the server said */
	const uint8_t *bytes;    /* behind the struct; in client->reply */
	uint32_t count;
};

/* Connect, starting a node if `start` says so. EXIT_DONE, or reported. */
int client_open(struct client *client, bool start);
void client_close(struct client *client);

/* Send a request with bytes behind it. A connection that broke is found by client_receive. */
void client_send(struct client *client, enum control_operation operation, const void *request, const void *bytes,
                 size_t count);

/* The answer: `reply` of `size` bytes is filled in. EXIT_DONE, or reported as of `subject`; status says which error. */
int client_receive(struct client *client, const char *subject, void *reply, uint32_t size, struct answer *answer);

/* As before, but errors of the server in `quiet` are not reported. */
int client_receive_quiet(struct client *client, const char *subject, err_t quiet, void *reply, uint32_t size,
                         struct answer *answer);

/* Send and receive. */
int client_ask(struct client *client, enum control_operation operation, const void *request, const char *subject,
               void *reply, uint32_t size, struct answer *answer);

#endif
