/* SPDX-License-Identifier: MIT */
/* Moves the program break up and down by odd amounts. Below it the content stays, what is given
 * back and taken again is zero, and the break is always where it was put last. */
#include <unistd.h>

#include "test/checkpoint/subject.h"

SUBJECT(brk, "the program break keeps its place and its content");

enum { PAGE = 4096, SIZE_MOST = 1 << 20, PER_STEP = 4 };
static char output[4096];

static void memory_check(const uint64_t *words, size_t count, unsigned long step)
{
	for (size_t i = 0; i < count; i += 13)
		subject_check(words[i] == subject_mix(i), "step %lu: word %zu", step, i);
}

static size_t break_set(uint64_t *base, size_t before, size_t after, unsigned long step)
{
	uint64_t *clean = base + (before / PAGE + 1) * (PAGE / 8);

	subject_check(sbrk((intptr_t)after - (intptr_t)before) == (uint8_t *)base + before,
		      "step %lu: break was not at %zu", step, before);
	subject_check(sbrk(0) == (uint8_t *)base + after, "step %lu: break is not at %zu", step, after);
	for (; clean < base + after / 8; clean += PAGE / 8)
		subject_check(*clean == 0, "step %lu: new page %p is not zero", step, (void *)clean);
	for (size_t i = before / 8; i < after / 8; i++)
		base[i] = subject_mix(i);
	memory_check(base, after / 8, step);
	return after;
}

int main(int argc, char **argv)
{
	unsigned long steps;
	uint64_t random = 1, result = 0, *base;
	size_t size = 0;

	setvbuf(stdout, output, _IOFBF, sizeof(output)); /* no allocation by the library after this */
	steps = subject_begin(argc, argv);
	subject_check(sbrk(-(intptr_t)((uintptr_t)sbrk(0) % PAGE) + PAGE) != (void *)-1, "align");
	base = sbrk(0);
	subject_check((uintptr_t)base % PAGE == 0, "break at %p", (void *)base);
	for (unsigned long step = 0; step < steps * PER_STEP; step++) {
		random = subject_mix(random);
		size = break_set(base, size, (random >> 20) % (SIZE_MOST / 8) * 8, step);
		memory_check(base, size / 8, step);
		result = subject_mix(result ^ size);
	}
	return subject_finish(steps, result);
}
