/* SPDX-License-Identifier: MIT */
/*
 * The offline storage: what the last checkpoint holds, immutable while `writing`. Made by snapshot.c on the main thread,
 * turned into an image by writer.c on the second one. Between `start` and `done` that one has what the strategy arranged
 * (`preparing`) or the snapshot (`writing`), and nothing else of the target; what it prepares may not go away meanwhile.
 */
#ifndef RTCR_SNAPSHOT_H
#define RTCR_SNAPSHOT_H

#include <image/writer.h>

#include "rtcr/records.h"
#include "rtcr/target.h"

/* Bytes of an anonymous dataspace, and where they are copied to, at the same offset. */
struct extent_copy {
	uint32_t dataspace;
	uint32_t number;           /* of it in the strategy's own list */
	const struct view *source; /* valid while it stands */
	const struct view *copy;   /* until it is written */
	uint64_t offset, size;
};

struct snapshot {
	struct extent_copy *extents;      /* by (dataspace, offset) */
	uint32_t extent_count, extent_room;
	uint64_t memory;                  /* bytes of all extents */
	struct records records[SECTIONS];
	struct image_header header;
	uint64_t newest;                  /* generation in the store, 0: to be asked for */
	bool preparing;                   /* the writer is at it; atomic */
	bool writing;
	signal_t start;                   /* to the writer */
	signal_t settled;                 /* from it, when `preparing` has ended: to who waits for that */
	slot_t done;                      /* from it: SIGNAL_WRITTEN */
	err_t result;                     /* of the writer */
	uint64_t prepare_ns;
	uint64_t image_size;
};
extern struct snapshot snapshot;

/* Room for one more element of `size` bytes in a growing array. */
bool array_room(void **array, uint32_t count, uint32_t *capacity, uint64_t size);

/* Make the second thread, at the first checkpoint. */
err_t writer_start(void) MUST_CHECK;

/* Wait until it does not prepare, before something that it may be looking at goes away. */
void writer_settle(void);

#endif
