/* SPDX-License-Identifier: MIT */
/* Opens more sessions than init remembers ends of at a time, uses each, and ends without closing one. */
#include <framework/env.h>

#include "test/system/echo.h"

enum { SESSIONS = 300 };
#define LIMIT_NS 10000000000ull

int component_main(addr_t argument)
{
	const struct echo_say_request request = {41};
	struct echo_say_reply reply;
	struct session session;

	(void)argument;
	for (uint32_t i = 0; i < SESSIONS; i++)
		if (session_open("ECHO", "guest", LIMIT_NS, &session) != OK ||
		    echo_say(session.ep, &request, NULL, &reply, NULL) != OK || reply.value != 42)
			return 1;
	log_line("%u sessions", reply.sessions);
	return 0;
}
