/* SPDX-License-Identifier: MIT */
/* The configuration of init: the text `init/config` explains itself. Parsed whole before anything is started. */
#ifndef INIT_CONFIG_H
#define INIT_CONFIG_H

#include <kernel/err.h>
#include <parent/session.h>

enum { CONFIG_CHILDREN = 16, CONFIG_INSTANCES = 16, CONFIG_ROUTES = 32, CONFIG_ALLOWED = 16, CONFIG_NAME = 32 };

struct config_allowed {
	uint32_t count;
	char word[CONFIG_ALLOWED][PARENT_SERVICE];
};

struct config_child {
	char name[CONFIG_NAME];
	char grant[CONFIG_NAME];
	uint64_t ram;
	uint32_t caps, slots;
	struct config_allowed allowed;
};

/* What instances of this name may have beside what all may. */
struct config_instance {
	char name[CONFIG_NAME];
	struct config_allowed allowed;
};

struct config_route {
	char service[PARENT_SERVICE];
	char child[CONFIG_NAME];    /* "*": an instance */
};

struct config {
	uint32_t child_count, instance_count, route_count;
	struct config_child child[CONFIG_CHILDREN];
	struct config_instance instance[CONFIG_INSTANCES];
	struct config_child template;  /* name empty: none */
	struct config_route route[CONFIG_ROUTES];
};

/* ERR_CORRUPT: `line` (from 1) and `sentence` say where and why. */
err_t config_parse(const char *text, uint64_t size, struct config *config, uint32_t *line, const char **sentence)
	MUST_CHECK;

/*
 * Whether `child`, or the instance of the template that is called `instance` (NULL: it is none), may have a session. The word
 * SERVICE allows every label, SERVICE=LABEL that one.
 */
bool config_allows(const struct config *config, const struct config_child *child, const char *instance, const char *service,
                   const char *label);

/* Who offers `service`: a name, "*", or NULL. */
const char *config_route(const struct config *config, const char *service);

#endif
