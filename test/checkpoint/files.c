/* SPDX-License-Identifier: MIT */
/* Keeps a file that is written at its end and read back elsewhere, a second descriptor with its
 * own position, a duplicate that shares one, and a file that was unlinked while it is open. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/checkpoint/subject.h"

SUBJECT(files, "files keep content, positions, sizes and unlinked data");

enum { WORDS = 64, PER_STEP = 4, KEPT = 1 << 20 };
static const char file_name[] = "subject-files.data", lost_name[] = "subject-files.lost";

static int file_open(const char *name, int flags)
{
	int file = open(name, flags, 0600);

	subject_check(file >= 0, "open %s: errno %d", name, errno);
	return file;
}

static void block_make(uint64_t number, uint64_t *block)
{
	for (unsigned i = 0; i < WORDS; i++)
		block[i] = subject_mix(number * WORDS + i);
}

static void block_append(int file, uint64_t number)
{
	uint64_t block[WORDS];

	block_make(number, block);
	subject_check(write(file, block, sizeof(block)) == (ssize_t)sizeof(block), "write %llu",
		      (unsigned long long)number);
}

static void block_compare(const uint64_t *block, uint64_t number)
{
	uint64_t expected[WORDS];

	block_make(number, expected);
	for (unsigned i = 0; i < WORDS; i++)
		subject_check(block[i] == expected[i], "block %llu word %u", (unsigned long long)number, i);
}

static void block_expect(int file, uint64_t number)
{
	uint64_t block[WORDS];

	subject_check(lseek(file, 0, SEEK_CUR) == (off_t)(number * sizeof(block)), "position of block %llu",
		      (unsigned long long)number);
	subject_check(read(file, block, sizeof(block)) == (ssize_t)sizeof(block), "read %llu",
		      (unsigned long long)number);
	block_compare(block, number);
}

static void lost_check(int lost, uint64_t number)
{
	uint64_t block[WORDS];
	struct stat status;

	subject_check(pwrite(lost, block, 0, 0) == 0, "empty write");
	block_make(number, block);
	subject_check(pwrite(lost, block, sizeof(block), 4096) == (ssize_t)sizeof(block), "pwrite");
	subject_check(pread(lost, block, sizeof(block), 4096) == (ssize_t)sizeof(block), "pread");
	block_compare(block, number);
	subject_check(pread(lost, block, sizeof(block), 0) == (ssize_t)sizeof(block), "pread");
	block_compare(block, 7);
	subject_check(fstat(lost, &status) == 0 && status.st_nlink == 0, "links of an unlinked file");
	subject_check(status.st_size == 4096 + (off_t)sizeof(block), "size %lld", (long long)status.st_size);
}

int main(int argc, char **argv)
{
	unsigned long steps = subject_begin(argc, argv);
	int writer = file_open(file_name, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND);
	int reader = file_open(file_name, O_RDONLY), shared = dup(reader);
	int lost = file_open(lost_name, O_CREAT | O_TRUNC | O_RDWR);
	uint64_t number = 0, first = 0, result = 0;

	subject_check(shared >= 0, "dup: errno %d", errno);
	block_append(lost, 7);
	subject_check(unlink(lost_name) == 0, "unlink: errno %d", errno);
	for (unsigned long step = 0; step < steps; step++) {
		for (int i = 0; i < PER_STEP; i++, number++) {
			block_append(writer, number - first);
			block_expect(i % 2 ? shared : reader, number - first);
			lost_check(lost, number);
		}
		subject_check(open(lost_name, O_RDONLY) < 0 && errno == ENOENT, "unlinked name is back");
		if ((number - first) * WORDS * sizeof(uint64_t) >= KEPT) {
			subject_check(ftruncate(writer, 0) == 0, "ftruncate: errno %d", errno);
			subject_check(lseek(shared, 0, SEEK_SET) == 0, "lseek: errno %d", errno);
			first = number;
		}
		result = subject_work(result ^ number, 100000);
	}
	subject_check(unlink(file_name) == 0, "unlink: errno %d", errno);
	return subject_finish(steps, result);
}
