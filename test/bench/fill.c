/* SPDX-License-Identifier: MIT */
/* The limit of a restore: fresh shared memory of N bytes is mapped and populated with 4 KiB pages, filled
 * from a file that lies in the page cache, and each MiB of it is hashed as an image is (image/digest.c),
 * right after it was read. The three are one sequence and timed together; unmapping is not.
 *   usage: bench-fill [-r REPEATS] [-l] DIR SIZE...     the file is made in DIR, which says what is read */
#include <fcntl.h>
#include <image/digest.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sample.h"

enum { CHUNK = 1 << 20 };
static volatile uint64_t hashed; /* so that no hash is left out */

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* A file of this size, without a name when this returns; what was written is in the page cache. */
static int file_make(const char *directory, size_t size)
{
	static unsigned char block[CHUNK];
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		fail(directory);
	for (size_t i = 0; i < sizeof block; i++)
		block[i] = (unsigned char)(i * 31 + (i >> 12));
	for (size_t at = 0; at < size;) {
		ssize_t count = write(fd, block, size - at < CHUNK ? size - at : CHUNK);
		if (count <= 0)
			fail("write");
		at += (size_t)count;
	}
	/* Written back now, not while measuring. */
	if (fsync(fd) != 0)
		fail("fsync");
	return fd;
}

static void fill_measure(int fd, size_t size, struct sample *sample)
{
	for (size_t i = 0; i < sample->capacity; i++) {
		int64_t start = sample_now();
		uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		uint64_t sum = 0;

		if (memory == MAP_FAILED)
			fail("mmap");
		for (size_t at = 0; at < size; at += CHUNK) {
			size_t part = size - at < CHUNK ? size - at : CHUNK;
			if (pread(fd, memory + at, part, (off_t)at) != (ssize_t)part)
				fail("pread");
			sum ^= digest_chunk(memory + at, part);
		}
		hashed = sum;
		sample_add(sample, sample_now() - start);
		munmap(memory, size);
	}
}

int main(int argc, char **argv)
{
	int first = 1;
	size_t repeats = sample_repeats(argc, argv, 21, &first);

	if (first + 1 >= argc) {
		fprintf(stderr, "usage: bench-fill [-r REPEATS] [-l] DIR SIZE...\n");
		return 2;
	}
	sample_header("size");
	for (int i = first + 1; i < argc; i++) {
		size_t size = sample_size("bench-fill", argv[i]);
		struct sample sample;
		int fd = file_make(argv[first], size);

		sample_init(&sample, repeats);
		fill_measure(fd, size, &sample);
		sample_print(&sample, "fill", argv[i]);
		sample_done(&sample);
		close(fd);
	}
	return 0;
}
