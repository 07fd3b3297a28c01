/* SPDX-License-Identifier: MIT */
/* `node start`, `node stop`, `node status`. */
#include <control/protocol.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "cli/client.h"
#include "cli/exit.h"
#include "cli/node.h"
#include "cli/option.h"
#include "cli/report.h"

enum { STOP_MS = 10000 };

static int hello(struct client *client, struct control_hello_reply *reply)
{
	const struct control_hello_request request = {0};
	struct answer answer;

	return client_ask(client, CONTROL_hello, &request, NULL, reply, sizeof *reply, &answer);
}

static int start_do(const struct options *options)
{
	static struct client client;
	struct control_hello_reply reply;
	bool started;

	if (!node_find(option_state))
		return EXIT_USAGE;
	client.socket = node_start(options->memory, &started);
	if (client.socket < 0)
		return EXIT_NODE;
	int result = hello(&client, &reply);
	if (result == EXIT_DONE)
		printf("the node %s (process %d)\n", started ? "runs" : "ran already", (int)node_process(client.socket));
	client_close(&client);
	return result == EXIT_DONE ? output_end() : result;
}

static const struct argp_option start_options[] = {
	{"memory", KEY_NODE_MEMORY, "SIZE", 0, "memory of the node, for example 8G (default: half of the host's)", 0},
	{0},
};

const struct command command_node_start = {
	"node start", "", "Start the node",
	"Other commands start it too if they need it. Its log is node.log in its state directory.\n\n"
	"Examples:\n  rtcr node start\n  rtcr node start --memory 8G",
	start_options, 0, 0, false, start_do,
};

static int status_do(const struct options *options)
{
	static struct client client;
	struct control_hello_reply reply;
	char age[24];
	int result = client_open(&client, false);

	if (result == EXIT_DONE)
		result = hello(&client, &reply);
	if (result != EXIT_DONE)
		return result;
	int process = option_node ? 0 : (int)node_process(client.socket);
	client_close(&client);
	if (options->json) {
		struct json_object *object = json_object_new_object();
		if (process)
			json_object_object_add(object, "process", json_object_new_int(process));
		json_object_object_add(object, "uptime_us", json_microseconds(reply.uptime_ns));
		json_object_object_add(object, "running", json_object_new_int64(reply.running));
		json_object_object_add(object, "known", json_object_new_int64(reply.known));
		if (!option_node)
			json_object_object_add(object, "state", json_object_new_string(node.state));
		json_object_object_add(object, "socket", json_object_new_string(option_node ? option_node : node.socket));
		return json_print(object) ? EXIT_DONE : EXIT_FAILED;
	}
	time_show(age, reply.uptime_ns);
	if (option_node) {
		printf("node        %s, for %s\ncomponents  %u running, %u known\n", option_node, age, reply.running, reply.known);
		return output_end();
	}
	printf("process     %d, for %s\ncomponents  %u running, %u known\nstate       %s\nsocket      %s\n", process, age,
	       reply.running, reply.known, node.state, node.socket);
	return output_end();
}

static const struct argp_option status_options[] = {OPTION_JSON, {0}};

const struct command command_node_status = {
	"node status", "", "Say whether the node runs, and where its state is",
	"Exit status 0 if it runs, 4 if not.\n\nExamples:\n  rtcr node status\n  rtcr node status --json",
	status_options, 0, 0, false, status_do,
};

/* Names of what runs, reported; how many. -1: the node did not say. */
static int running_report(struct client *client)
{
	struct control_list_request request = {0};
	struct control_component component;
	struct answer answer;
	int running = 0;

	for (;;) {
		if (client_ask(client, CONTROL_list, &request, NULL, NULL, 0, &answer) != EXIT_DONE)
			return -1;
		if (answer.count < sizeof component)
			return running;
		for (uint32_t at = 0; answer.count - at >= sizeof component; at += sizeof component) {
			memcpy(&component, answer.bytes + at, sizeof component);
			component.name[sizeof component.name - 1] = 0;
			memcpy(request.after, component.name, sizeof request.after);
			if (component.state != CONTROL_RUNNING && component.state != CONTROL_STARTING)
				continue;
			text_clean(component.name);
			report(0, component.name, "%s", state_name(component.state));
			running++;
		}
	}
}

/* The process is named by the socket and held by a descriptor before the connection is looked at again. */
static int process_end(struct client *client, bool force)
{
	struct pollfd alive = {.events = POLLIN}, connected = {client->socket, 0, 0};
	pid_t process = node_process(client->socket);

	alive.fd = process > 0 ? pidfd_open(process, 0) : -1;
	if (alive.fd < 0 || poll(&connected, 1, 0) != 0)
		return report(EXIT_NODE, NULL, "the node ended by itself meanwhile");
	if (pidfd_send_signal(alive.fd, SIGTERM, NULL, 0) < 0)
		return report(EXIT_FAILED, NULL, "the node's process %d: %s", (int)process, strerror(errno));
	if (poll(&alive, 1, STOP_MS) <= 0) {
		if (!force)
			return report(EXIT_FAILED, NULL, "the node does not end; `rtcr node stop --force` kills it");
		pidfd_send_signal(alive.fd, SIGKILL, NULL, 0);
		poll(&alive, 1, STOP_MS);
	}
	close(alive.fd);
	return EXIT_DONE;
}

static int stop_do(const struct options *options)
{
	static struct client client;
	int result = option_node ? report(EXIT_USAGE, option_node, "a node is stopped on its own machine") : client_open(&client, false);

	if (result != EXIT_DONE)
		return result;
	if (!options->force) {
		int running = running_report(&client);
		if (running != 0)
			result = running < 0 ? EXIT_NODE : report(EXIT_FAILED, NULL, "%d component%s would be lost; checkpoint %s with "
			                                          "--stop, kill %s, or give --force", running, running == 1 ? "" : "s",
			                                          running == 1 ? "it" : "them", running == 1 ? "it" : "them");
	}
	if (result == EXIT_DONE)
		result = process_end(&client, options->force);
	client_close(&client);
	return result;
}

static const struct argp_option stop_options[] = {
	{"force", 'f', NULL, 0, "even if components run", 0},
	{0},
};

const struct command command_node_stop = {
	"node stop", "", "Stop the node",
	"Refused if components run, unless forced. Checkpoints and what was written stay.\n\n"
	"Examples:\n  rtcr checkpoint --stop sums && rtcr node stop",
	stop_options, 0, 0, false, stop_do,
};
