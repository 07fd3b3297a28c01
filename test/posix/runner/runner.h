/* SPDX-License-Identifier: MIT */
/*
 * Linux programs on a machine without a host: a component under init that has the RTCR run each case of the ROM "cases" on
 * the library OS and says in the log how it ended and what it wrote. Whoever reads the log runs the same cases
 * elsewhere and compares. A line of the ROM is a case, its fields end in tabs:
 *
 *    ROUNDS  WAY  INPUT  FILES  PROGRAM  ARGUMENT...
 *
 * ROUNDS: how often it is checkpointed, destroyed and restored while it runs. If it ends before, it is started anew; all its
 * runs have to come out alike. WAY: "-", "above" (with a priority above the RTCR's) or "native" (a component, which runs
 * undisturbed first: that is what the others are compared with). INPUT and FILES (by spaces) name ROMs: standard input, and what
 * the program finds in its root; "-" is none, a file "empty" is an empty one. PROGRAM is a ROM and the first argument.
 */
#ifndef TEST_RUNNER_H
#define TEST_RUNNER_H

#include <framework/env.h>

enum { CASE_WORDS = 32, CASE_FILES = 12, CASE_LINE = 2048 };

struct test_case {
	uint32_t rounds;
	bool above, native;
	const char *input;                 /* NULL: none */
	uint32_t file_count, word_count;
	const char *files[CASE_FILES];
	const char *words[CASE_WORDS];     /* program and arguments */
	char text[CASE_LINE];
};

/* The case at *at, which moves on, of text that ends at `end`. False: it is none, or there is no more. */
bool case_read(const char **at, const char *end, struct test_case *found);

/* The ROM `name`; NULL and "empty": no bytes. Or the number that it holds. */
bool case_rom(const char *name, const uint8_t **bytes, uint64_t *size);
bool case_number(const char *name, uint32_t *number);

/* A bundle (bundle/format.h) with the program, arguments, files and the usual environment. */
bool case_bundle(const struct test_case *found, ds_t *bundle);

/* What was written to a stream: as cksum(1) sums it up, and the beginning. */
enum { STREAM_SHOWN = 400 };
struct stream {
	uint32_t sum;
	uint64_t size;
	uint32_t shown;
	uint8_t first[STREAM_SHOWN];
};
void stream_add(struct stream *stream, const uint8_t *bytes, uint32_t size);
uint32_t stream_sum(const struct stream *stream);

/* The terminal `name`: forget what it holds and give it the ROM `input`, or none; and read what a program wrote there. */
bool terminal_prepare(const char *name, const char *input);
bool terminal_take(const char *name, struct stream streams[2]);

#endif
