/* SPDX-License-Identifier: MIT */
/* The one lock of this server, between its two threads (main.c). It is held for milliseconds while an instance is started. */
#ifndef CONTROL_LOCK_H
#define CONTROL_LOCK_H

#include <framework/env.h>

extern struct lock control_lock;

#endif
