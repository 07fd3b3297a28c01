/* SPDX-License-Identifier: MIT */
/*
 * Escaping with a strict UTF-8 decoder (RFC 3629): no overlong forms, no surrogates, no control
 * characters.
 */
#include "escape.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the printable character at `text`, 0 if there is none. */
static uint32_t character_size(const uint8_t *text, uint32_t room)
{
	static const uint32_t least[] = {0, 0, 0xa0, 0x800, 0x10000};
	uint32_t size = text[0] < 0xc0 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	uint32_t code = text[0] & (0x7fu >> size);

	if (text[0] < 0x80)
		return text[0] >= 0x20 && text[0] != 0x7f && text[0] != '\\';
	if (size == 1 || size > room || text[0] >= 0xf8)
		return 0;
	for (uint32_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	/* Marks that turn the direction of text around. */
	if ((code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069))
		return 0;
	return size;
}

char *image_text(const void *record, uint32_t n)
{
	uint32_t length;
	const uint8_t *piece = image_piece(record, n, &length);
	char *text = malloc((size_t)length * 4 + 1);
	char *to = text;

	if (text == NULL)
		return NULL;
	for (uint32_t i = 0; i < length;) {
		uint32_t size = character_size(piece + i, length - i);
		if (size > 0) {
			memcpy(to, piece + i, size);
			to += size;
			i += size;
		} else {
			if (piece[i] == 0)
				*to++ = ' ';
			else
				to += sprintf(to, "\\x%02x", piece[i]);
			i++;
		}
	}
	while (to > text && to[-1] == ' ')
		to--;
	*to = 0;
	return text;
}

char *image_state_text(const void *record, uint32_t n)
{
	static const char any[] = "=4294967295";
	char *text = image_text(record, n);
	const size_t length = sizeof(any) - 1, word = strlen("any");

	for (char *at = text; at != NULL && (at = strstr(at, any)) != NULL; at++)
		if (at[length] == 0 || at[length] == ' ') {
			memcpy(at + 1, "any", word);
			memmove(at + 1 + word, at + length, strlen(at + length) + 1);
		}
	return text;
}
