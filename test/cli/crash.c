/* SPDX-License-Identifier: MIT */
/* crash: writes a line, then to an address that is not mapped. crash WORD: takes memory until there is no more, ends with 9. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int *volatile nowhere = (volatile int *)16;

int main(int count, char **words)
{
	(void)words;
	if (count > 1) {
		for (char *piece; (piece = malloc(1 << 20)) != NULL;)
			memset(piece, 1, 1 << 20);
		return 9;
	}
	puts("before");
	fflush(stdout);
	*nowhere = 1;
	return 0;
}
