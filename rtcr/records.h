/* SPDX-License-Identifier: MIT */
/*
 * The records of a snapshot, in the order of the image, in one piece of memory that is used again for the next.
 *
 *   struct item, fixed part, pieces, padding to 8          for each record
 */
#ifndef RTCR_RECORDS_H
#define RTCR_RECORDS_H

#include <image/writer.h>

#include "rtcr/registry.h"

struct records {
	uint8_t *bytes;
	uint64_t used, room;
	uint64_t changes;       /* of the registry when they were made, 0: not made */
};

/* Parts that are described anew only when something in them came, went or changed, and others always. */
enum section { SECTION_TARGET, SECTION_DATASPACES, SECTION_EXTENTS, SECTION_MAPS, SECTION_STATE, SECTIONS };

void records_clear(struct records *records);
err_t records_write(const struct records *records, struct image_writer *writer) MUST_CHECK;

/* Before objects are described: what is pending in signals, and which reply object a thread awaits. */
void records_pending(const struct cap_entry *caps, uint32_t count);
void records_awaits(const struct thread_entry *thread, const struct thread_state *state);

err_t record_target(struct records *records, uint64_t clock) MUST_CHECK;
err_t record_dataspaces(struct records *records) MUST_CHECK;
err_t record_extent(struct records *records, uint32_t id, uint64_t offset, uint64_t size, uint32_t type) MUST_CHECK;
err_t record_maps(struct records *records) MUST_CHECK;
err_t record_objects(struct records *records) MUST_CHECK;
err_t record_sessions(struct records *records) MUST_CHECK;
err_t record_thread(struct records *records, const struct thread_entry *thread, const struct thread_state *state)
	MUST_CHECK;
err_t record_capability(struct records *records, const struct cap_entry *cap) MUST_CHECK;
err_t record_terminals(struct records *records) MUST_CHECK;

/* What a session keeps beyond its record: the fourth piece. */
struct session_state {
	uint32_t client_id, source, signal, signal_badge, buffer, reserved;
	uint64_t deadline, period;
};


#endif
