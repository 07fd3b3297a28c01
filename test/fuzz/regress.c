/* SPDX-License-Identifier: MIT */
/*
 * A fuzz target as a plain test: a fixed number of inputs from a fixed generator, or the files that are named. The
 * inputs are random bytes, sequences of the same byte, and inputs put together from pieces of earlier ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/fuzz/fuzz.h"

enum { SIZE_MAX_INPUT = 2048, KEPT = 64, INPUTS = 2000 };

static uint64_t state = 88172645463325252u;

/* Marsaglia, "Xorshift RNGs", 2003. */
static uint64_t random_next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static int file_run(const char *name)
{
	static uint8_t bytes[1 << 20];
	FILE *file = fopen(name, "rb");

	if (!file) {
		perror(name);
		return 1;
	}
	size_t size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	return LLVMFuzzerTestOneInput(bytes, size);
}

int main(int count, char **names)
{
	static uint8_t kept[KEPT][SIZE_MAX_INPUT], bytes[SIZE_MAX_INPUT];
	const char *wanted = getenv("FUZZ_INPUTS");
	long inputs = wanted ? atol(wanted) : INPUTS;

	for (int i = 1; i < count; i++)
		if (file_run(names[i]) != 0)
			return 1;
	for (long i = 0; i < inputs && count == 1; i++) {
		size_t size = random_next() % SIZE_MAX_INPUT;
		for (size_t at = 0; at < size; at++)
			bytes[at] = (uint8_t)random_next();
		for (int piece = 0; i > KEPT && piece < 4 && size > 64; piece++) {
			size_t length = random_next() % 64, to = random_next() % (size - length);
			memcpy(bytes + to, kept[random_next() % KEPT] + to, length);
		}
		memcpy(kept[random_next() % KEPT], bytes, sizeof bytes);
		if (LLVMFuzzerTestOneInput(bytes, size) != 0)
			return 1;
	}
	printf("1 passed, 0 failed: %ld inputs\n", count > 1 ? count - 1 : inputs);
	return 0;
}
