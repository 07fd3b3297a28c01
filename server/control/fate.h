/* SPDX-License-Identifier: MIT */
/*
 * How components ended, kept beside their records at the TERMINAL, so that a control server or a node that is started
 * again still knows. One that is passing leaves none, and one that runs has none.
 */
#ifndef CONTROL_FATE_H
#define CONTROL_FATE_H

#include "server/control/component.h"

/* It has ended. What cannot be kept is known to this server only. */
void fate_keep(struct component *component);

/* It runs again, or is forgotten. */
void fate_forget(struct component *component);

/*
 * What is known from before, but for what runs. On a node that has just been started, records that neither a fate nor an
 * image speaks of go: they are of programs that ended with the node before.
 */
void fates_load(void);

#endif
