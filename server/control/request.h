/* SPDX-License-Identifier: MIT */
/* The operations of control/protocol.h: begun when a request is whole, answered at once or when its component changes. */
#ifndef CONTROL_REQUEST_H
#define CONTROL_REQUEST_H

#include "server/control/component.h"
#include "server/control/connection.h"

/* From now on the node's age counts. */
void requests_start(void);

void request_begin(struct connection *connection);

/* The connection goes. */
void request_drop(struct connection *connection);

/* Something about the component changed: answer who waited for that. */
void requests_progress(struct component *component);

/* Work of the component that is waited for (run, checkpoint, restore) will not end. */
void requests_fail(struct component *component, err_t err, const char *sentence);

/* A connection runs it in the foreground, and nothing of it is to stay. */
bool request_passing(const struct component *component);

/* The component is removed. */
void requests_forget(struct component *component);

#endif
