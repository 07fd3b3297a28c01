/* SPDX-License-Identifier: MIT */
/* What every checkpoint subject is: a static Linux program that prepares state, works on it in
 * small steps (about a millisecond each), checks itself all the time, and prints one result line
 * that depends on the number of steps only. It may be stopped, killed and restored at any instant.
 *   usage: NAME [STEPS [OPTION]]     status 0: result printed; 1: first inconsistency; 2: usage */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Registers the program: its name and the sentence that it shows. Once per program. */
#define SUBJECT(name, sentence) \
	static const char subject_name[] = #name; \
	static const char subject_sentence[] = sentence

/* Ends the program with a message unless the condition holds; any thread may call it. */
#define subject_check(condition, ...) \
	((condition) ? (void)0 : subject_fail(subject_name, __LINE__, #condition, __VA_ARGS__))

#define subject_begin(argc, argv) subject_steps(subject_name, subject_sentence, argc, argv)
#define subject_finish(steps, result) subject_end(subject_name, steps, result)

__attribute__((noreturn, format(printf, 4, 5)))
static inline void subject_fail(const char *name, int line, const char *condition,
				const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "%s: line %d: not (%s): ", name, line, condition);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	_Exit(1);
}

/* Returns the number of steps: argv[1], or 300. Says that the subject is about to start. */
static inline unsigned long subject_steps(const char *name, const char *sentence, int argc,
					  char **argv)
{
	char *end = NULL;
	unsigned long steps = argc > 1 ? strtoul(argv[1], &end, 10) : 300;

	if ((end && *end) || steps == 0) {
		fprintf(stderr, "usage: %s [STEPS [OPTION]]: %s\n", name, sentence);
		exit(2);
	}
	printf("%s: %s\n", name, sentence);
	fflush(stdout);
	return steps;
}

static inline int subject_end(const char *name, unsigned long steps, uint64_t result)
{
	printf("%s: %lu steps, result %016llx\n", name, steps, (unsigned long long)result);
	return fflush(stdout) == 0 ? 0 : 1;
}

/* One round of a 64-bit mixer (xor-shift and multiply): deterministic work and checksums. */
static inline uint64_t subject_mix(uint64_t value)
{
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93u;
	value ^= value >> 29;
	return value + 0x9e3779b97f4a7c15u;
}

/* Work that keeps a processor busy: ROUNDS rounds of the mixer, result never optimised away. */
static inline uint64_t subject_work(uint64_t value, unsigned rounds)
{
	while (rounds--)
		value = subject_mix(value);
	return value;
}

#endif
