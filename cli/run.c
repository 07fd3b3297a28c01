/* SPDX-License-Identifier: MIT */
/*
 * `run`: make a component. In the background its input is fed whole, then its name is printed; in the foreground input
 * and output are passed on as they come, each over a connection of its own, and the end of the program is the end of
 * the command.
 */
#include <checkpoint/session.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/bundle.h"
#include "cli/client.h"
#include "cli/exit.h"
#include "cli/ending.h"
#include "cli/option.h"
#include "cli/report.h"
#include "cli/stream.h"

enum { NAME_TRIES = 8 };
#define MEMORY_DEFAULT (256ull << 20)

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	interrupted = number;
}

/* What of standard input goes to the component: nothing from a terminal that it cannot have, or if there is none. */
static bool input_wanted(bool detach)
{
	struct stat status;

	if (fstat(0, &status) < 0)
		return false;
	return !S_ISCHR(status.st_mode) || (!detach && isatty(0));
}

/* From the program's file name, so that people recognise it. */
static void name_make(char name[CONTROL_NAME], const char *program)
{
	const char *base = strrchr(program, '/') ? strrchr(program, '/') + 1 : program;
	uint32_t number = 0;
	size_t length = 0;

	for (; *base && length < 40; base++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", *base))
			name[length++] = *base;
	if (getrandom(&number, sizeof number, 0) < 0)
		number = (uint32_t)getpid();
	snprintf(name + length, CONTROL_NAME - length, "-%06x", number & 0xffffff);
}

static int component_start(struct client *client, const struct options *options, const struct bundle *bundle,
                           char name[CONTROL_NAME])
{
	struct control_run_request request = {
		.ram = options->memory ? options->memory : MEMORY_DEFAULT, .core = options->core, .priority = options->priority,
		.flags = options->native ? RUN_NATIVE : 0,
		.manner = (input_wanted(options->detach) ? 0 : CONTROL_NO_INPUT) |
		          (options->name || options->detach ? 0 : CONTROL_PASSING)};
	struct control_component component;
	struct answer answer;
	int result, tries = 0;

	do {
		if (options->name)
			strcpy(name, options->name);
		else
			name_make(name, options->words[0]);
		memcpy(request.name, name, sizeof request.name);
		client_send(client, CONTROL_run, &request, bundle->bytes, bundle->size);
		result = client_receive_quiet(client, name, options->name ? OK : ERR_EXISTS, &component, sizeof component, &answer);
	} while (answer.status == ERR_EXISTS && !options->name && ++tries < NAME_TRIES);
	return result;
}

/* A part of standard input; `ended`: that was the last. */
static void input_part(struct client *client, const char *name, bool *ended)
{
	struct control_feed_request request = {0};
	char bytes[CONTROL_PART];
	ssize_t count = read(0, bytes, sizeof bytes);

	if (count < 0 && (errno == EINTR || errno == EAGAIN))
		count = 0;
	else if (count <= 0)
		*ended = true;
	strcpy(request.name, name);
	request.ended = *ended;
	client_send(client, CONTROL_feed, &request, bytes, count > 0 ? (size_t)count : 0);
}

static int input_feed(struct client *client, const char *name)
{
	struct answer answer;
	bool ended = false;
	int result = EXIT_DONE;

	while (!ended && result == EXIT_DONE) {
		input_part(client, name, &ended);
		result = client_receive(client, name, NULL, 0, &answer);
	}
	return result;
}

/* False: the node could not be asked. */
static bool component_kill(const char *name)
{
	static struct client client;
	struct control_kill_request request = {0};
	struct control_component component;
	struct answer answer;

	strcpy(request.name, name);
	if (client_open(&client, false) != EXIT_DONE)
		return false;
	client_send(&client, CONTROL_kill, &request, NULL, 0);
	int ignored = client_receive_quiet(&client, name, ERR_STATE, &component, sizeof component, &answer);
	(void)ignored;
	client_close(&client);
	return answer.status != ERR_BUSY && answer.status != ERR_GONE;
}

static void logs_ask(struct client *client, const char *name, const struct stream *stream)
{
	struct control_logs_request request = {.offset = stream->offset, .follow = 1};

	strcpy(request.name, name);
	client_send(client, CONTROL_logs, &request, NULL, 0);
}

struct foreground {
	const char *name;
	struct client *output;       /* has a request for the record under way */
	struct client *input;        /* fed from standard input, unless -1 */
	bool input_busy;             /* a part is under way */
	bool input_ended;
	bool killed;
	bool input_lost;             /* it could not be kept, so the program is killed */
	struct stream stream;
	struct control_component component;
};

/* True: the component has ended and all its output is written. */
static bool output_pass(struct foreground *run, int *result)
{
	struct answer answer;

	*result = client_receive(run->output, run->name, &run->component, sizeof run->component, &answer);
	if (*result != EXIT_DONE)
		return true;
	bool last = answer.count < CONTROL_PART && ending_reached(run->component.state);
	if (!stream_write(&run->stream, answer.bytes, answer.count)) {
		int error = errno;
		component_kill(run->name);
		*result = error == EPIPE ? 128 + SIGPIPE : report(EXIT_RUN, run->name, "output: %s; killed", strerror(error));
		return true;
	}
	if (!last)
		logs_ask(run->output, run->name, &run->stream);
	return last;
}

static void input_pass(struct foreground *run)
{
	struct answer answer;

	if (!run->input_busy) {
		input_part(run->input, run->name, &run->input_ended);
		run->input_busy = true;
		return;
	}
	run->input_busy = false;
	int result = client_receive_quiet(run->input, run->name, ERR_STATE, NULL, 0, &answer);
	if (result != EXIT_DONE || run->input_ended)
		client_close(run->input);
	if (result != EXIT_DONE && answer.status != ERR_STATE) {
		run->input_lost = true;
		component_kill(run->name);
	}
}

/* Until the program has ended. Signals are let in only while this waits. */
static int foreground_loop(struct foreground *run, const sigset_t *waiting)
{
	int result = EXIT_DONE;

	for (;;) {
		struct pollfd polls[2] = {
			{run->output->socket, POLLIN, 0}, {run->input_busy ? run->input->socket : run->input->socket < 0 ? -1 : 0, POLLIN, 0}};
		if (interrupted && !run->killed) {
			fprintf(stderr, "rtcr: %s: interrupted, killing it\n", run->name);
			run->killed = component_kill(run->name);
			interrupted = run->killed ? interrupted : 0;
		}
		if (ppoll(polls, 2, NULL, waiting) < 0)
			continue;
		if (polls[1].revents)
			input_pass(run);
		if (polls[0].revents && output_pass(run, &result))
			return result;
	}
}

static void component_remove(struct client *client, const char *name, bool force)
{
	struct control_remove_request request = {.force = force};
	struct answer answer;

	strcpy(request.name, name);
	client_send(client, CONTROL_remove, &request, NULL, 0);
	int ignored = client_receive_quiet(client, name, ERR_NOT_FOUND, NULL, 0, &answer);
	(void)ignored;
}

/* From its first request on the server keeps the place of a connection. */
static int input_begin(struct client *input, const char *name)
{
	struct control_feed_request request = {0};
	struct answer answer;
	int result = client_open(input, false);

	if (result != EXIT_DONE)
		return result;
	strcpy(request.name, name);
	client_send(input, CONTROL_feed, &request, NULL, 0);
	return client_receive(input, name, NULL, 0, &answer);
}

static int foreground(struct client *client, const struct options *options, const char *name, const sigset_t *waiting)
{
	static struct client input;
	struct foreground run = {.name = name, .output = client, .input = &input};

	input.socket = -1;
	if (input_wanted(false) && input_begin(&input, name) != EXIT_DONE) {
		component_remove(client, name, true);
		return EXIT_RUN;
	}
	logs_ask(client, name, &run.stream);
	int result = foreground_loop(&run, waiting);
	client_close(&input);
	if (result != EXIT_DONE)
		return result < EXIT_RUN ? EXIT_RUN : result;
	int status = ending_status(&run.component);
	status = ending_output(&run.component, status, EXIT_RUN);
	if (options->remove)
		component_remove(client, name, false);
	if (run.input_lost)
		return EXIT_RUN;
	return run.killed ? 128 + interrupted : status;
}

static void signals_take(sigset_t *waiting)
{
	const struct sigaction action = {.sa_handler = on_interrupt}, ignore = {.sa_handler = SIG_IGN};
	sigset_t blocked;

	sigemptyset(&blocked);
	for (const int *number = (const int[]){SIGINT, SIGTERM, SIGHUP, 0}; *number; number++) {
		sigaddset(&blocked, *number);
		sigaction(*number, &action, NULL);
	}
	sigaction(SIGPIPE, &ignore, NULL);
	sigprocmask(SIG_BLOCK, &blocked, waiting);
}

static int run(const struct options *options)
{
	static struct client client;
	char name[CONTROL_NAME];
	struct bundle bundle;
	sigset_t waiting;
	int result = bundle_make(options, &bundle);

	if (result != EXIT_DONE)
		return result;
	if (client_open(&client, true) != EXIT_DONE)
		return EXIT_RUN;
	if (!options->detach)
		signals_take(&waiting);
	result = component_start(&client, options, &bundle, name);
	bundle_free(&bundle);
	if (result != EXIT_DONE)
		return EXIT_RUN;
	if (!options->detach)
		return foreground(&client, options, name, &waiting);
	if (input_wanted(true) && input_feed(&client, name) != EXIT_DONE) {
		component_remove(&client, name, true);
		return EXIT_RUN;
	}
	puts(name);
	return output_end();
}

static const struct argp_option options_known[] = {
	{"detach", 'd', NULL, 0, "in the background; print the name", 0},
	{"name", 'n', "NAME", 0, "name of the component (default: made from the program's name)", 0},
	{"memory", 'm', "SIZE", 0, "memory of the program, for example 64M (default: 256M)", 0},
	{"file", KEY_FILE, "HOST[:/PATH]", 0, "a file for its file system, as /PATH (default: / and its last part)", 0},
	{"env", KEY_ENV, "NAME[=VALUE]", 0, "an environment variable; without a value, that of rtcr itself", 0},
	{"cpu", KEY_CPU, "N", 0, "run on this processor only", 0},
	{"priority", KEY_PRIORITY, "N", 0, "real-time priority, 1 to 63 (default: 0, time-shared)", 0},
	{"native", KEY_NATIVE, NULL, 0, "the program is a native component, not a Linux program", 0},
	{"rm", KEY_REMOVE, NULL, 0, "remove it when it has ended (in the foreground)", 0},
	{0},
};

const struct command command_run = {
	"run", "PROGRAM", "Run a static Linux program as a component",
	"PROGRAM is a path or is looked for in PATH; what follows it is for the program. A node is started if none runs. The "
	"program sees PATH=/bin:/usr/bin, HOME=/ and what --env gives, and the files that --file gives in the root of its own "
	"file system; nothing else of this host.\n\n"
	"In the foreground it gets standard input as it comes, Ctrl-C kills it, and its exit status is that of this command; "
	"without --name it is removed at its end unless it has checkpoints. With -d, standard input from a file or pipe is "
	"handed over whole before this command ends; a terminal is not.\n\n"
	"Examples:\n"
	"  rtcr run -- busybox echo hello\n"
	"  rtcr run --file work.awk -- busybox awk -f /work.awk <input >output\n"
	"  rtcr run -d --name sums --memory 512M -- ./program --steps 1000\n\n"
	"Exit status: the program's (128 + N if signal N killed it); 125 it could not be run, or not all its output could be kept, 126 the program is of a kind that "
	"cannot run here, 127 there is no such program, 137 killed by `rtcr kill`, 139 a fault.",
	options_known, 1, UINT32_MAX, true, run,
};
