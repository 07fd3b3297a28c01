/* SPDX-License-Identifier: MIT */
/*
 * A bundle: everything a target is started with, in one dataspace: program, arguments, environment, files. Made by
 * the command line, opened by the RTCR, which trusts nothing in it. Each entry becomes a ROM of the target.
 *
 *    0           struct bundle_header
 *    64          struct bundle_entry, count of them
 *    offset      the bytes of each entry, page-aligned, in order, not overlapping
 *
 * Entries by name:
 *    program       ELF file: an unmodified static Linux program, or a native component
 *    arguments     strings that end in 0 each, argv[0] first
 *    environment   strings that end in 0 each, NAME=VALUE
 *    /PATH         a file for the RAM file system, absolute path, with its mode
 */
#ifndef BUNDLE_FORMAT_H
#define BUNDLE_FORMAT_H

#include <stdint.h>

enum {
	BUNDLE_MAGIC = 0x424c4452, /* "RDLB" */
	BUNDLE_VERSION = 1,
	BUNDLE_NAME = 80,          /* fits a ROM session's label */
	BUNDLE_ENTRIES = 64
};

struct bundle_header {
	uint32_t magic;
	uint32_t version;
	uint32_t count;
	uint32_t reserved;
	uint64_t size;             /* of the whole bundle */
	uint64_t unused[5];
};

struct bundle_entry {
	char name[BUNDLE_NAME];    /* zero-terminated */
	uint64_t offset;
	uint64_t size;
	uint32_t mode;             /* permission bits of a file */
	uint32_t reserved;
	int64_t modified_ns;       /* of a file, since 1970 */
};

#endif
