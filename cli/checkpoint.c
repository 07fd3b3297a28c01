/* SPDX-License-Identifier: MIT */
/* `checkpoint`, `checkpoints`, `restore`. */
#include <control/protocol.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/client.h"
#include "cli/exit.h"
#include "cli/option.h"
#include "cli/report.h"
#include "cli/saved.h"

static struct json_object *threads_json(const struct answer *answer)
{
	struct json_object *array = json_object_new_array();
	struct control_thread thread;

	for (uint32_t at = 0; answer->count - at >= sizeof thread; at += sizeof thread) {
		struct json_object *object = json_object_new_object();
		memcpy(&thread, answer->bytes + at, sizeof thread);
		thread.name[sizeof thread.name - 1] = 0;
		text_clean(thread.name);
		json_object_object_add(object, "name", json_object_new_string(thread.name));
		json_object_object_add(object, "index", json_object_new_int64(thread.index));
		json_object_object_add(object, "class", json_object_new_string(class_name(thread.class)));
		json_object_object_add(object, "instruction", json_object_new_uint64(thread.instruction));
		json_object_array_add(array, object);
	}
	return array;
}

static int checkpoint_show(const struct control_component *component, const struct answer *answer, bool json)
{
	char stop[24], size[24], memory[24];

	if (json) {
		struct json_object *object = json_object_new_object();
		json_object_object_add(object, "name", json_object_new_string(component->name));
		json_object_object_add(object, "generation", json_object_new_uint64(component->generation));
		json_object_object_add(object, "prepare_us", json_microseconds(component->prepare_ns));
		json_object_object_add(object, "stop_us", json_microseconds(component->stop_ns));
		json_object_object_add(object, "image_bytes", json_object_new_uint64(component->image_bytes));
		json_object_object_add(object, "memory_bytes", json_object_new_uint64(component->memory_bytes));
		json_object_object_add(object, "threads", threads_json(answer));
		return json_print(object) ? EXIT_DONE : EXIT_FAILED;
	}
	time_show(stop, component->stop_ns);
	size_show(size, component->image_bytes);
	size_show(memory, component->memory_bytes);
	printf("%s@%" PRIu64 ": stopped for %s, %s copied, image of %s\n", component->name, component->generation, stop, memory,
	       size);
	return output_end();
}

static int checkpoint_do(const struct options *options)
{
	static struct client client;
	struct control_checkpoint_request request = {.budget_ns = options->budget_ns};
	struct control_component component;
	struct answer answer;
	uint64_t generation;

	request.flags = (options->stop ? CONTROL_STOP : 0) | (options->json ? CONTROL_THREADS : 0);
	if (!target_parse(options->words[0], request.name, &generation) || generation)
		return EXIT_USAGE;
	int result = client_open(&client, false);
	if (result == EXIT_DONE)
		result = client_ask(&client, CONTROL_checkpoint, &request, request.name, &component, sizeof component, &answer);
	if (result == EXIT_DONE)
		result = checkpoint_show(&component, &answer, options->json);
	client_close(&client);
	return result;
}

static const struct argp_option checkpoint_options[] = {
	{"stop", KEY_STOP, NULL, 0, "and end it when the image is durable", 0},
	{"budget", KEY_BUDGET, "TIME", 0, "give up if it would stand still for longer, for example 500us or 2ms", 0},
	OPTION_JSON,
	{0},
};

const struct command command_checkpoint = {
	"checkpoint", "NAME", "Save the state of a component that runs",
	"It stands still while its state is copied, runs on, and the image is written meanwhile; the command ends when the image "
	"is durable. A checkpoint that fails costs the component nothing.\n\n"
	"Examples:\n  rtcr checkpoint sums\n  rtcr checkpoint --budget 2ms --json sums",
	checkpoint_options, 1, 1, false, checkpoint_do,
};

static bool header_printed;

static void image_print(const struct control_image *image, struct json_object *array)
{
	time_t seconds = (time_t)(image->modified_ns / 1000000000);
	char date[32] = "?", size[24];
	struct tm when;

	if (localtime_r(&seconds, &when))
		strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &when);
	size_show(size, image->size);
	if (!array && !header_printed)
		printf("%-32s %10s %10s  %s\n", "NAME", "CHECKPOINT", "SIZE", "WRITTEN");
	header_printed = true;
	if (!array) {
		printf("%-32s %10" PRIu64 " %10s  %s\n", image->name, image->generation, size, date);
		return;
	}
	struct json_object *object = json_object_new_object();
	json_object_object_add(object, "name", json_object_new_string(image->name));
	json_object_object_add(object, "generation", json_object_new_uint64(image->generation));
	json_object_object_add(object, "image_bytes", json_object_new_uint64(image->size));
	json_object_object_add(object, "written_ns", json_object_new_uint64(image->modified_ns));
	json_object_array_add(array, object);
}

static int images_list(struct client *client, const char *name, struct json_object *array)
{
	struct control_images_request request = {.below = UINT64_MAX};
	struct control_image image;
	struct answer answer;

	memcpy(request.name, name, sizeof request.name);
	for (;;) {
		int result = client_ask(client, CONTROL_images, &request, name, NULL, 0, &answer);
		if (result != EXIT_DONE || answer.count < sizeof image)
			return result;
		for (uint32_t at = 0; answer.count - at >= sizeof image; at += sizeof image) {
			memcpy(&image, answer.bytes + at, sizeof image);
			image.name[sizeof image.name - 1] = 0;
			text_clean(image.name);
			image_print(&image, array);
			request.below = image.generation;
		}
	}
}

