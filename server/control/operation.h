/* SPDX-License-Identifier: MIT */
/* What the files that carry out operations share: request.c, work.c. */
#ifndef CONTROL_OPERATION_H
#define CONTROL_OPERATION_H

#include "server/control/instance.h"
#include "server/control/request.h"

#define OPERATION_BEGIN(name) void begin_##name(struct connection *connection);
CONTROL_OPERATIONS(OPERATION_BEGIN)
#undef OPERATION_BEGIN

/* The component of a request; NULL: it was refused. One of which only images are there is known too. */
struct component *request_component(struct connection *connection, const char *name);

/* The request is answered when the component changes; or when its work number `work` is done (work_progress). */
void request_wait(struct connection *connection, struct component *component, uint32_t work);
void work_progress(struct connection *connection, struct component *component);

/* A connection watches one terminal at most; NULL: none any more. */
void request_watch(struct connection *connection, struct component *component);

void answer_component(struct connection *connection, const struct component *component, const void *bytes, uint32_t count);

#endif
