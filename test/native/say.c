/* SPDX-License-Identifier: MIT */
/* What the tests say, waiting, and chance. */
#include <framework/format.h>

#include "test/native/native.h"

const char *native_name = "native";

bool native_fail(const char *format, ...)
{
	char text[240];
	va_list list;

	va_start(list, format);
	text_format_list(text, sizeof text, format, list);
	va_end(list);
	log_line("%s: %s", native_name, text);
	return false;
}

bool native_ok(err_t err, const char *what)
{
	return err == OK || native_fail("%s: %s", what, err_sentence(err));
}

void native_sleep(uint64_t ns)
{
	static signal_t never;
	uint32_t badges, count;

	if (!cap_valid(never) && !native_ok(signal_alloc(&never), "signal"))
		return;
	err_t expected = signal_wait(never, clock_now() + ns, &badges, &count);
	(void)expected;
}

static uint64_t choice;

void chance_seed(uint64_t seed)
{
	choice = seed;
}

uint64_t chance(uint64_t most)
{
	choice ^= choice >> 32;
	choice *= 0xd6e8feb86659fd93u;
	choice ^= choice >> 29;
	choice += 0x9e3779b97f4a7c15u;
	return (choice >> 16) % most;
}
