/* SPDX-License-Identifier: MIT */
/* Sizes as people write them: a number of bytes, or with K, M or G (powers of 1024). */
#ifndef NODE_SIZE_H
#define NODE_SIZE_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* False for anything else, and for what does not fit. */
static inline bool size_parse(const char *text, uint64_t *size)
{
	static const char units[] = "KMG";
	char *end;

	errno = 0;
	unsigned long long number = strtoull(text, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;
	int shift = unit ? ((int)(unit - units) + 1) * 10 : 0;
	if (end == text || *text == '-' || errno || (*end && (!unit || end[1])) || number > UINT64_MAX >> shift)
		return false;
	*size = (uint64_t)number << shift;
	return true;
}

#endif
