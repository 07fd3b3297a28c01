/* SPDX-License-Identifier: MIT */
/* A native workload: COUNT dataspaces of 1 MiB, attached and filled; says so, and waits for ever. */
#include <framework/memory.h>

#include "component/subject.h"

enum { COUNT_MOST = 1024 };
#define SIZE ((uint64_t)1 << 20)

int component_main(addr_t argument)
{
	uint64_t count = subject_begin("dataspaces", "fills COUNT dataspaces of 1 MiB");

	(void)argument;
	subject_check(count <= COUNT_MOST, "at most %u dataspaces", COUNT_MOST);
	for (uint64_t n = 0; n < count; n++) {
		void *bytes;
		ds_t ds;
		subject_ok(ds_alloc(SIZE, &ds));
		subject_ok(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &bytes));
		for (uint64_t at = 0; at < SIZE / sizeof(uint64_t); at++)
			((uint64_t *)bytes)[at] = subject_mix(n * SIZE + at);
	}
	subject_print("ready %lu dataspaces", count);
	subject_sleep(DEADLINE_NEVER);
	return 0;
}
