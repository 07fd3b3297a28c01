/* SPDX-License-Identifier: MIT */
/*
 * The blocks of a card (block/session.h), moved by way of one buffer: all of them or, where the card has partitions, those of the
 * first one of type 0xda ("data without a file system"). Another file behind this header plays a card that
 * loses power, for tests.
 */
#ifndef SERVER_CARD_DISK_H
#define SERVER_CARD_DISK_H

#include <kernel/err.h>
#include <stdint.h>

enum { DISK_BLOCKS = 256 };    /* that the buffer holds */

/* Waits for the driver. */
err_t disk_open(uint64_t *block_count) MUST_CHECK;

uint8_t *disk_buffer(void);

/* Blocks [first, first + count) to or from the buffer at block `at`. */
err_t disk_read(uint64_t first, uint32_t at, uint32_t count) MUST_CHECK;
err_t disk_write(uint64_t first, uint32_t at, uint32_t count) MUST_CHECK;

/* What was written before is on the card before anything that is written after. */
err_t disk_sync(void) MUST_CHECK;

#endif
