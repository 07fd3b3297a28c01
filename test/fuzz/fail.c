/* SPDX-License-Identifier: MIT */
/* How fuzz targets end, see FUZZ_CHECK. */
#include <stdio.h>
#include <stdlib.h>

#include "test/fuzz/kernel.h"

_Noreturn void fuzz_fail(const char *file, int line, const char *sentence)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, sentence);
	abort();
}
