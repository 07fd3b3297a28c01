/* SPDX-License-Identifier: MIT */
/*
 * The one lock of this server, between its two threads. It is held for milliseconds while an instance is started, so who
 * waits sleeps on a signal instead of yielding, as the framework's short lock does.
 */
#ifndef CONTROL_BIG_LOCK_H
#define CONTROL_BIG_LOCK_H

#include <kernel/err.h>

err_t big_lock_start(void) MUST_CHECK;
void big_lock_take(void);
void big_lock_give(void);

#endif
