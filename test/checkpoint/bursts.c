/* SPDX-License-Identifier: MIT */
/* Sleeps for a moment, then calls servers several times in a row: maps pages, fills, protects, moves and unmaps them. One
 * thread, so that it may run above its servers: a lock whose holder is in a call would keep those from answering. */
#include <errno.h>
#include <sys/mman.h>
#include <time.h>

#include "test/checkpoint/subject.h"

SUBJECT(bursts, "bursts of calls after short sleeps do what they are to");

enum { PAGE = 4096, WORDS = PAGE / 8, PER_STEP = 3, SLEEP_NANOSECONDS = 200000 };

static void moment_sleep(uint64_t random)
{
	struct timespec left = {.tv_nsec = (long)(random % SLEEP_NANOSECONDS)};

	while (nanosleep(&left, &left) != 0)
		subject_check(errno == EINTR, "nanosleep: errno %d", errno);
}

static void words_check(const uint64_t *words, size_t pages, uint64_t seed)
{
	for (size_t page = 0; page < pages; page++) {
		uint64_t word = words[page * WORDS + seed % WORDS];

		subject_check(word == subject_mix(seed + page), "page %zu holds %llx", page, (unsigned long long)word);
	}
}

static void burst(uint64_t seed)
{
	size_t pages = 1 + seed % 4;
	uint64_t *words = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	subject_check(words != MAP_FAILED, "mmap: errno %d", errno);
	for (size_t page = 0; page < pages; page++) {
		subject_check(words[page * WORDS] == 0, "new page %zu is not zero", page);
		words[page * WORDS + seed % WORDS] = subject_mix(seed + page);
	}
	subject_check(mprotect(words, pages * PAGE, PROT_READ) == 0, "mprotect: errno %d", errno);
	words_check(words, pages, seed);
	words = mremap(words, pages * PAGE, 2 * pages * PAGE, MREMAP_MAYMOVE);
	subject_check(words != MAP_FAILED, "mremap: errno %d", errno);
	words_check(words, pages, seed);
	subject_check(munmap(words, 2 * pages * PAGE) == 0, "munmap: errno %d", errno);
}

int main(int argc, char **argv)
{
	unsigned long steps = subject_begin(argc, argv);
	uint64_t result = 0;

	for (unsigned long round = 0; round < steps * PER_STEP; round++) {
		moment_sleep(result >> 16);
		result = subject_mix(result + round);
		burst(result);
	}
	return subject_finish(steps, result);
}
