/* SPDX-License-Identifier: MIT */
/* A workload with a stated amount of memory and a stated dirty rate: fills MIB MiB, says so in one line, and then
 * either sleeps, or writes into pages one after the other, each millisecond as many as were asked for.
 * With -g it looks at the clock all the time instead, and prints each gap of more than 100 us that it saw: how long
 * it was stopped, as it knows itself.
 *   usage: memory MIB [DIRTY_PAGES_PER_MS]      memory -g MIB */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, GAP_LEAST_NS = 100000, MIB_MOST = 65536, RATE_MOST = 1000000 };

static int64_t time_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static uint8_t *memory_fill(size_t size)
{
	uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("memory");
		exit(1);
	}
	/* Other bytes in each page: nothing of it is zero, no two pages are equal. */
	for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
		uint64_t word = (at + 1) * UINT64_C(0x9e3779b97f4a7c15);
		memcpy(memory + at, &word, sizeof word);
	}
	return memory;
}

/* What was not written in time, as it was stopped, is not made up for. */
static void pages_dirty(uint8_t *memory, size_t size, long rate)
{
	size_t page = 0, pages = size / PAGE;
	int64_t due = time_now();

	for (;;) {
		int64_t left;

		for (long i = 0; i < rate; i++) {
			memory[page * PAGE]++;
			page = (page + 1) % pages;
		}
		due += 1000000;
		left = due - time_now();
		if (left <= 0)
			due -= left;
		else
			nanosleep(&(struct timespec){0, left}, NULL);
	}
}

static void gaps_print(void)
{
	int64_t before = time_now();

	for (;;) {
		int64_t now = time_now();

		if (now - before >= GAP_LEAST_NS) {
			printf("gap %.3f\n", (double)(now - before) / 1000.0);
			fflush(stdout);
			now = time_now();
		}
		before = now;
	}
}

int main(int argc, char **argv)
{
	int watch = argc > 1 && strcmp(argv[1], "-g") == 0;
	long size = argc > 1 + watch ? strtol(argv[1 + watch], NULL, 10) : 0;
	long rate = argc > 2 + watch ? strtol(argv[2 + watch], NULL, 10) : 0;

	if (size < 1 || size > MIB_MOST || rate < 0 || rate > RATE_MOST || (watch && rate)) {
		fprintf(stderr, "usage: memory MIB [DIRTY_PAGES_PER_MS], or memory -g MIB\n");
		return 2;
	}
	uint8_t *memory = memory_fill((size_t)size << 20);
	printf("ready %ld MiB, %ld pages per ms\n", size, rate);
	fflush(stdout);
	if (watch)
		gaps_print();
	if (rate)
		pages_dirty(memory, (size_t)size << 20, rate);
	for (;;)
		pause();
}
