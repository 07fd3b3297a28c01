/* SPDX-License-Identifier: MIT */
/* Many blocks of the C heap, from bytes to megabytes, each with a checksum that is verified before
 * the block is rewritten, resized or freed; all are verified at the end. OPTION: total in MiB. */
#include "test/checkpoint/subject.h"

SUBJECT(heap, "a big heap keeps every word");

enum { BLOCKS = 256, PER_STEP = 8 };
static struct block {
	uint64_t *words;
	size_t count;
	uint64_t sum;
} blocks[BLOCKS];

static uint64_t block_sum(const struct block *block)
{
	uint64_t sum = block->count;

	for (size_t i = 0; i < block->count; i++)
		sum = (sum << 1 | sum >> 63) ^ block->words[i];
	return sum;
}

static void block_verify(const struct block *block, unsigned long step)
{
	subject_check(block_sum(block) == block->sum, "step %lu: block %ld of %zu words", step,
		      (long)(block - blocks), block->count);
}

static void block_resize(struct block *block, size_t count, uint64_t seed)
{
	size_t kept = count < block->count ? count : block->count;

	block->words = realloc(block->words, count * sizeof(uint64_t));
	subject_check(block->words != NULL, "no memory for %zu words", count);
	for (size_t i = kept; i < count; i++)
		block->words[i] = seed += 0x9e3779b97f4a7c15u;
	block->count = count;
	block->sum = block_sum(block);
}

static void block_touch(struct block *block, uint64_t random)
{
	for (size_t i = random % 97; i < block->count; i += 97)
		block->words[i] ^= random;
	block->sum = block_sum(block);
}

int main(int argc, char **argv)
{
	unsigned long steps = subject_begin(argc, argv), megabytes;
	uint64_t random = 1, result = 0;
	size_t most;

	megabytes = argc > 2 ? strtoul(argv[2], NULL, 10) : 16;
	most = megabytes * 1048576 / sizeof(uint64_t) / BLOCKS * 2;
	subject_check(most > 0 && megabytes <= 65536, "total of %lu MiB", megabytes);
	for (int i = 0; i < BLOCKS; i++) {
		random = subject_mix(random);
		block_resize(&blocks[i], 1 + random % most, random);
	}
	for (unsigned long step = 0; step < steps * PER_STEP; step++) {
		struct block *block = &blocks[(random = subject_mix(random)) % BLOCKS];

		block_verify(block, step);
		if (random >> 60 == 0)
			block_resize(block, 1 + (random >> 8) % most, random);
		else
			block_touch(block, random);
	}
	for (int i = 0; i < BLOCKS; i++) {
		block_verify(&blocks[i], steps);
		result = subject_mix(result ^ blocks[i].sum);
		free(blocks[i].words);
	}
	return subject_finish(steps, result);
}
