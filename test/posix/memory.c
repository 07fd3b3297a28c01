/* SPDX-License-Identifier: MIT */
/* mmap, munmap, mremap, mprotect, madvise, brk and mincore: overlaps, holes, parts, errors. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "machine.h"
#include "show.h"

enum { PAGE = 4096 };
#define NONE (MAP_PRIVATE | MAP_ANONYMOUS)
#define READ_WRITE (PROT_READ | PROT_WRITE)

static sigjmp_buf back;
static char *hit;

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	hit = info->si_addr;
	siglongjmp(back, number * 10 + info->si_code);
}

/* 0: can be read; else signal * 10 + code, negated if the address was wrong. */
static int reads(const volatile char *at)
{
	int how = sigsetjmp(back, 1);

	if (!how)
		return *at & 0;
	return hit == at ? how : -how;
}

static int writes(volatile char *at, char value)
{
	int how = sigsetjmp(back, 1);

	if (!how)
		return *at = value, 0;
	return hit == at ? how : -how;
}

static char *map(size_t pages)
{
	char *at = mmap(NULL, pages * PAGE, READ_WRITE, NONE, -1, 0);

	for (size_t i = 0; i < pages; i++)
		at[i * PAGE] = (char)('a' + i);
	return at;
}

static void unmapping(void)
{
	char *at = map(8);

	SHOW(munmap(at + 2 * PAGE, 2 * PAGE));
	SHOW(munmap(at + 2 * PAGE, PAGE));
	SHOW(reads(at + PAGE));
	SHOW(reads(at + 2 * PAGE));
	SHOW(reads(at + 3 * PAGE + 77));
	SHOW(at[4 * PAGE]);
	SHOW(munmap(at + PAGE, 5 * PAGE));
	SHOW(at[0] + at[6 * PAGE]);
	SHOW(munmap(at + 1, PAGE));
	SHOW(munmap(at, 0));
	SHOW(munmap(at, (size_t)-PAGE));
	SHOW(munmap(at, 8 * PAGE));
	SHOW(reads(at));
}

static void fixing(void)
{
	char *at = map(8);

	HOLDS(mmap(at + 2 * PAGE, 2 * PAGE, READ_WRITE, NONE | MAP_FIXED, -1, 0) == at + 2 * PAGE);
	SHOW(at[2 * PAGE] + at[3 * PAGE]);
	SHOW(at[PAGE] + at[4 * PAGE]);
	SHOW((long)mmap(at, PAGE, READ_WRITE, NONE | MAP_FIXED_NOREPLACE, -1, 0));
	SHOW((long)mmap(at + 1, PAGE, READ_WRITE, NONE | MAP_FIXED, -1, 0));
	SHOW((long)mmap(NULL, 0, READ_WRITE, NONE, -1, 0));
	SHOW((long)mmap(NULL, PAGE, READ_WRITE, MAP_ANONYMOUS, -1, 0));
	SHOW((long)mmap(NULL, PAGE, READ_WRITE, MAP_PRIVATE, -1, 0));
	SHOW((long)mmap(NULL, PAGE, READ_WRITE, MAP_PRIVATE, 77, 0));
	SHOW((long)mmap(NULL, SIZE_MAX / 16 * 15, READ_WRITE, NONE, -1, 0));
	SHOW((long)mmap(NULL, (size_t)-1, READ_WRITE, NONE, -1, 0));
	SHOW(munmap(at, 8 * PAGE));
	HOLDS(mmap(at, PAGE, READ_WRITE, NONE | MAP_FIXED_NOREPLACE, -1, 0) == at);
	HOLDS(mmap(at + 3 * PAGE, PAGE, READ_WRITE, NONE, -1, 0) == at + 3 * PAGE);
	HOLDS(mmap(at, PAGE, READ_WRITE, NONE, -1, 0) != at);
	SHOW(munmap(at, 8 * PAGE));
}

