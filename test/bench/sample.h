/* SPDX-License-Identifier: MIT */
/* A sample of durations: added in nanoseconds, printed as one CSV line in microseconds with median,
 * quartiles, extremes and high percentiles. Order statistics by nearest rank. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct sample {
	int64_t *durations;
	size_t count, capacity;
};

int64_t sample_now(void); /* monotonic, in nanoseconds */

/* Memory for CAPACITY durations, or the end of the program. */
void sample_init(struct sample *sample, size_t capacity);
void sample_done(struct sample *sample);
void sample_add(struct sample *sample, int64_t nanoseconds);

/* Reads optional `-r REPEATS` (1 to 1,000,000) and `-l`; *first becomes the index of what follows them. */
size_t sample_repeats(int argc, char **argv, size_t otherwise, int *first);

/* Bytes of NUMBER (mebibytes), NUMBERK or NUMBERB, 1 byte to 64 GiB; wrong use ends the program. */
size_t sample_size(const char *program, const char *text);

/* The header of the summary, and a line of it; with `-l` no header, and `what,parameter,microseconds` per duration. */
void sample_header(const char *parameter);
void sample_print(struct sample *sample, const char *what, const char *parameter);

#endif
