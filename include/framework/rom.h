/* SPDX-License-Identifier: MIT */
/* ROMs that a component is given, attached for good. */
#ifndef FRAMEWORK_ROM_H
#define FRAMEWORK_ROM_H

#include <framework/env.h>
#include <stdint.h>

struct rom {
	const void *bytes;
	uint64_t size;
	ds_t ds;                   /* rights to read and execute */
};
err_t rom_attach(const char *label, struct rom *rom) MUST_CHECK;

#endif
