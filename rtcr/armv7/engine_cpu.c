/* SPDX-License-Identifier: MIT */
/* Copying by vector registers, 64 bytes at a time: pages are aligned and whole. Nothing else here uses these registers. */
#include <framework/memory.h>

#include "rtcr/strategy.h"

enum { BLOCK = 64 };

static void copy(void *to, const void *from, uint64_t size)
{
	uint32_t blocks = (uint32_t)(size / BLOCK), rest = (uint32_t)(size % BLOCK);

	if (blocks)
		__asm__ volatile(".fpu neon\n"
		                 "1:\tvld1.64 {d0-d3}, [%1]!\n\tvld1.64 {d4-d7}, [%1]!\n\tsubs %2, %2, #1\n\t"
		                 "vst1.64 {d0-d3}, [%0]!\n\tvst1.64 {d4-d7}, [%0]!\n\tbne 1b"
		                 : "+r"(to), "+r"(from), "+r"(blocks)
		                 :
		                 : "cc", "memory");
	memcpy(to, from, rest);
}

static void finish(void)
{
}

const struct copy_engine engine_cpu = {"cpu", copy, finish};
