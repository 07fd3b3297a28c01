/* SPDX-License-Identifier: MIT */
/* The library OS: a component that becomes an unmodified Linux program. See README.md for the reading order. */
#include <framework/env.h>

#include "posix/call.h"
#include "posix/file.h"
#include "posix/process.h"
#include "posix/thread.h"

int component_main(addr_t argument)
{
	(void)argument;
	calls_start();
	err_t err = threads_start();
	if (err == OK && file_start() < 0)
		err = ERR_MEMORY_QUOTA;
	if (err != OK) {
		log_line("start: %s", err_sentence(err));
		return 126;
	}
	return process_start();
}
