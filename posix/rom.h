/* SPDX-License-Identifier: MIT */
/* The ROMs that the component is given, attached for good. */
#ifndef POSIX_ROM_H
#define POSIX_ROM_H

#include <framework/env.h>
#include <stdint.h>

struct rom {
	const void *bytes;
	uint64_t size;
	ds_t ds;                   /* rights to read and execute */
};
err_t rom_attach(const char *label, struct rom *rom) MUST_CHECK;

#endif
