/* SPDX-License-Identifier: MIT */
/* The ROMs that the component is given, attached for good. */
#ifndef POSIX_ROM_H
#define POSIX_ROM_H

#include <kernel/err.h>
#include <stdint.h>

err_t rom_attach(const char *label, const void **bytes, uint64_t *size) MUST_CHECK;

#endif
