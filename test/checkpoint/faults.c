/* SPDX-License-Identifier: MIT */
/* A write barrier in user space: pages are read-only until their first write, whose SIGSEGV opens and counts them, as
 * collectors and trackers of dirty memory do. Two threads write, so that most instants hit a fault on its way. */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "test/checkpoint/subject.h"

SUBJECT(faults, "first writes fault once each, with the right address, and are done again");

enum { PAGE = 4096, PAGES = 64, WORDS = PAGE / 8, WRITERS = 2 };

struct writer {
	uint64_t *pages;
	unsigned long steps;
	uint64_t result;
	pthread_t thread;
};

static struct writer writers[WRITERS];
static _Thread_local volatile sig_atomic_t faults;
static _Thread_local void *volatile expected;

static void page_open(int number, siginfo_t *info, void *context)
{
	uintptr_t page = (uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1);

	(void)number;
	(void)context;
	subject_check(info->si_addr == expected, "fault at %p, not %p", info->si_addr, expected);
	subject_check(mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE) == 0, "open %p", info->si_addr);
	faults++;
}

/* Writes every page in an order of its own; each faults once. */
static void round_write(struct writer *self, unsigned long step)
{
	int before = faults;

	subject_check(mprotect(self->pages, PAGES * PAGE, PROT_READ) == 0, "step %lu: close", step);
	for (unsigned i = 0; i < PAGES; i++) {
		uint64_t *word = self->pages + (i * 37 + step) % PAGES * WORDS + (step + i) % WORDS;
		uint64_t old = *(volatile uint64_t *)word;
		expected = word;
		*(volatile uint64_t *)word = subject_mix(old + i);
		subject_check(*(volatile uint64_t *)word == subject_mix(old + i), "step %lu: word %p", step, (void *)word);
		self->result = subject_mix(self->result ^ *word);
	}
	subject_check(faults - before == PAGES, "step %lu: %d faults", step, (int)faults - before);
}

static void *writer_run(void *argument)
{
	struct writer *self = argument;

	for (unsigned long step = 0; step < self->steps; step++)
		round_write(self, step);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_sigaction = page_open, .sa_flags = SA_SIGINFO};
	unsigned long steps = subject_begin(argc, argv);
	uint64_t result = 0;

	subject_check(sigaction(SIGSEGV, &action, NULL) == 0, "sigaction");
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){.steps = steps, .result = (uint64_t)i};
		writers[i].pages = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		subject_check(writers[i].pages != MAP_FAILED, "mmap");
		subject_check(pthread_create(&writers[i].thread, NULL, writer_run, &writers[i]) == 0, "thread");
	}
	for (int i = 0; i < WRITERS; i++) {
		subject_check(pthread_join(writers[i].thread, NULL) == 0, "join");
		result = subject_mix(result ^ writers[i].result);
	}
	return subject_finish(steps, result);
}
