/* SPDX-License-Identifier: MIT */
/*
 * The node that this command line works with: where its state lies, whether it runs, starting it.
 *
 *    STATE/lock         held by whoever starts the node
 *    STATE/node.log     log of the node and its components
 *    STATE/store/       checkpoint images
 *    STATE/terminals/   input and output of components
 *    socket             $XDG_RUNTIME_DIR/rtcr/socket, or STATE/socket if the state directory was chosen
 *
 * STATE is --state DIR, else $RTCR_STATE, else $XDG_STATE_HOME/rtcr, else ~/.local/state/rtcr.
 */
#ifndef CLI_NODE_H
#define CLI_NODE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct node {
	char state[PATH_MAX];
	char socket[PATH_MAX];
};

/* The one of this process. `state` NULL: by the environment. False: reported. */
bool node_find(const char *state);
extern struct node node;

/* STATE/NAME. False: too long. */
bool node_path(char path[PATH_MAX], const char *name);

/* A connected socket, or -1 with errno: ENOENT or ECONNREFUSED if no node runs. */
int node_connect(void);

/* Start it if it does not run; `memory` in bytes, 0: default. A connected socket, or -1: reported. */
int node_start(uint64_t memory, bool *started);

/* Process of the node at the other end of a connected socket. */
pid_t node_process(int socket);

#endif
