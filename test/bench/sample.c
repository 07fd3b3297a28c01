/* SPDX-License-Identifier: MIT */
/* Durations are sorted when they are printed, so that adding one costs a store. */
#include "sample.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t sample_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void sample_init(struct sample *sample, size_t capacity)
{
	*sample = (struct sample){.durations = calloc(capacity, sizeof(int64_t)), .capacity = capacity};
	if (!sample->durations) {
		fprintf(stderr, "sample: no memory for %zu durations\n", capacity);
		exit(1);
	}
	for (size_t i = 0; i < capacity; i++)
		sample->durations[i] = -1; /* touched now, not while measuring */
}

void sample_done(struct sample *sample)
{
	free(sample->durations);
	*sample = (struct sample){0};
}

void sample_add(struct sample *sample, int64_t nanoseconds)
{
	if (sample->count < sample->capacity)
		sample->durations[sample->count++] = nanoseconds;
}

size_t sample_repeats(int argc, char **argv, size_t otherwise, int *first)
{
	long repeats;

	if (argc < 3 || strcmp(argv[1], "-r") != 0)
		return otherwise;
	repeats = strtol(argv[2], NULL, 10);
	if (repeats < 1 || repeats > 1000000) {
		fprintf(stderr, "%s: 1 to 1000000 repeats, not %s\n", argv[0], argv[2]);
		exit(2);
	}
	*first = 3;
	return (size_t)repeats;
}

static int duration_compare(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

/* The duration at PER_MILLE of the sorted sample, by nearest rank, in microseconds. */
static double sample_rank(const struct sample *sample, size_t per_mille)
{
	size_t rank = (sample->count * per_mille + 999) / 1000;

	return (double)sample->durations[rank ? rank - 1 : 0] / 1000.0;
}

void sample_header(const char *parameter)
{
	printf("what,%s,repeats,median_us,quartile1_us,quartile3_us,min_us,p99_us,p999_us,max_us\n", parameter);
}

void sample_print(struct sample *sample, const char *what, const char *parameter)
{
	static const size_t ranks[] = {500, 250, 750, 0, 990, 999, 1000};

	qsort(sample->durations, sample->count, sizeof(int64_t), duration_compare);
	printf("%s,%s,%zu", what, parameter, sample->count);
	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
		printf(",%.3f", sample_rank(sample, ranks[i]));
	putchar('\n');
	fflush(stdout);
}
