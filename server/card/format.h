/* SPDX-License-Identifier: MIT */
/*
 * What lies on a card or in its partition (disk.h), little-endian. Nothing that is in force is ever written over but a file's own bytes: a table and the
 * units of its files stay as they are until another table has taken over.
 *
 *    block 0       header of even generations          block 1       header of odd ones
 *    block 8       table of even generations           block 264     table of odd ones
 *    block 2048    unit 0, and so on to the end: CARD_UNIT bytes each
 *
 * The header with the highest generation whose digests are right is in force. A new generation is written as its table,
 * a sync, its header, a sync; a block is written whole or not at all. A card whose first CARD_FRESH blocks are zero is new and
 * empty: the file systems of others have something there (ext at block 2, ISO 9660 at 64, btrfs at 128), and the table of
 * generation 1 lies behind. One that has anything else, of which no header is right, is left alone. Who wants a card made new
 * writes zeros over those blocks.
 *
 * A table is an array of entries. Directories lie in the root only; a file lies in the root or in one of them. Its bytes
 * are those of its extents one after the other.
 */
#ifndef SERVER_CARD_FORMAT_H
#define SERVER_CARD_FORMAT_H

#include <stdint.h>

#define CARD_MAGIC 0x0144524143525452ull /* "RTRCARD" and 1 */

enum {
	CARD_BLOCK = 512, CARD_UNIT = 4096, CARD_UNIT_BLOCKS = CARD_UNIT / CARD_BLOCK, CARD_TABLE = 8, CARD_TABLE_BLOCKS = 256,
	CARD_UNITS = 2048,        /* block of unit 0 */
	CARD_FRESH = 256,         /* blocks that are zero on a new card: 128 KiB */
	CARD_ENTRIES = 512, CARD_NAME = 80, CARD_EXTENTS = 19,
	CARD_UNITS_MOST = 1 << 20 /* 4 GiB; what a card has beyond is not used */
};

enum card_kind { CARD_FREE, CARD_FILE, CARD_DIRECTORY };

struct card_extent {
	uint32_t first, count;    /* units; count 0: the list ends */
};

struct card_entry {
	char name[CARD_NAME];     /* zero-terminated */
	uint32_t parent;          /* 0: the root, else 1 + the place of a directory in the table */
	uint32_t kind;            /* enum card_kind */
	uint64_t size;            /* bytes */
	uint64_t modified_ns;     /* since 1970 */
	struct card_extent extent[CARD_EXTENTS];
};

struct card_header {
	uint64_t magic;
	uint64_t generation;      /* 1 or more */
	uint32_t entry_count;     /* entries that are written */
	uint32_t unit_count;      /* of the card */
	uint64_t table[2];        /* XXH3-128 of the entries that are written */
	uint64_t check;           /* XXH3-64 of all before */
};

_Static_assert(sizeof(struct card_entry) == 256 && sizeof(struct card_header) == 48, "format");

#endif
