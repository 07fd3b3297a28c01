/* SPDX-License-Identifier: MIT */
/* Options, see option.h. */
#include <errno.h>
#include <kernel/thread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/option.h"
#include "cli/report.h"
#include "node/size.h"
#include "server/name.h"

const char *option_state, *option_node;

static error_t state_parse(int key, char *value, struct argp_state *state)
{
	(void)state;
	if (key != KEY_STATE && key != KEY_NODE)
		return ARGP_ERR_UNKNOWN;
	*(key == KEY_STATE ? &option_state : &option_node) = value;
	return 0;
}

static const struct argp_option state_options[] = {
	{"state", KEY_STATE, "DIR", 0, "state of the node (default: $RTCR_STATE, else ~/.local/state/rtcr)", 0},
	{"node", KEY_NODE, "HOST:PORT", 0, "a node elsewhere, on a network that is trusted", 0},
	{0},
};
const struct argp option_state_parser = {state_options, state_parse, NULL, NULL, NULL, NULL, NULL};

static bool number_parse(const char *text, uint64_t most, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && !errno && *number <= most;
}

/* 250us, 2ms, 1s. */
static bool time_parse(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
	size_t digits = strspn(text, "0123456789");
	uint64_t number = strtoull(text, NULL, 10);

	for (unsigned i = 0; digits && digits < 12 && i < 4; i++)
		if (strcmp(text + digits, units[i].name) == 0) {
			*ns = number * units[i].ns;
			return *ns > 0;
		}
	return false;
}

#define MEMORY_MOST (1ull << 40)

static void list_add(struct argp_state *state, const char **list, unsigned *count, char *value)
{
	if (*count == OPTION_LIST)
		argp_error(state, "too many of '%s'", value);
	else
		list[(*count)++] = value;
}

static void processor_parse(const char *value, struct options *options, struct argp_state *state)
{
	uint64_t last = (uint64_t)sysconf(_SC_NPROCESSORS_CONF) - 1, number;

	if (!number_parse(value, UINT32_MAX, &number))
		argp_error(state, "--cpu %s: the number of a processor is needed", value);
	else if (number > last)
		argp_error(state, "--cpu %s: this machine has processors 0 to %llu", value, (unsigned long long)last);
	else
		options->core = (uint32_t)number;
}

static void value_parse(int key, char *value, struct options *options, struct argp_state *state)
{
	uint64_t number = 0;

	if (key == 'n' && !name_valid(options->name = value))
		argp_error(state, "--name %s: a name is 1 to 63 of the characters A-Z a-z 0-9 . _ - and starts with neither . nor -", value);
	if (key == 'm' && (!size_parse(value, &options->memory) || options->memory < 1 << 20 || options->memory > MEMORY_MOST))
		argp_error(state, "--memory %s: a size from 1M to 1T is needed, for example 64M", value);
	if (key == KEY_NODE_MEMORY && (!size_parse(value, &options->memory) || options->memory < 256 << 20))
		argp_error(state, "--memory %s: a node needs at least 256M", value);
	if (key == KEY_BUDGET && !time_parse(value, &options->budget_ns))
		argp_error(state, "--budget %s: a time is needed, for example 500us or 2ms", value);
	if (key == KEY_CPU)
		processor_parse(value, options, state);
	if (key == KEY_PRIORITY) {
		if (!number_parse(value, PRIORITY_MAX, &number))
			argp_error(state, "--priority %s: a number from 0 to %d is needed", value, PRIORITY_MAX);
		options->priority = (uint32_t)number;
	}
}

static error_t command_parse(int key, char *value, struct argp_state *state)
{
	struct {
		const struct command *command;
		struct options *options;
	} *input = state->input;
	struct options *options = input->options;

	switch (key) {
	case 'd': options->detach = true; return 0;
	case 'a': options->all = true; return 0;
	case 'f': options->follow = options->force = true; return 0;   /* a command has one of them */
	case KEY_FORCE: options->force = true; return 0;
	case KEY_JSON: options->json = true; return 0;
	case KEY_REMOVE: options->remove = true; return 0;
	case KEY_STOP: options->stop = true; return 0;
	case KEY_NATIVE: options->native = true; return 0;
	case KEY_FILE: list_add(state, options->files, &options->file_count, value); return 0;
	case KEY_ENV: list_add(state, options->environment, &options->environment_count, value); return 0;
	case 'n': case 'm': case KEY_NODE_MEMORY: case KEY_BUDGET: case KEY_CPU: case KEY_PRIORITY:
		value_parse(key, value, options, state);
		return 0;
	case ARGP_KEY_ARGS:
		options->words = state->argv + state->next;
		options->word_count = (unsigned)(state->argc - state->next);
		return 0;
	case ARGP_KEY_END:
		if (options->word_count < input->command->least)
			argp_error(state, "%s is missing", input->command->arguments);
		if (options->word_count > input->command->most)
			argp_error(state, "unexpected argument '%s'", options->words[input->command->most]);
		if (options->remove && options->detach)
			argp_error(state, "--rm is for programs in the foreground, not with --detach");
		return 0;
	case ARGP_KEY_INIT: state->child_inputs[0] = NULL; return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

int command_do(const struct command *command, int argc, char **argv)
{
	struct options options = {.core = UINT32_MAX, .priority = 0};
	struct {
		const struct command *command;
		struct options *options;
	} input = {command, &options};
	const struct argp_child children[] = {{&option_state_parser, 0, NULL, 0}, {0}};
	char name[64], text[4096];
	const struct argp argp = {command->options, command_parse, command->arguments, text, children, NULL, NULL};

	snprintf(name, sizeof name, "rtcr %s", command->name);
	snprintf(text, sizeof text, "%s\v%s", command->summary, command->text);
	argv[0] = name;
	error_t error = argp_parse(&argp, argc, argv, command->in_order ? ARGP_IN_ORDER : 0, NULL, &input);
	if (error)
		return report(EXIT_USAGE, command->name, "%s", strerror(error));
	return command->run(&options);
}

bool target_parse(const char *word, char name[64], uint64_t *generation)
{
	const char *at = strchr(word, '@');
	size_t length = at ? (size_t)(at - word) : strlen(word);

	*generation = 0;
	if (length >= NAME_SIZE)
		return report(false, word, "no component has so long a name");
	memcpy(name, word, length);
	name[length] = 0;
	if (!name_valid(name) || (at && (!number_parse(at + 1, 99999999, generation) || !*generation)))
		return report(false, word, "not of the form NAME or NAME@GENERATION");
	return true;
}
