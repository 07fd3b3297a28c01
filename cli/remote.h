/* SPDX-License-Identifier: MIT */
/*
 * A node elsewhere, --node HOST:PORT: its control server over TCP instead of the socket of this machine's node. Neither
 * side proves who it is and nothing is hidden, so the network between them has to be trusted.
 */
#ifndef CLI_REMOTE_H
#define CLI_REMOTE_H

/* HOST:PORT, or [ADDRESS]:PORT. A connected socket, or -1: reported. */
int remote_connect(const char *address);

#endif
