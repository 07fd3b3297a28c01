/* SPDX-License-Identifier: MIT */
/* The limit of a stop-and-copy checkpoint: memcpy of N bytes by one core from one shared mapping to
 * another, both populated with 4 KiB pages and touched before. Each copy is timed on its own.
 *   usage: bench-copy [-r REPEATS] [-l] SIZE...     CSV, one line per size; times in microseconds
 * A size is a number of MiB, or with K or B behind it of KiB or bytes. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sample.h"

static void *memory_map(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE,
			    -1, 0);

	if (memory == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	/* Where shared memory may get huge pages this keeps to small ones; else it fails harmlessly. */
	(void)madvise(memory, size, MADV_NOHUGEPAGE);
	return memory;
}

static void copy_measure(size_t size, struct sample *sample)
{
	uint8_t *source = memory_map(size), *destination = memory_map(size);

	memset(source, 1, size);
	memcpy(destination, source, size); /* warm: every page touched, caches as they come */
	for (size_t i = 0; i < sample->capacity; i++) {
		int64_t start;

		source[i * 4099 % size]++;
		start = sample_now();
		memcpy(destination, source, size);
		__asm__ volatile("" : : "r"(destination) : "memory");
		sample_add(sample, sample_now() - start);
	}
	munmap(source, size);
	munmap(destination, size);
}

int main(int argc, char **argv)
{
	int first = 1;
	size_t repeats = sample_repeats(argc, argv, 21, &first);

	if (first >= argc) {
		fprintf(stderr, "usage: bench-copy [-r REPEATS] [-l] SIZE...\n");
		return 2;
	}
	sample_header("size");
	for (int i = first; i < argc; i++) {
		struct sample sample;
		size_t size = sample_size("bench-copy", argv[i]);

		sample_init(&sample, repeats);
		copy_measure(size, &sample);
		sample_print(&sample, "copy", argv[i]);
		sample_done(&sample);
	}
	return 0;
}
