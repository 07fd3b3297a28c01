/* SPDX-License-Identifier: MIT */
/* What the tests say, and waiting. */
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
