/* SPDX-License-Identifier: MIT */
/* Wall time of commands, from before they are started until they have ended. Several commands are run in
 * turn, so that what disturbs the machine disturbs all of them alike; the first round does not count.
 *   usage: bench-time [-r REPEATS] [-l] [-o PREFIX] COMMAND ARGS... [-- COMMAND ARGS...]...
 * One line per command, numbered from 1. Output of command N goes to PREFIX.N, of its last run; without -o
 * nowhere. A literal -- in a command is written ---. Status 1: a command failed. */
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sample.h"

enum { COMMANDS_MOST = 16 };
extern char **environ;

struct run {
	char **arguments;
	struct sample sample;
};

/* Splits at each "--"; how many commands, 0: too many or an empty one. */
static int commands_split(char **argument, struct run runs[COMMANDS_MOST])
{
	int count = 0;

	for (char **start = argument;; argument++) {
		if (*argument && strcmp(*argument, "--") != 0) {
			if (strcmp(*argument, "---") == 0)
				(*argument)++;
			continue;
		}
		if (argument == start || count == COMMANDS_MOST)
			return 0;
		runs[count++].arguments = start;
		if (!*argument)
			return count;
		*argument = NULL;
		start = argument + 1;
	}
}

static void output_choose(posix_spawn_file_actions_t *actions, const char *prefix, int number, char path[4096])
{
	snprintf(path, 4096, prefix ? "%s.%d" : "/dev/null", prefix, number);
	posix_spawn_file_actions_init(actions);
	posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
}

static void command_measure(struct run *run, int number, const char *prefix, int counts)
{
	posix_spawn_file_actions_t actions;
	char path[4096];
	int status, error;
	int64_t start;
	pid_t child;

	output_choose(&actions, prefix, number, path);
	start = sample_now();
	error = posix_spawnp(&child, run->arguments[0], &actions, NULL, run->arguments, environ);
	if (error || waitpid(child, &status, 0) != child) {
		fprintf(stderr, "bench-time: %s: %s\n", run->arguments[0], strerror(error));
		exit(1);
	}
	if (counts)
		sample_add(&run->sample, sample_now() - start);
	posix_spawn_file_actions_destroy(&actions);
	if (status != 0) {
		fprintf(stderr, "bench-time: %s: wait status %#x\n", run->arguments[0], status);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static struct run runs[COMMANDS_MOST];
	const char *prefix = NULL;
	int first = 1, count = 0;
	size_t repeats = sample_repeats(argc, argv, 7, &first);

	if (first + 1 < argc && strcmp(argv[first], "-o") == 0) {
		prefix = argv[first + 1];
		first += 2;
	}
	if (first < argc)
		count = commands_split(argv + first, runs);
	if (count == 0) {
		fprintf(stderr, "usage: bench-time [-r REPEATS] [-l] [-o PREFIX] COMMAND ARGS... [-- COMMAND ARGS...]...\n");
		return 2;
	}
	for (int i = 0; i < count; i++)
		sample_init(&runs[i].sample, repeats);
	for (size_t round = 0; round <= repeats; round++)
		for (int i = 0; i < count; i++)
			command_measure(&runs[i], i + 1, prefix, round > 0);
	sample_header("command");
	for (int i = 0; i < count; i++) {
		char number[16];

		snprintf(number, sizeof number, "%d", i + 1);
		sample_print(&runs[i].sample, "time", number);
		sample_done(&runs[i].sample);
	}
	return 0;
}
