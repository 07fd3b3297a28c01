/* SPDX-License-Identifier: MIT */
/* Memory in great numbers: many blocks, many mappings, many protections, all given back and taken again. */
#include <stdlib.h>
#include <sys/mman.h>

#include "show.h"

enum { BLOCKS = 10000, MAPS = 1000, PAGE = 4096 };

static void blocks(void)
{
	static unsigned char *block[BLOCKS];
	unsigned long sum = 0;

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < BLOCKS; i++) {
			size_t size = 16 + (size_t)i * 7919 % 5000;
			block[i] = realloc(block[i], size + (size_t)round * 100);
			block[i][0] = (unsigned char)i;
			block[i][size - 1] = (unsigned char)round;
		}
		for (int i = round; i < BLOCKS; i += 3) {
			sum += block[i][0];
			free(block[i]);
			block[i] = NULL;
		}
	}
	for (int i = 0; i < BLOCKS; i++) {
		free(block[i]);
		block[i] = NULL;
	}
	SHOW(sum);
}

static void mappings(void)
{
	static char *map[MAPS];
	unsigned long sum = 0;

	for (int i = 0; i < MAPS; i++) {
		map[i] = mmap(NULL, (size_t)(1 + i % 7) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (map[i] == MAP_FAILED)
			break;
		map[i][0] = (char)i;
	}
	for (int i = 0; i < MAPS; i += 2)
		sum += (unsigned long)munmap(map[i], (size_t)(1 + i % 7) * PAGE);
	for (int i = 1; i < MAPS; i += 2)
		sum += (unsigned char)map[i][0];
	for (int i = 0; i < MAPS; i += 2) {
		map[i] = mmap(NULL, (size_t)(1 + i % 5) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		sum += (unsigned char)map[i][0];
		map[i][PAGE - 1] = 1;
	}
	for (int i = 0; i < MAPS; i++)
		sum += (unsigned long)munmap(map[i], (size_t)(1 + (i % 2 ? i % 7 : i % 5)) * PAGE);
	SHOW(sum);
}

/* Every second page of an area loses its rights: borders, but no new memory. */
static void borders(void)
{
	char *at = mmap(NULL, 2 * MAPS * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long sum = 0;

	for (int i = 0; i < 2 * MAPS; i++)
		at[(long)i * PAGE] = 1;
	for (int i = 0; i < 2 * MAPS; i += 2)
		sum += mprotect(at + (long)i * PAGE, PAGE, PROT_NONE);
	for (int i = 1; i < 2 * MAPS; i += 2)
		sum += at[(long)i * PAGE];
	sum += mprotect(at, 2 * MAPS * PAGE, PROT_READ);
	for (int i = 0; i < 2 * MAPS; i++)
		sum += at[(long)i * PAGE];
	SHOW(sum);
	SHOW(munmap(at, 2 * MAPS * PAGE));
}

static void large(void)
{
	long sum = 0;

	for (int round = 0; round < 40; round++) {
		char *block = malloc(20 << 20);
		sum += block ? block[10 << 20] : -1;
		if (block)
			block[(10 << 20) + round] = 1;
		free(block);
	}
	SHOW(sum);
	char *grown = NULL;
	for (size_t size = 1 << 16; size <= 32 << 20; size += 1 << 20) {
		grown = realloc(grown, size);
		grown[size - 1] = 1;
		grown[0]++;
	}
	SHOW(grown[0]);
	free(grown);
}

int main(void)
{
	for (int i = 0; i < 3; i++) {
		blocks();
		mappings();
		borders();
		large();
	}
	return 0;
}
