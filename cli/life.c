/* SPDX-License-Identifier: MIT */
/* `wait`, `kill`, `rm`, and how a component ended. */
#include <control/protocol.h>
#include <stdio.h>
#include <string.h>

#include "cli/client.h"
#include "cli/ending.h"
#include "cli/exit.h"
#include "cli/node.h"
#include "cli/option.h"
#include "cli/report.h"

bool ending_reached(uint32_t state)
{
	return state != CONTROL_RUNNING && state != CONTROL_STARTING;
}

/* The sentence of a component, which may have come from its program. */
static int sentence_report(int status, const struct control_component *component, const char *before, const char *otherwise)
{
	char sentence[sizeof component->sentence + 1];

	snprintf(sentence, sizeof sentence, "%.*s", (int)sizeof component->sentence, component->sentence);
	text_clean(sentence);
	if (component->generation && component->state != CONTROL_LOST)
		return report(status, component->name, "%s%s; `rtcr restore %s` goes back to its newest checkpoint", before,
		              sentence[0] ? sentence : otherwise, component->name);
	return report(status, component->name, "%s%s", before, sentence[0] ? sentence : otherwise);
}

int ending_status(const struct control_component *component)
{
	int status = component->exit_status & 0xff;

	switch (component->state) {
	case CONTROL_EXITED: return component->sentence[0] ? sentence_report(status, component, "", "") : status;
	case CONTROL_KILLED: return report(EXIT_KILLED, component->name, "killed");
	case CONTROL_FAULTED: return sentence_report(EXIT_FAULTED, component, "", "a fault");
	case CONTROL_LOST:
		return sentence_report(EXIT_RUN, component, "lost: ", "its RTCR died and it had no checkpoint");
	default: return report(EXIT_RUN, component->name, "it does not run; `rtcr restore` continues it from a checkpoint");
	}
}

int ending_output(const struct control_component *component, int whole, int lost)
{
	if (!component->output_lost)
		return whole;
	return report(lost, component->name, "not all that it wrote could be kept: %s, in %s/terminals",
	              strerror((int)component->output_lost), node.state);
}

/* The words are names without a generation. */
static bool name_take(const char *word, char name[CONTROL_NAME])
{
	uint64_t generation;

	if (!target_parse(word, name, &generation))
		return false;
	return !generation || report(false, word, "a name without @GENERATION is needed");
}

static int wait_do(const struct options *options)
{
	static struct client client;
	struct control_wait_request request = {.over = 1};
	struct control_component component;
	struct answer answer;

	if (!name_take(options->words[0], request.name))
		return EXIT_RUN;
	if (client_open(&client, false) != EXIT_DONE ||
	    client_ask(&client, CONTROL_wait, &request, request.name, &component, sizeof component, &answer) != EXIT_DONE)
		return EXIT_RUN;
	client_close(&client);
	if (options->json)
		json_print(json_component(&component));
	int status = ending_status(&component);
	return ending_output(&component, status, status);
}

static const struct argp_option wait_options[] = {OPTION_JSON, {0}};

const struct command command_wait = {
	"wait", "NAME", "Wait until a component has ended",
	"Ends with the program's own exit status, or 125 if there is no such component, 137 if it was killed, 139 after a fault.\n\n"
	"Examples:\n  rtcr wait sums && rtcr logs sums",
	wait_options, 1, 1, false, wait_do,
};

/* Do the same for each name, as far as possible; the first failure is the exit status. */
static int each_do(const struct options *options, bool start,
                   int (*one)(struct client *client, const char *word, const struct options *options))
{
	static struct client client;
	int result = client_open(&client, start), failed;

	if (result != EXIT_DONE)
		return result;
	for (unsigned i = 0; i < options->word_count; i++) {
		failed = one(&client, options->words[i], options);
		result = result == EXIT_DONE ? failed : result;
		if (failed == EXIT_NODE)
			break;
	}
	client_close(&client);
	return result;
}

static int kill_one(struct client *client, const char *word, const struct options *options)
{
	struct control_kill_request request = {0};
	struct control_component component;
	struct answer answer;

	(void)options;
	if (!name_take(word, request.name))
		return EXIT_USAGE;
	return client_ask(client, CONTROL_kill, &request, request.name, &component, sizeof component, &answer);
}

static int kill_do(const struct options *options)
{
	return each_do(options, false, kill_one);
}

const struct command command_kill = {
	"kill", "NAME...", "End components at once",
	"What they wrote and their checkpoints stay; `rtcr restore` continues them.\n\nExamples:\n  rtcr kill sums",
	NULL, 1, UINT32_MAX, false, kill_do,
};

static int remove_one(struct client *client, const char *word, const struct options *options)
{
	struct control_remove_request request = {.force = options->force};
	struct answer answer;

	if (!target_parse(word, request.name, &request.generation))
		return EXIT_USAGE;
	return client_ask(client, CONTROL_remove, &request, word, NULL, 0, &answer);
}

/* All names first, since removing changes what follows a name. */
static int remove_all(struct client *client, const struct options *options)
{
	struct control_list_request request = {0};
	struct control_component list[CONTROL_PART / sizeof(struct control_component)];
	struct answer answer;
	int result = EXIT_DONE;

	for (;;) {
		int asked = client_ask(client, CONTROL_list, &request, "list", NULL, 0, &answer);
		if (asked != EXIT_DONE)
			return asked;
		unsigned count = answer.count / sizeof *list;
		if (!count)
			return result;
		memcpy(list, answer.bytes, count * sizeof *list);
		for (unsigned i = 0; i < count; i++) {
			list[i].name[CONTROL_NAME - 1] = 0;
			if (strcmp(list[i].name, request.after) <= 0)
				return report(EXIT_NODE, "list", "the node's answer makes no sense");
			int removed = !ending_reached(list[i].state) && !options->force ? EXIT_DONE : remove_one(client, list[i].name, options);
			result = result == EXIT_DONE ? removed : result;
			memcpy(request.after, list[i].name, sizeof request.after);
		}
	}
}

static int remove_do(const struct options *options)
{
	static struct client client;

	if (options->all == (options->word_count > 0))
		return report(EXIT_USAGE, "rm", "either names or --all are needed");
	if (!options->all && options->word_count)
		return each_do(options, true, remove_one);
	int result = client_open(&client, true);
	if (result == EXIT_DONE)
		result = remove_all(&client, options);
	client_close(&client);
	return result;
}

static const struct argp_option remove_options[] = {
	{"force", 'f', NULL, 0, "kill what runs", 0},
	{"all", 'a', NULL, 0, "all components that do not run (with --force: all)", 0},
	{0},
};

const struct command command_remove = {
	"rm", "NAME[@N]...", "Remove components with all they left, or single checkpoints",
	"NAME removes the component, what it wrote and read, and all its checkpoints; NAME@N removes checkpoint N alone.\n\n"
	"Examples:\n  rtcr rm sums\n  rtcr rm sums@3\n  rtcr rm --all",
	remove_options, 0, UINT32_MAX, false, remove_do,
};
