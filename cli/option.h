/* SPDX-License-Identifier: MIT */
/*
 * Commands and their options. Each command is one struct command in the file that carries it out; one parser serves all,
 * an option means the same everywhere.
 */
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

enum { OPTION_LIST = 64 };

/* Keys of options without a letter. */
enum option_key {
	KEY_STATE = 256, KEY_FILE, KEY_ENV, KEY_CPU, KEY_PRIORITY, KEY_NATIVE, KEY_JSON, KEY_REMOVE, KEY_STOP, KEY_BUDGET,
	KEY_FORCE, KEY_NODE_MEMORY, KEY_NODE
};

struct options {
	bool detach, json, follow, force, all, remove, stop, native;
	const char *name;
	uint64_t memory;         /* bytes, 0: not given */
	uint64_t budget_ns;      /* 0: not given */
	uint32_t core, priority; /* core UINT32_MAX: any */
	const char *files[OPTION_LIST], *environment[OPTION_LIST];
	unsigned file_count, environment_count;
	char **words;            /* arguments that are no options */
	unsigned word_count;
};

struct command {
	const char *name;        /* as typed, for example "node start" */
	const char *arguments;   /* for the usage line */
	const char *summary;     /* one line */
	const char *text;        /* more, with examples */
	const struct argp_option *options;
	unsigned least, most;    /* number of words */
	bool in_order;           /* the first word ends the options */
	int (*run)(const struct options *options);
};

extern const struct command command_node_start, command_node_stop, command_node_status, command_run, command_ps,
	command_logs, command_wait, command_kill, command_checkpoint, command_checkpoints, command_restore, command_inspect,
	command_verify, command_remove;

#define OPTION_JSON {"json", KEY_JSON, NULL, 0, "answer as JSON", 0}

/* --state DIR wherever it stood, or NULL. */
extern const char *option_state;
/* --node HOST:PORT likewise. */
extern const char *option_node;
extern const struct argp option_state_parser;

/* Parse and run; the exit status. Wrong use ends the process. */
int command_do(const struct command *command, int argc, char **argv);

/* NAME or NAME@N; generation 0 if none is named. False: reported. */
bool target_parse(const char *word, char name[64], uint64_t *generation);

#endif
