/* SPDX-License-Identifier: MIT */
/* rtcr: the command line of a node. Which command it is; each is carried out in a file of its own. */
#include <stdio.h>
#include <string.h>

#include "cli/exit.h"
#include "cli/option.h"
#include "cli/report.h"

#define VERSION "0.1"

const char *argp_program_version = "rtcr " VERSION;

static const struct command *const commands[] = {
	&command_run, &command_ps, &command_logs, &command_wait, &command_kill, &command_checkpoint, &command_checkpoints,
	&command_restore, &command_inspect, &command_verify, &command_remove, &command_node_start, &command_node_stop,
	&command_node_status,
};

static void usage_print(FILE *out)
{
	fputs("Usage: rtcr [--state DIR] COMMAND [OPTION...] [ARGUMENT...]\n"
	      "Runs unmodified static Linux programs as components, saves their state while they run, and continues them.\n\n", out);
	for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(out, "  %-12s  %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n`rtcr COMMAND --help` says more, with examples. For a start:\n"
	      "  rtcr run -d --name count -- busybox awk 'BEGIN { while (n < 2e8) if (++n % 1e7 == 0) print n }'\n"
	      "  rtcr checkpoint count; rtcr kill count; rtcr restore count; rtcr logs -f count\n\n"
	      "Exit status: 0 done; 1 failed; 2 wrong use; 3 no such component or checkpoint; 4 no node, or it died or is busy;\n"
	      "`run` and `wait`: the program's own, 125 failed, 126 the program cannot run here, 127 no such program,\n"
	      "128 + N ended by signal N.\n", out);
}

/* The command that argv[0 ..] names; `words`: how many make its name. */
static const struct command *command_find(int argc, char **argv, int *words)
{
	char both[64];

	for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++) {
		*words = strchr(commands[i]->name, ' ') ? 2 : 1;
		if (*words > argc)
			continue;
		snprintf(both, sizeof both, *words == 2 ? "%s %s" : "%s", argv[0], argv[*words - 1]);
		if (strcmp(commands[i]->name, both) == 0)
			return commands[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int at = 1, words = 0;

	argp_err_exit_status = EXIT_USAGE;
	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--state") == 0 && at + 1 < argc) {
			option_state = argv[++at];
		} else if (strncmp(argv[at], "--state=", 8) == 0) {
			option_state = argv[at] + 8;
		} else if (strcmp(argv[at], "--help") == 0) {
			usage_print(stdout);
			return output_end();
		} else if (strcmp(argv[at], "--version") == 0) {
			puts(argp_program_version);
			return output_end();
		} else if (strcmp(argv[at], "--state") == 0) {
			return report(EXIT_USAGE, argv[at], "a directory is needed");
		} else {
			return report(EXIT_USAGE, argv[at], "unknown option; see `rtcr --help`");
		}
	}
	if (at == argc) {
		usage_print(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[at], "help") == 0 && at + 1 == argc) {
		usage_print(stdout);
		return output_end();
	}
	const struct command *command = command_find(argc - at, argv + at, &words);
	if (!command && strcmp(argv[at], "node") == 0 && at + 1 < argc && strcmp(argv[at + 1], "--help") == 0) {
		usage_print(stdout);
		return output_end();
	}
	if (!command && strcmp(argv[at], "node") == 0)
		return report(EXIT_USAGE, "node", "start, stop or status is needed; see `rtcr --help`");
	if (!command)
		return report(EXIT_USAGE, argv[at], "unknown command; see `rtcr --help`");
	return command_do(command, argc - at - words + 1, argv + at + words - 1);
}
