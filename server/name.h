/* SPDX-License-Identifier: MIT */
/* Names of components: 1 to 63 of [A-Za-z0-9._-], not starting with a dot. Pure, for servers and command line alike. */
#ifndef SERVER_NAME_H
#define SERVER_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { NAME_SIZE = 64 };

static inline bool name_valid(const char *name)
{
	size_t length = 0;

	for (; name[length]; length++) {
		char c = name[length];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (length == NAME_SIZE - 1 || (!letter && c != '.' && c != '_' && c != '-'))
			return false;
	}
	return length && name[0] != '.' && name[0] != '-';
}

/* What follows the last "-> " of a session's label. */
static inline const char *label_name(const char *label)
{
	const char *last = label;

	for (; *label; label++)
		if (label[0] == '-' && label[1] == '>' && label[2] == ' ')
			last = label + 3;
	return last;
}

#endif
