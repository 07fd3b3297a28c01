/* SPDX-License-Identifier: MIT */
/* Errors, names, figures, JSON: see report.h. */
#include <checkpoint/session.h>
#include <control/protocol.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/exit.h"
#include "cli/report.h"

int report(int status, const char *subject, const char *format, ...)
{
	va_list list;

	fflush(stdout);
	fprintf(stderr, subject ? "rtcr: %s: " : "rtcr: ", subject);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	return status;
}

void text_clean(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

const char *state_name(uint32_t state)
{
	static const char *const names[CONTROL_STATES] = {"stored", "starting", "running", "exited", "killed", "faulted", "lost"};

	return state < CONTROL_STATES ? names[state] : "unknown";
}

const char *class_name(uint32_t thread_class)
{
	static const char *const names[CLASS_COUNT] = {"program", "library_os", "blocked", "in_call", "faulting"};

	return thread_class < CLASS_COUNT ? names[thread_class] : "unknown";
}

void size_show(char to[24], uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	unsigned unit = 0;

	while (bytes >= 10240 && unit < 6) {
		bytes = (bytes + 512) / 1024;
		unit++;
	}
	snprintf(to, 24, "%" PRIu64 " %s", bytes, units[unit]);
}

void time_show(char to[24], uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = {{86400000000000, "d"}, {3600000000000, "h"}, {60000000000, "min"}, {1000000000, "s"},
	             {1000000, "ms"}, {1000, "us"}};
	unsigned unit = 0;

	while (unit < 5 && ns < 2 * units[unit].ns)
		unit++;
	snprintf(to, 24, "%" PRIu64 " %s", ns / units[unit].ns, units[unit].name);
}

int output_end(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_DONE;
	return report(EXIT_FAILED, "standard output", "%s", strerror(errno));
}

bool json_print(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
	                                                    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return output_end() == EXIT_DONE;
}

struct json_object *json_microseconds(uint64_t ns)
{
	char text[40];

	snprintf(text, sizeof text, "%" PRIu64 ".%03" PRIu64, ns / 1000, ns % 1000);
	return json_object_new_double_s((double)ns / 1000, text);
}

struct json_object *json_component(const struct control_component *component)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "name", json_object_new_string(component->name));
	json_object_object_add(object, "state", json_object_new_string(state_name(component->state)));
	if (component->state == CONTROL_EXITED)
		json_object_object_add(object, "exit_status", json_object_new_int(component->exit_status));
	json_object_object_add(object, "generation", json_object_new_uint64(component->generation));
	json_object_object_add(object, "age_us", json_microseconds(component->age_ns));
	json_object_object_add(object, "memory_limit", json_object_new_uint64(component->ram_limit));
	json_object_object_add(object, "memory_used", json_object_new_uint64(component->ram_used));
	json_object_object_add(object, "restarts", json_object_new_int64(component->restarts));
	if (component->sentence[0])
		json_object_object_add(object, "failure", json_object_new_string(component->sentence));
	return object;
}
