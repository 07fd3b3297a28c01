/* SPDX-License-Identifier: MIT */
/* Random bytes: xoshiro256** (Blackman, Vigna 2018), seeded from clocks and the processor's generator where it has one. */
#include <framework/env.h>
#include <framework/memory.h>

#include "posix/file.h"
#include "posix/processor.h"

static uint64_t state[4];

static uint64_t rotate(uint64_t value, int by)
{
	return value << by | value >> (64 - by);
}

static uint64_t mix(uint64_t *seed)
{
	uint64_t value = *seed += 0x9e3779b97f4a7c15ull;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ value >> 27) * 0x94d049bb133111ebull;
	return value ^ value >> 31;
}

static uint64_t next(void)
{
	uint64_t result = rotate(state[1] * 5, 7) * 9, shifted = state[1] << 17;

	state[2] ^= state[0];
	state[3] ^= state[1];
	state[1] ^= state[2];
	state[0] ^= state[3];
	state[2] ^= shifted;
	state[3] = rotate(state[3], 45);
	return result;
}

void random_fill(void *to, uint64_t size)
{
	uint8_t *bytes = to;

	if (!(state[0] | state[1] | state[2] | state[3])) {
		uint64_t seed = clock_real() ^ clock_now() << 20 ^ processor_noise();
		for (int i = 0; i < 4; i++)
			state[i] = mix(&seed);
	}
	while (size) {
		uint64_t value = next(), part = size < sizeof value ? size : sizeof value;
		memcpy(bytes, &value, part);
		bytes += part;
		size -= part;
	}
}
