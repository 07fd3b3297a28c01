/* SPDX-License-Identifier: MIT */
/*
 * Input and output of components at the TERMINAL. One buffer serves all: the server does one thing at a time. A session
 * is opened at first use and closed when no connection watches it any more.
 */
#ifndef CONTROL_RECORD_H
#define CONTROL_RECORD_H

#include "server/control/component.h"

err_t record_start(void) MUST_CHECK;

/* Forget what a component of this name wrote and read before. */
err_t record_fresh(struct component *component) MUST_CHECK;

/* At most CONTROL_PART bytes; ERR_STATE: its input has ended. */
err_t record_feed(struct component *component, const void *bytes, uint32_t size, bool ended) MUST_CHECK;

/* Bytes from `offset` on; they lie in the buffer until the next call. */
err_t record_read(struct component *component, uint64_t offset, const void **bytes, uint32_t *count) MUST_CHECK;

/* Its fate, at most TERMINAL_FATE bytes, 0: none; before that, whether all its output could be kept is asked for. */
err_t record_fate_keep(struct component *component, const void *bytes, uint32_t size) MUST_CHECK;
err_t record_lost_ask(struct component *component) MUST_CHECK;

/* The name that follows `after` of those that have a record, and its fate, in the buffer until the next call. ERR_NOT_FOUND. */
err_t record_next(const char *after, char name[CONTROL_NAME], const void **fate, uint32_t *size) MUST_CHECK;

void record_close(struct component *component);

#endif
