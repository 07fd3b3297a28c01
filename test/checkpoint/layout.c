/* SPDX-License-Identifier: MIT */
/* Keeps a table of mappings that it maps, protects, moves, grows, shrinks and unmaps at random,
 * and probes one page of each step through a SIGSEGV handler: content and rights must be the table's. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "test/checkpoint/subject.h"

SUBJECT(layout, "mappings keep addresses, sizes, rights and content");

enum { REGIONS = 12, PAGE = 4096, PAGES_MOST = 16, PER_STEP = 6 };
struct region {
	uint8_t *base; /* NULL: not mapped; then only `hole` is known */
	uint8_t *hole;
	size_t pages;
	int rights;
	uint64_t seed;
};
static struct region regions[REGIONS];
static sigjmp_buf probe_return;
static uint8_t *volatile probe_address;

static void handle_fault(int signal, siginfo_t *information, void *context)
{
	subject_check(signal == SIGSEGV && context != NULL, "signal %d", signal);
	subject_check((uint8_t *)information->si_addr == probe_address, "fault at %p, probed %p",
		      information->si_addr, (void *)probe_address);
	siglongjmp(probe_return, 1);
}

/* Whether the access at the address faults; a write puts back what was there. */
static int probe(uint8_t *address, int rights)
{
	volatile uint8_t *byte = address;

	probe_address = address;
	if (sigsetjmp(probe_return, 1) != 0)
		return 0;
	if (rights == PROT_READ)
		(void)*byte;
	else
		*byte = *byte;
	return 1;
}

static uint64_t *region_word(const struct region *region, size_t page)
{
	return (uint64_t *)(void *)(region->base + page * PAGE + (region->seed + page) % 500 * 8);
}

static void region_fill(struct region *region, size_t from)
{
	for (size_t page = from; page < region->pages; page++)
		*region_word(region, page) = subject_mix(region->seed + page);
}

static void region_check(const struct region *region, unsigned long step)
{
	for (size_t page = 0; page < region->pages; page++) {
		uint8_t *address = region->base + page * PAGE;

		subject_check(probe(address, PROT_READ) == (region->rights >= PROT_READ),
			      "step %lu: page %p may be read", step, (void *)address);
		subject_check(probe(address, PROT_WRITE) == (region->rights > PROT_READ),
			      "step %lu: page %p may be written", step, (void *)address);
		if (region->rights != PROT_NONE)
			subject_check(*region_word(region, page) == subject_mix(region->seed + page),
				      "step %lu: content of %p", step, (void *)address);
	}
}

static void region_protect(struct region *region, int rights)
{
	subject_check(mprotect(region->base, region->pages * PAGE, rights) == 0, "mprotect: errno %d", errno);
	region->rights = rights;
}

static void region_map(struct region *region, size_t pages, uint64_t seed)
{
	*region = (struct region){.pages = pages, .rights = PROT_READ | PROT_WRITE, .seed = seed};
	region->base = mmap(NULL, pages * PAGE, region->rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	subject_check(region->base != MAP_FAILED, "mmap: errno %d", errno);
	region_fill(region, 0);
}

static void region_unmap(struct region *region)
{
	subject_check(munmap(region->base, region->pages * PAGE) == 0, "munmap: errno %d", errno);
	subject_check(!probe(region->base, PROT_READ), "unmapped %p can be read", (void *)region->base);
	*region = (struct region){.hole = region->base};
}

static void region_resize(struct region *region, size_t pages)
{
	size_t before = region->pages;

	region_protect(region, PROT_READ | PROT_WRITE);
	region->base = mremap(region->base, before * PAGE, pages * PAGE, MREMAP_MAYMOVE);
	subject_check(region->base != MAP_FAILED, "mremap: errno %d", errno);
	region->pages = pages;
	if (pages > before)
		region_fill(region, before);
}

static void region_change(struct region *region, uint64_t random)
{
	static const int rights[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE};
	size_t pages = 1 + (random >> 8) % PAGES_MOST;

	if (!region->base)
		region_map(region, pages, random >> 16);
	else if (random % 4 == 0)
		region_unmap(region);
	else if (random % 4 == 1)
		region_resize(region, pages);
	else
		region_protect(region, rights[(random >> 4) % 3]);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_sigaction = handle_fault, .sa_flags = SA_SIGINFO};
	unsigned long steps = subject_begin(argc, argv);
	uint64_t random = 1, result = 0;

	subject_check(sigaction(SIGSEGV, &action, NULL) == 0, "sigaction");
	for (unsigned long step = 0; step < steps; step++) {
		for (int i = 0; i < PER_STEP; i++) {
			random = subject_mix(random);
			region_change(&regions[(random >> 40) % REGIONS], random);
		}
		for (int i = 0; i < REGIONS; i++) {
			if (regions[i].base)
				region_check(&regions[i], step);
			result = subject_mix(result ^ regions[i].seed ^ regions[i].pages);
		}
	}
	return subject_finish(steps, result);
}