/* Of all components: two connections, since one lists names and the other images. */
static int images_list_all(struct client *client, struct json_object *array)
{
	static struct client names;
	struct control_list_request request = {0};
	struct answer answer;
	int result = client_open(&names, false);

	while (result == EXIT_DONE) {
		struct control_component component;
		result = client_ask(&names, CONTROL_list, &request, "checkpoints", NULL, 0, &answer);
		if (result != EXIT_DONE || answer.count < sizeof component)
			break;
		for (uint32_t at = 0; answer.count - at >= sizeof component && result == EXIT_DONE; at += sizeof component) {
			memcpy(&component, answer.bytes + at, sizeof component);
			component.name[sizeof component.name - 1] = 0;
			if (component.generation)
				result = images_list(client, component.name, array);
			memcpy(request.after, component.name, sizeof request.after);
		}
	}
	client_close(&names);
	return result;
}

static int checkpoints_do(const struct options *options)
{
	static struct client client;
	struct json_object *array = options->json ? json_object_new_array() : NULL;
	char name[CONTROL_NAME];
	uint64_t generation = 0;

	if (options->word_count && (!target_parse(options->words[0], name, &generation) || generation))
		return EXIT_USAGE;
	int result = client_open(&client, true);
	if (result == EXIT_DONE)
		result = options->word_count ? images_list(&client, name, array) : images_list_all(&client, array);
	client_close(&client);
	if (result == EXIT_DONE && array)
		return json_print(array) ? EXIT_DONE : EXIT_FAILED;
	return result == EXIT_DONE ? output_end() : result;
}

static const struct argp_option json_options[] = {OPTION_JSON, {0}};

const struct command command_checkpoints = {
	"checkpoints", "[NAME]", "List checkpoints, newest first",
	"Examples:\n  rtcr checkpoints\n  rtcr checkpoints --json sums",
	json_options, 0, 1, false, checkpoints_do,
};

static int restore_show(const struct control_component *component, uint64_t generation, bool json)
{
	char time[24], size[24];

	if (json) {
		struct json_object *object = json_object_new_object();
		json_object_object_add(object, "name", json_object_new_string(component->name));
		json_object_object_add(object, "generation", json_object_new_uint64(generation));
		json_object_object_add(object, "restore_us", json_microseconds(component->restore_ns));
		json_object_object_add(object, "image_bytes", json_object_new_uint64(component->image_bytes));
		json_object_object_add(object, "memory_bytes", json_object_new_uint64(component->memory_bytes));
		return json_print(object) ? EXIT_DONE : EXIT_FAILED;
	}
	time_show(time, component->restore_ns);
	size_show(size, component->memory_bytes);
	printf("%s runs again from checkpoint %" PRIu64 ", after %s, %s filled in\n", component->name, generation, time, size);
	return output_end();
}

/* A node that was started anew does not know how much memory the component had; the image does. */
static int restore_ask(struct client *client, struct control_restore_request *request, uint64_t generation,
                       struct control_component *component)
{
	struct answer answer;

	client_send(client, CONTROL_restore, request, NULL, 0);
	int result = client_receive_quiet(client, request->name, ERR_ARGUMENT, component, sizeof *component, &answer);
	if (result == EXIT_DONE || answer.status != ERR_ARGUMENT)
		return result;
	if (option_node)
		return report(EXIT_USAGE, request->name, "the node was started anew and does not know how much memory it had; give "
		              "--memory SIZE");
	result = saved_memory(request->name, generation, &request->ram);
	if (result != EXIT_DONE)
		return result;
	client_send(client, CONTROL_restore, request, NULL, 0);
	return client_receive(client, request->name, component, sizeof *component, &answer);
}

static int restore_do(const struct options *options)
{
	static struct client client;
	struct control_restore_request request = {.ram = options->memory, .force = options->force};
	struct control_images_request newest = {.below = UINT64_MAX};
	struct control_component component;
	struct control_image image;
	struct answer answer;

	if (!target_parse(options->words[0], request.name, &request.generation))
		return EXIT_USAGE;
	int result = client_open(&client, true);
	if (result == EXIT_DONE && !request.generation) {
		memcpy(newest.name, request.name, sizeof newest.name);
		result = client_ask(&client, CONTROL_images, &newest, request.name, NULL, 0, &answer);
		if (result == EXIT_DONE && answer.count < sizeof image)
			result = report(EXIT_UNKNOWN, request.name, "it has no checkpoint");
		if (result == EXIT_DONE) {
			memcpy(&image, answer.bytes, sizeof image);
			request.generation = image.generation;
		}
	}
	if (result == EXIT_DONE)
		result = restore_ask(&client, &request, request.generation, &component);
	if (result == EXIT_DONE)
		result = restore_show(&component, request.generation, options->json);
	client_close(&client);
	return result;
}

static const struct argp_option restore_options[] = {
	{"force", 'f', NULL, 0, "also if it runs: what it did since is lost", 0},
	{"memory", 'm', "SIZE", 0, "memory of the program (default: as it was)", 0},
	OPTION_JSON,
	{0},
};

const struct command command_restore = {
	"restore", "NAME[@N]", "Continue a component from a checkpoint",
	"From the newest, or from checkpoint N. A node is started if none runs.\n\n"
	"Examples:\n  rtcr restore sums\n  rtcr restore --force sums@2",
	restore_options, 1, 1, false, restore_do,
};
