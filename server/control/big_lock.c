/* SPDX-License-Identifier: MIT */
/* A lock of three states: open, held, held and somebody may sleep. See big_lock.h. */
#include <framework/env.h>

#include "server/control/big_lock.h"

enum { OPEN, HELD, AWAITED };

static uint32_t state;
static signal_t opened;

err_t big_lock_start(void)
{
	return signal_alloc(&opened);
}

void big_lock_take(void)
{
	uint32_t badges, count, expected = OPEN;

	if (__atomic_compare_exchange_n(&state, &expected, HELD, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(&state, AWAITED, __ATOMIC_ACQUIRE) != OPEN) {
		err_t ignored = signal_wait(opened, DEADLINE_NEVER, &badges, &count);
		(void)ignored;
	}
}

void big_lock_give(void)
{
	if (__atomic_exchange_n(&state, OPEN, __ATOMIC_RELEASE) != AWAITED)
		return;
	err_t ignored = signal_submit(opened);
	(void)ignored;
}
