/* SPDX-License-Identifier: MIT */
/* Bytes and strings for components: the names and contracts of the C standard (ISO C11, 7.24). */
#ifndef FRAMEWORK_MEMORY_H
#define FRAMEWORK_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t limit);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t limit);

/* True if text[0 .. size) holds a zero: then it is a string that may be used. For fields of messages. */
static inline bool string_ends(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

/* And it has no control characters: a name that may stand in an image and in a log. */
static inline bool string_is_name(const char *text, size_t size)
{
	size_t length = strnlen(text, size);

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return length < size;
}

#endif