static void protecting(void)
{
	char *at = map(6);

	SHOW(mprotect(at + PAGE, PAGE, PROT_READ));
	SHOW(mprotect(at + 2 * PAGE, PAGE, PROT_NONE));
	SHOW(writes(at + PAGE, 'x'));
	SHOW(reads(at + 2 * PAGE));
	SHOW(writes(at + 2 * PAGE + 5, 'x'));
	SHOW(mprotect(at, 6 * PAGE, READ_WRITE));
	SHOW(at[PAGE] + at[2 * PAGE] + at[5 * PAGE]);
	SHOW(munmap(at + 4 * PAGE, PAGE));
	SHOW(mprotect(at + 3 * PAGE, 3 * PAGE, PROT_READ));
	SHOW(writes(at + 3 * PAGE, 'x'));
	SHOW(writes(at + 5 * PAGE, 'x'));
	SHOW(mprotect(at + 1, PAGE, PROT_READ));
	SHOW(mprotect(at, 0, PROT_READ));
	SHOW(mprotect(at, PAGE, 0x100));
	SHOW(mprotect(at, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
	memcpy(at, machine_answer, machine_answer_size);
	__builtin___clear_cache(at, at + machine_answer_size);
	SHOW(((int (*)(void))at)());
	SHOW(mprotect(at, PAGE, PROT_EXEC));
	SHOW(((int (*)(void))at)());
	SHOW(munmap(at, 6 * PAGE));
}

static void reserving(void)
{
	const size_t huge = (SIZE_MAX >> (sizeof huge == 8 ? 24 : 3)) + 1;     /* 1 TiB, or 512 MiB */
	char *at = mmap(NULL, huge, PROT_NONE, NONE | MAP_NORESERVE, -1, 0);

	HOLDS(at != MAP_FAILED);
	SHOW(reads(at + huge / 2));
	SHOW(mprotect(at + huge / 2, 16 * PAGE, READ_WRITE));
	SHOW(writes(at + huge / 2 + PAGE, 'r'));
	SHOW(mprotect(at + huge / 2, 16 * PAGE, PROT_NONE));
	SHOW(reads(at + huge / 2 + PAGE));
	SHOW(mprotect(at + huge / 2, 16 * PAGE, READ_WRITE));
	SHOW(at[huge / 2 + PAGE]);
	SHOW(madvise(at + huge / 2, 16 * PAGE, MADV_DONTNEED));
	SHOW(at[huge / 2 + PAGE]);
	SHOW(munmap(at, huge));
}

/* Large parts and small ones, in the middle, without rights, that were moved: each reads as zero, its neighbours stay. */
static void discarding(void)
{
	const size_t size = 600 * PAGE;
	char *at = map(600), *to;

	memset(at, 'd', size);
	SHOW(madvise(at + PAGE, 300 * PAGE, MADV_DONTNEED));
	SHOW(madvise(at + 400 * PAGE, 2 * PAGE, MADV_DONTNEED));
	for (int page = 0; page < 600; page += 50)
		SHOW(at[page * PAGE] + at[page * PAGE + PAGE - 1]);
	SHOW(at[301 * PAGE]);
	at[5 * PAGE] = 'n';
	SHOW(mprotect(at + 450 * PAGE, 100 * PAGE, PROT_NONE));
	SHOW(madvise(at + 450 * PAGE, 50 * PAGE, MADV_DONTNEED));
	SHOW(mprotect(at + 450 * PAGE, 100 * PAGE, PROT_READ));
	SHOW(madvise(at + 540 * PAGE, 40 * PAGE, MADV_DONTNEED));
	SHOW(at[499 * PAGE] + at[500 * PAGE] + at[539 * PAGE] + at[540 * PAGE] + at[549 * PAGE] + at[579 * PAGE] + at[580 * PAGE]);
	SHOW(mprotect(at + 450 * PAGE, 100 * PAGE, READ_WRITE));     /* one area is moved, not several */
	to = mremap(at, size, 2 * size, MREMAP_MAYMOVE);
	HOLDS(to != MAP_FAILED);
	SHOW(to[0] + to[5 * PAGE] + to[400 * PAGE] + to[402 * PAGE]);
	SHOW(madvise(to + 2 * PAGE, 100 * PAGE, MADV_DONTNEED));
	SHOW(to[0] + to[2 * PAGE] + to[5 * PAGE] + to[301 * PAGE]);
	SHOW(munmap(to, 2 * size));
}

/* What shows a file or is shared is not the program's to discard. */
static void discarding_not(void)
{
	static const char text[2 * PAGE] = "file";
	int file = open("discarded", O_RDWR | O_CREAT, 0600);
	HOLDS(write(file, text, sizeof text) == sizeof text);
	char *private = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, file, 0);
	char *shared = mmap(NULL, 100 * PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *plain = map(100);

	memset(shared, 's', 100 * PAGE);
	SHOW(madvise(private, 2 * PAGE, MADV_DONTNEED));
	SHOW(memcmp(private, text, sizeof text));
	SHOW(madvise(shared, 100 * PAGE, MADV_DONTNEED));
	SHOW(madvise(shared, 2 * PAGE, MADV_DONTNEED));
	SHOW(shared[0] + shared[99 * PAGE]);
	SHOW(madvise(plain, 50 * PAGE, 24));     /* MADV_DONTNEED_LOCKED */
	SHOW(plain[0] + plain[49 * PAGE]);
	SHOW(plain[50 * PAGE] == (char)('a' + 50));
	SHOW(munmap(private, 2 * PAGE) + munmap(shared, 100 * PAGE) + munmap(plain, 100 * PAGE));
	SHOW(close(file) + unlink("discarded"));
}

/* Large parts that go, and come again: zero, with the neighbours as they were; the break likewise. */
static void parting(void)
{
	const size_t large = 4 << 20;
	char *at = map(600), *heap = sbrk(0);

	SHOW(munmap(at + 100 * PAGE, 400 * PAGE));
	SHOW(reads(at + 100 * PAGE));
	HOLDS(mmap(at + 200 * PAGE, 200 * PAGE, READ_WRITE, NONE | MAP_FIXED, -1, 0) == at + 200 * PAGE);
	SHOW(at[200 * PAGE] + at[399 * PAGE]);
	SHOW(at[99 * PAGE] == (char)('a' + 99) && at[500 * PAGE] == (char)('a' + 500));
	HOLDS(mmap(at, 90 * PAGE, READ_WRITE, NONE | MAP_FIXED, -1, 0) == at);
	SHOW(at[0] + at[89 * PAGE]);
	SHOW(at[90 * PAGE] == (char)('a' + 90));
	SHOW(munmap(at, 600 * PAGE));
	HOLDS(sbrk((intptr_t)large) != (void *)-1);
	memset(heap, 'h', large);
	HOLDS(sbrk(-(intptr_t)(large - 100)) != (void *)-1);
	HOLDS(sbrk((intptr_t)(large - 100)) != (void *)-1);
	SHOW(heap[99] + heap[100] + heap[PAGE * 2] + heap[large - 1]);
	HOLDS(sbrk(-(intptr_t)large) != (void *)-1);
}

static void moving(void)
{
	char *at = map(4), *to;

	to = mremap(at, 4 * PAGE, 16 * PAGE, MREMAP_MAYMOVE);
	SHOW(to[0] + to[3 * PAGE] + to[15 * PAGE]);
	to[15 * PAGE] = 'z';
	HOLDS(mremap(to, 16 * PAGE, 2 * PAGE, 0) == to);
	SHOW(reads(to + 2 * PAGE));
	HOLDS(mremap(to, 2 * PAGE, 4 * PAGE, 0) == to);
	SHOW(to[2 * PAGE]);
	at = map(8);
	HOLDS(mremap(to, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + 2 * PAGE) == at + 2 * PAGE);
	SHOW(at[PAGE] + at[2 * PAGE] + at[3 * PAGE] + at[4 * PAGE] + at[6 * PAGE]);
	SHOW(reads(to));
	SHOW((long)mremap(at, PAGE, 2 * PAGE, 0));
	SHOW((long)mremap(at, PAGE, 0, MREMAP_MAYMOVE));
	SHOW((long)mremap(at + 1, PAGE, PAGE, MREMAP_MAYMOVE));
	SHOW((long)mremap(at, PAGE, PAGE, MREMAP_FIXED, to));
	SHOW((long)mremap(at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + PAGE));
	SHOW((long)mremap(to, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
	SHOW((long)mremap(at, PAGE, 2 * PAGE, 64));
	SHOW(munmap(at, 8 * PAGE));
}

static void advising(void)
{
	char *at = map(6);

	SHOW(madvise(at + PAGE, 2 * PAGE, MADV_DONTNEED));
	SHOW(at[0] + at[PAGE] + at[2 * PAGE] + at[3 * PAGE]);
	SHOW(madvise(at, PAGE, MADV_WILLNEED));
	SHOW(madvise(at, PAGE, MADV_SEQUENTIAL));
	SHOW(madvise(at + 1, PAGE, MADV_DONTNEED));
	SHOW(madvise(at, PAGE, 77));
	SHOW(munmap(at + 3 * PAGE, PAGE));
	SHOW(madvise(at + 2 * PAGE, 3 * PAGE, MADV_DONTNEED));
	SHOW(at[5 * PAGE] + at[4 * PAGE]);
	SHOW(mlock(at, PAGE));
	SHOW(mincore(at, PAGE, (unsigned char *)at));
	SHOW(msync(at, PAGE, MS_SYNC));
	SHOW(munmap(at, 6 * PAGE));
}

static const char in_program[3 * PAGE] __attribute__((aligned(4096))) = "the program's own";
static const char *volatile words = in_program;

/* Pages of the program's file: thrown away they come again, made writable they are the program's alone. */
static void program_pages(void)
{
	char *page = (char *)words + PAGE;

	SHOW(writes(page, 'x'));
	SHOW(madvise((char *)words, PAGE, MADV_DONTNEED));
	puts(words);
	SHOW(mprotect((char *)words, PAGE, PROT_NONE));
	SHOW(reads(words));
	SHOW(mprotect((char *)words, 2 * PAGE, READ_WRITE));
	SHOW(writes(page, 'x'));
	((char *)words)[0] = 'T';
	puts(words);
	SHOW(page[0] + page[1] + page[PAGE]);
	SHOW(mprotect((char *)words, 3 * PAGE, PROT_READ));
	SHOW(writes(page, 'x'));
	puts(words);
}

static void breaking(void)
{
	char *start = sbrk(0);

	HOLDS(sbrk(100) == start);
	memset(start, 'b', 100);
	HOLDS(sbrk(5 << 20) == start + 100);
	SHOW(start[0] + start[100] + start[4 << 20]);
	start[3 << 20] = 'q';
	HOLDS(sbrk(-(4 << 20)) == start + 100 + (5 << 20));
	HOLDS(sbrk(4 << 20) == start + 100 + (1 << 20));
	SHOW(start[3 << 20]);
	SHOW(brk(start));
	SHOW(brk((char *)16) == 0);
	HOLDS(sbrk(0) == start);
}

static void mapping_files(void)
{
	char text[2 * PAGE + 100];
	int file = open("mapped", O_RDWR | O_CREAT, 0600);

	memset(text, 'f', sizeof text);
	SHOW(write(file, text, sizeof text));
	char *at = mmap(NULL, 3 * PAGE, READ_WRITE, MAP_PRIVATE, file, 0);
	SHOW(at[0] + at[2 * PAGE + 99] + at[2 * PAGE + 100] + at[3 * PAGE - 1]);
	at[0] = 'p';
	SHOW(pread(file, text, 1, 0));
	SHOW(text[0]);
	char *second = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, PAGE);
	SHOW(second[0]);
	SHOW(writes(second, 'x'));
	SHOW(munmap(second, PAGE));
	SHOW((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, file, 100));
	SHOW(ftruncate(file, 0));
	SHOW(close(file));
	SHOW(at[PAGE] ? 1 : 1);
	SHOW(munmap(at, 3 * PAGE));
	file = open("mapped", O_WRONLY);
	SHOW((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, file, 0));
	SHOW(close(file));
	file = open("mapped", O_RDONLY);
	SHOW((long)mmap(NULL, PAGE, READ_WRITE, MAP_SHARED, file, 0));
	HOLDS(mmap(NULL, PAGE, READ_WRITE, MAP_PRIVATE, file, 0) != MAP_FAILED);
	SHOW(unlink("mapped"));
	SHOW((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, open(".", O_RDONLY), 0));
	char *zero = mmap(NULL, PAGE, READ_WRITE, MAP_PRIVATE, open("/dev/zero", O_RDWR), 0);
	SHOW(zero == MAP_FAILED ? -1 : zero[5]);
	int *shared = mmap(NULL, PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	shared[0]++;
	SHOW(shared[0]);
}

/* What one side writes the other sees: mappings of one file, read and write. */
static void sharing_files(void)
{
	char byte = 0;
	int file = open("shared", O_RDWR | O_CREAT, 0600);

	SHOW(ftruncate(file, 3 * PAGE));
	SHOW(pwrite(file, "before", 6, 2 * PAGE));
	char *one = mmap(NULL, 3 * PAGE, READ_WRITE, MAP_SHARED, file, 0);
	char *two = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, 2 * PAGE);
	puts(two);
	one[2 * PAGE] = 'B';
	puts(two);
	SHOW(pread(file, &byte, 1, 2 * PAGE) * 1000 + byte);
	SHOW(pwrite(file, "AFTER!", 6, 2 * PAGE));
	puts(two);
	puts(one + 2 * PAGE);
	SHOW(ftruncate(file, 4 * PAGE));
	char *three = mmap(NULL, 4 * PAGE, READ_WRITE, MAP_SHARED, file, 0);
	three[3 * PAGE + 5] = 'x';
	SHOW(pread(file, &byte, 1, 3 * PAGE + 5) * 1000 + byte);
	HOLDS(mremap(one, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED);
	SHOW(msync(three, 4 * PAGE, MS_SYNC));
	SHOW(madvise(three, 4 * PAGE, MADV_DONTNEED));
	SHOW(three[2 * PAGE] + three[3 * PAGE + 5]);
	SHOW(close(file));
	SHOW(unlink("shared"));
	puts(two);
	SHOW(munmap(three, 4 * PAGE));
	SHOW(munmap(two, PAGE));
	SHOW(reads(two));
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	setvbuf(stdout, NULL, _IOFBF, 65536);
	unmapping();
	fixing();
	protecting();
	reserving();
	discarding();
	discarding_not();
	parting();
	moving();
	advising();
	program_pages();
	breaking();
	mapping_files();
	sharing_files();
	return 0;
}
