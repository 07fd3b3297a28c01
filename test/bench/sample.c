/* SPDX-License-Identifier: MIT */
/* Durations are sorted when they are printed, so that adding one costs a store. */
#include "sample.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int listing; /* -l */

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
	long repeats = (long)otherwise;
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "-l") == 0)
			listing = 1;
		else if (strcmp(argv[at], "-r") == 0 && at + 1 < argc)
			repeats = strtol(argv[++at], NULL, 10);
		else
			break;
	}
	if (repeats < 1 || repeats > 1000000) {
		fprintf(stderr, "%s: 1 to 1000000 repeats, not %ld\n", argv[0], repeats);
		exit(2);
	}
	*first = at;
	return (size_t)repeats;
}

size_t sample_size(const char *program, const char *text)
{
	char *end;
	size_t number = strtoul(text, &end, 10);
	unsigned shift = *end == 'K' ? 10 : *end == 'B' ? 0 : 20;

	if (*end == 'K' || *end == 'B')
		end++;
	if (end == text || *end || number == 0 || number > (size_t)1 << (36 - shift)) {
		fprintf(stderr, "%s: size %s: MiB, or with K or B behind it KiB or bytes\n", program, text);
		exit(2);
	}
	return number << shift;
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
	if (listing)
		return;
	printf("what,%s,repeats,median_us,quartile1_us,quartile3_us,min_us,p99_us,p999_us,max_us\n", parameter);
}

void sample_print(struct sample *sample, const char *what, const char *parameter)
{
	static const size_t ranks[] = {500, 250, 750, 0, 990, 999, 1000};

	for (size_t i = 0; listing && i < sample->count; i++)
		printf("%s,%s,%.3f\n", what, parameter, (double)sample->durations[i] / 1000.0);
	if (listing)
		return;
	qsort(sample->durations, sample->count, sizeof(int64_t), duration_compare);
	printf("%s,%s,%zu", what, parameter, sample->count);
	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
		printf(",%.3f", sample_rank(sample, ranks[i]));
	putchar('\n');
	fflush(stdout);
}
