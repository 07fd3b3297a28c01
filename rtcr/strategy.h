/* SPDX-License-Identifier: MIT */
/*
 * How the target's memory gets into the snapshot. A strategy fills snapshot.extents in order of (dataspace, offset); what it
 * copies it copies by an engine, so that hardware can take that over. Both are chosen per target.
 */
#ifndef RTCR_STRATEGY_H
#define RTCR_STRATEGY_H

#include <kernel/err.h>
#include <stdbool.h>
#include <stdint.h>

struct dataspace_entry;

struct strategy {
	const char *name;

	/* While the target runs and its calls wait: look at what there is. Short. */
	err_t (*arrange)(void);

	/* While it runs and is served, on the second thread: whatever can be done with that before it stands. */
	err_t (*prepare)(void);

	/* While it stands; also what was not arranged yet. ERR_TIMEOUT if it is not done by `until` (own clock). */
	err_t (*capture)(uint64_t until);

	/* A dataspace goes away; memory of it that the last snapshot shows must stay until it is written. */
	void (*forget)(struct dataspace_entry *dataspace);

	/* The last snapshot was written. */
	void (*written)(void);
};

/* SM: source and copy stay mapped and populated here, charged to the instance; everything is copied while it stands. */
extern const struct strategy strategy_shared;

struct copy_engine {
	const char *name;

	/* Both ranges are mapped here. Copies are done when `finish` has returned. */
	void (*copy)(void *to, const void *from, uint64_t size);
	void (*finish)(void);
};

/* The processor that the caller runs on (rtcr/ARCH/engine_cpu.c). */
extern const struct copy_engine engine_cpu;

/* By the target's engine; with an end, the clock is looked at after every 256 KiB. ERR_TIMEOUT: a part is missing. */
err_t copy_until(void *to, const void *from, uint64_t size, uint64_t until) MUST_CHECK;

#endif
