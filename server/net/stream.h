/* SPDX-License-Identifier: MIT */
/* One connection to another machine, for a component with one thread: every call waits, at most for STREAM_PATIENCE_MS. */
#ifndef SERVER_NET_STREAM_H
#define SERVER_NET_STREAM_H

#include <stdbool.h>
#include <stdint.h>

enum { STREAM_PATIENCE_MS = 20000 };

/* Connect to an IPv4 address, first byte lowest; in place of the connection before. */
bool stream_open(uint32_t address, uint16_t port);

/* All of it, or false: the connection is gone. */
bool stream_send(const void *bytes, uint32_t size);
bool stream_receive(void *bytes, uint32_t size);

void stream_close(void);

#endif
