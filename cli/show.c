/* SPDX-License-Identifier: MIT */
/* `ps` and `logs`. */
#include <control/protocol.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/client.h"
#include "cli/ending.h"
#include "cli/exit.h"
#include "cli/option.h"
#include "cli/report.h"
#include "cli/stream.h"

static void component_print(const struct control_component *component)
{
	char age[24] = "-", limit[24] = "-", used[24] = "-", state[24], generation[24] = "-";

	if (component->state == CONTROL_EXITED)
		snprintf(state, sizeof state, "exited (%d)", component->exit_status & 0xff);
	else
		snprintf(state, sizeof state, "%s", state_name(component->state));
	if (component->state != CONTROL_STORED)
		time_show(age, component->age_ns);
	if (component->ram_limit)
		size_show(limit, component->ram_limit);
	if (component->state == CONTROL_RUNNING)
		size_show(used, component->ram_used);
	if (component->generation)
		snprintf(generation, sizeof generation, "%" PRIu64, component->generation);
	printf("%-24s %-13s %8s %10s %10s %10s %9" PRIu32 "\n", component->name, state, age, limit, used, generation,
	       component->restarts);
}

static int ps_do(const struct options *options)
{
	static struct client client;
	struct control_list_request request = {0};
	struct json_object *array = options->json ? json_object_new_array() : NULL;
	struct answer answer;
	int result = client_open(&client, true);

	if (result == EXIT_DONE && !options->json)
		printf("%-24s %-13s %8s %10s %10s %10s %9s\n", "NAME", "STATE", "AGE", "MEMORY", "USED", "CHECKPOINT", "RESTARTS");
	while (result == EXIT_DONE) {
		struct control_component component;
		result = client_ask(&client, CONTROL_list, &request, "ps", NULL, 0, &answer);
		if (result != EXIT_DONE || answer.count < sizeof component)
			break;
		for (uint32_t at = 0; answer.count - at >= sizeof component; at += sizeof component) {
			memcpy(&component, answer.bytes + at, sizeof component);
			component.name[sizeof component.name - 1] = component.sentence[sizeof component.sentence - 1] = 0;
			if (strcmp(component.name, request.after) <= 0) {
				result = report(EXIT_NODE, "ps", "the node's answer makes no sense");
				break;
			}
			memcpy(request.after, component.name, sizeof request.after);
			text_clean(component.name);
			text_clean(component.sentence);
			if (array)
				json_object_array_add(array, json_component(&component));
			else
				component_print(&component);
		}
	}
	client_close(&client);
	if (result == EXIT_DONE && array)
		return json_print(array) ? EXIT_DONE : EXIT_FAILED;
	return result == EXIT_DONE ? output_end() : result;
}

static const struct argp_option json_options[] = {OPTION_JSON, {0}};

const struct command command_ps = {
	"ps", "", "List components",
	"Those that run, those that ended and were not removed, and (as \"stored\") those of which only checkpoints are left. How "
	"one ended is remembered until it is removed, or a thousand others have ended since.\n\nExamples:\n  rtcr ps\n  rtcr ps --json | jq -r '.[].name'",
	json_options, 0, 0, false, ps_do,
};

static int logs_do(const struct options *options)
{
	static struct client client;
	struct control_logs_request request = {.follow = options->follow};
	struct control_component component;
	struct stream stream = {0};
	struct answer answer;
	uint64_t generation;

	if (!target_parse(options->words[0], request.name, &generation) || generation)
		return EXIT_USAGE;
	int result = client_open(&client, true);
	while (result == EXIT_DONE) {
		request.offset = stream.offset;
		result = client_ask(&client, CONTROL_logs, &request, request.name, &component, sizeof component, &answer);
		if (result != EXIT_DONE)
			break;
		bool last = answer.count < CONTROL_PART && (!options->follow || ending_reached(component.state));
		if (!stream_write(&stream, answer.bytes, answer.count))
			result = report(EXIT_FAILED, "output", "%s", strerror(errno));
		if (last)
			break;
	}
	client_close(&client);
	return result == EXIT_DONE ? ending_output(&component, EXIT_DONE, EXIT_FAILED) : result;
}

static const struct argp_option logs_options[] = {
	{"follow", 'f', NULL, 0, "go on until it has ended", 0},
	{0},
};

const struct command command_logs = {
	"logs", "NAME", "Print what a component wrote",
	"To standard output and standard error as it did. After a restore, what it wrote after that checkpoint is gone from its "
	"record, and written again.\n\nExamples:\n  rtcr logs sums\n  rtcr logs -f sums 2>/dev/null",
	logs_options, 1, 1, false, logs_do,
};
