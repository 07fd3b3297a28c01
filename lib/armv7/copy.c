/* SPDX-License-Identifier: MIT */
/* Copying and filling by blocks of eight registers, where both sides are aligned to words. */
#include <framework/memory.h>

#include <stdint.h>

enum { WORD = sizeof(uint32_t), BLOCK = 32 };

/* Whole blocks, upwards; both addresses and the count are moved on. */
static void blocks_copy(uint8_t **to, const uint8_t **from, size_t *size)
{
	uint8_t *target = *to;
	const uint8_t *source = *from;
	size_t left = *size;

	while (left >= BLOCK) {
		__asm__ volatile("ldmia %1!, {r3-r10}\n\tstmia %0!, {r3-r10}"
		                 : "+r"(target), "+r"(source)
		                 :
		                 : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "memory");
		left -= BLOCK;
	}
	*to = target;
	*from = source;
	*size = left;
}

void *memcpy(void *to, const void *from, size_t size)
{
	uint8_t *target = to;
	const uint8_t *source = from;

	if (!(((uintptr_t)target ^ (uintptr_t)source) % WORD)) {
		for (; size && (uintptr_t)target % WORD; size--)
			*target++ = *source++;
		blocks_copy(&target, &source, &size);
		for (; size >= WORD; size -= WORD, target += WORD, source += WORD)
			*(uint32_t __attribute__((may_alias)) *)target = *(const uint32_t __attribute__((may_alias)) *)source;
	}
	for (; size; size--)
		*(volatile uint8_t *)target++ = *source++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	if ((uintptr_t)to - (uintptr_t)from >= size)
		return memcpy(to, from, size);
	volatile uint8_t *target = (uint8_t *)to + size;
	const uint8_t *source = (const uint8_t *)from + size;
	while (size--)
		*--target = *--source;
	return to;
}

static uint8_t *blocks_fill(uint8_t *to, uint32_t word, size_t blocks)
{
	__asm__ volatile("mov r3, %2\n\tmov r4, %2\n\tmov r5, %2\n\tmov r6, %2\n\t"
	                 "mov r7, %2\n\tmov r8, %2\n\tmov r9, %2\n\tmov r10, %2\n"
	                 "1:\tstmia %0!, {r3-r10}\n\tsubs %1, %1, #1\n\tbne 1b"
	                 : "+r"(to), "+r"(blocks)
	                 : "r"(word)
	                 : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "cc", "memory");
	return to;
}

void *memset(void *to, int value, size_t size)
{
	uint8_t *target = to;
	uint32_t word = (uint8_t)value * 0x01010101u;

	for (; size && (uintptr_t)target % WORD; size--)
		*(volatile uint8_t *)target++ = (uint8_t)value;
	if (size >= BLOCK)
		target = blocks_fill(target, word, size / BLOCK);
	size %= BLOCK;
	for (; size; size--)
		*(volatile uint8_t *)target++ = (uint8_t)value;
	return to;
}
