/* SPDX-License-Identifier: MIT */
/*
 * What every native subject is: a component that prepares state, works on it in small steps (about a millisecond
 * each), checks itself all the time, and prints one result line that depends on the number of steps only. It may be
 * stopped, killed and restored at any instant. Exit status 0: result printed; 1: first inconsistency; 2: usage.
 */
#ifndef COMPONENT_SUBJECT_H
#define COMPONENT_SUBJECT_H

#include <framework/env.h>

enum { MILLISECOND = 1000000 };

/* Reads the arguments, opens the terminal (LOG stands in where there is none), says what begins: the steps. */
uint64_t subject_begin(const char *name, const char *sentence);

/* Argument `n` (2: the first behind STEPS), or `otherwise` if it was not given. */
uint64_t subject_option(uint32_t n, uint64_t otherwise);

/* A line of output, led by the name. */
void subject_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the result: the status to return. */
int subject_finish(uint64_t steps, uint64_t result) MUST_CHECK;

/* Ends the component with a message unless the condition holds; any thread may call it. */
#define subject_check(condition, ...) \
	((condition) ? (void)0 : subject_fail(__FILE__, __LINE__, #condition, __VA_ARGS__))
#define subject_ok(call) subject_expect(call, OK)

/* The same for an operation whose answer is known. */
#define subject_expect(call, wanted)                                                                      \
	do {                                                                                              \
		err_t answered = (call);                                                                  \
		if (answered != (wanted))                                                                 \
			subject_fail(__FILE__, __LINE__, #call, "%s", err_sentence(answered));            \
	} while (0)
_Noreturn void subject_fail(const char *file, int line, const char *condition, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Waits until then, in the component's own time. */
void subject_sleep(uint64_t deadline);

/* One round of a 64-bit mixer (xor-shift and multiply): deterministic choices and checksums. */
static inline uint64_t subject_mix(uint64_t value)
{
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93u;
	value ^= value >> 29;
	return value + 0x9e3779b97f4a7c15u;
}

/* What lies in slot `slot` of the own capability space; false if nothing does. */
bool subject_slot(slot_t slot, struct cap_entry *entry);

#endif
