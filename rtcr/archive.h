/* SPDX-License-Identifier: MIT */
/* An image of the target in the store, opened for a restore; and whether this node can give what it needs. */
#ifndef RTCR_ARCHIVE_H
#define RTCR_ARCHIVE_H

#include <image/reader.h>

#include "rtcr/target.h"

/* Open `generation` (0: the newest) of this instance's name. What is wrong is said by target_fail. */
err_t archive_open(uint64_t generation, struct image *image) MUST_CHECK;
void archive_close(void);

/*
 * Everything that a restore will find missing, all at once: one line each in the log, the first in target_fail. What devices it
 * needs are reserved then (reserve.h), also after an error.
 */
err_t archive_check(const struct image *image) MUST_CHECK;

/* Every byte that a restore will read: for one that has something to lose, a target that runs. */
err_t archive_verify(const struct image *image) MUST_CHECK;

/* Memory for a chunk of at most `size` bytes. */
err_t archive_chunk_buffer(uint32_t size, uint8_t **bytes) MUST_CHECK;

/* The newest generation in the store that is below `below`, 0: none. */
err_t archive_newest(uint64_t below, uint64_t *generation) MUST_CHECK;

/* Parts of records that only this reader of them understands. Checked by archive_check. */
err_t rom_name_read(const struct image_dataspace *record, uint64_t *size, char *name, uint32_t room) MUST_CHECK;
enum service session_service(const struct image_session *record);   /* SERVICES: unknown */

/* Core, priority, flags and output of the target. */
err_t target_state_read(const struct image_target *record) MUST_CHECK;

#endif
