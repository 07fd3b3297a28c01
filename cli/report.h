/* SPDX-License-Identifier: MIT */
/* What people and programs get to read: errors on standard error, answers on standard output. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

struct control_component;

/* "rtcr: SUBJECT: sentence"; without a subject NULL. Returns `status`. */
int report(int status, const char *subject, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What is not printable becomes ?, so that nothing that a component chose can steer a terminal. */
void text_clean(char *text);

const char *state_name(uint32_t state);
const char *class_name(uint32_t thread_class);

/* A size for people into `to`, for example "12 MiB"; a time, for example "3 min". */
void size_show(char to[24], uint64_t bytes);
void time_show(char to[24], uint64_t ns);

/* Print and free; false: standard output failed, reported. */
bool json_print(struct json_object *object);
struct json_object *json_microseconds(uint64_t ns);
struct json_object *json_component(const struct control_component *component);

/* Flush standard output. 0, or EXIT_FAILED if something could not be written. */
int output_end(void);

#endif
