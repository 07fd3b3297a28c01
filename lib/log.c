/* SPDX-License-Identifier: MIT */
/* Lines to the LOG session, see framework/env.h. */
#include <framework/env.h>
#include <framework/format.h>
#include <framework/memory.h>
#include <log/session.h>

enum { LINE = 480 };

void log_line(const char *format, ...)
{
	char line[LINE];
	va_list list;

	va_start(list, format);
	int wanted = text_format_list(line, sizeof line - 1, format, list);
	va_end(list);
	uint32_t length = wanted < LINE - 2 ? (uint32_t)wanted : LINE - 2;
	line[length++] = '\n';
	for (uint32_t done = 0; done < length;) {
		struct log_write_request request = {.length = length - done < LOG_TEXT ? length - done : LOG_TEXT};
		struct log_write_reply reply;
		memcpy(request.text, line + done, request.length);
		if (log_write((ep_t){SLOT_LOG}, &request, NULL, &reply, NULL) != OK)
			return;
		done += request.length;
	}
}
