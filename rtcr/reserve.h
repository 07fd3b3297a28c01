/* SPDX-License-Identifier: MIT */
/*
 * The devices of an image that is restored. Each is in hand before anything is destroyed: what the running target has is kept
 * when that goes, all else is taken while the image is checked. So nobody else gets one in between, and what was found out of
 * it stays true.
 *
 *     reserve   each session of the image            ─┐ fails: release
 *     keep      what the target has, then destroy it  │
 *     use       by the sessions of the new target     │
 *     release   what is left                         ─┘
 */
#ifndef RTCR_RESERVE_H
#define RTCR_RESERVE_H

#include "rtcr/registry.h"

struct reserved {
	struct reserved *next;
	enum service service;
	char label[PARENT_LABEL];
	char compatible[DEVICE_COMPATIBLE];
	uint64_t size;                 /* IO_MEM: of the registers */
	uint32_t source;               /* what the image calls these, or the line; 0: it has none. For who checks it */
	struct session_entry *own;     /* the target's, or NULL */
	struct session real;           /* taken or kept */
};

/* If somebody else has it he is waited for until `until`, own clock. ERR_EXISTS: it is reserved already. */
err_t device_reserve(enum service service, const char *label, uint64_t until, struct reserved **made) MUST_CHECK;

const struct reserved *devices_first(void);

/* Right before the target is destroyed. */
void devices_keep(void);

/* `session` has the device of its label from now on; false: that is not reserved. */
bool device_use(struct session_entry *session);

void devices_release(void);

#endif
