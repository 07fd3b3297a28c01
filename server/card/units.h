/* SPDX-License-Identifier: MIT */
/*
 * The units of a card, and the bytes of files in them. A unit is free, a file's, or left: given up by a file but still in
 * the table that is in force, and not used again until another one is.
 */
#ifndef SERVER_CARD_UNITS_H
#define SERVER_CARD_UNITS_H

#include <kernel/err.h>

#include "server/card/format.h"

/* All are free. */
void units_start(uint32_t count);

/* Those of an entry that was loaded are its own: ERR_CORRUPT if they cannot be. */
err_t units_claim(const struct card_entry *entry) MUST_CHECK;

/* A new table is in force: what was left is free. */
void units_committed(void);

/* What lay between the end and `offset` is zero then. No room: ERR_MEMORY_QUOTA, and the file is as long as before. */
err_t units_write(struct card_entry *entry, const void *bytes, uint64_t size, uint64_t offset) MUST_CHECK;

/* [offset, offset + size) lies inside. */
err_t units_read(const struct card_entry *entry, void *to, uint64_t size, uint64_t offset) MUST_CHECK;

/* Longer, by zeros, or shorter, which never fails. */
err_t units_cut(struct card_entry *entry, uint64_t size) MUST_CHECK;

#endif
