/* SPDX-License-Identifier: MIT */
/* Copying and filling by the string instructions, which current processors do at full bandwidth (ERMS, FSRM). */
#include <framework/memory.h>

#include <stdint.h>

void *memcpy(void *to, const void *from, size_t size)
{
	void *result = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
	return result;
}

void *memmove(void *to, const void *from, size_t size)
{
	if ((uintptr_t)to - (uintptr_t)from >= size)
		return memcpy(to, from, size);
	uint8_t *target = (uint8_t *)to + size - 1;
	const uint8_t *source = (const uint8_t *)from + size - 1;
	__asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(target), "+S"(source), "+c"(size) : : "memory");
	return to;
}

void *memset(void *to, int value, size_t size)
{
	void *result = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
	return result;
}
