/* SPDX-License-Identifier: MIT */
/* A component that attacks as the judge, its parent, tells it to, see attack.h. */
#include <kernel/thread.h>

#include "test/hostile/attack.h"

#define ATTACK_ROW(name, sentence) attack_##name,

int component_main(addr_t argument)
{
	static void (*const attacks[ATTACK_KINDS])(void) = {ATTACK_TABLE(ATTACK_ROW)};

	(void)argument;
	attacks[ATTACK->kind]();
	ATTACK->finished = 1;
	for (;;)
		thread_yield();
}
