/* SPDX-License-Identifier: MIT */
/* x86-64 machines, see machine.h; the words are those of image/format.h (Intel SDM vol. 2, CPUID). */
#include <framework/memory.h>

#include "rtcr/machine.h"

#define LIBRARY_LOW 0x500000000000ul
#define LIBRARY_HIGH 0x5e0000000000ul

static void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	__asm__ volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(subleaf));
}

/* Bits that change from core to core or moment to moment are no features: APIC id, OSXSAVE. */
void machine_describe(struct image_header *header)
{
	uint32_t one[4], seven[4], save[4], area[4], extended[4], low, high;

	cpuid(1, 0, one);
	cpuid(7, 0, seven);
	cpuid(0xd, 1, save);
	cpuid(0xd, 0, area);
	cpuid(0x80000001, 0, extended);
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	const uint32_t words[] = {one[2], one[3], seven[1], seven[2], seven[3], save[0], extended[2], extended[3]};
	header->kernel = IMAGE_KERNEL_LINUX;
	header->architecture = IMAGE_ARCHITECTURE_X86_64;
	header->feature_count = sizeof words / sizeof *words;
	memcpy(header->features, words, sizeof words);
	header->xsave_mask = low | (uint64_t)high << 32;
	header->xsave_size = area[1];
}

uint64_t machine_instruction(const struct registers *registers)
{
	return registers->rip;
}

int machine_in_library(const struct registers *registers)
{
	return registers->rip >= LIBRARY_LOW && registers->rip < LIBRARY_HIGH;
}
