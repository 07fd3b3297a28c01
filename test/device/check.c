/* SPDX-License-Identifier: MIT */
/* See check.h. */
#include "test/device/check.h"

uint32_t failures;

void check(bool condition, const char *text, const char *file, int line)
{
	if (condition)
		return;
	failures++;
	log_line("failed: %s, line %d: not (%s)", file, line, text);
}

void check_err(err_t found, err_t wanted, const char *text, const char *file, int line)
{
	if (found == wanted)
		return;
	failures++;
	log_line("failed: %s, line %d: %s: %s; expected: %s", file, line, text, err_sentence(found), err_sentence(wanted));
}
