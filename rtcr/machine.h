/* SPDX-License-Identifier: MIT */
/* What an image has to say about the machine it was taken on. */
#ifndef RTCR_MACHINE_H
#define RTCR_MACHINE_H

#include <image/format.h>
#include <kernel/thread.h>

/* Kernel, architecture, features of this machine; their words mean what image/format.h says. */
void machine_describe(struct image_header *header);

/* NULL: an image with `header` can go on here; else what is missing. */
const char *machine_lacks(const struct image_header *header);

/* Where a thread stands, and whether that is in the library OS. */
uint64_t machine_instruction(const struct registers *registers);
int machine_in_library(const struct registers *registers);

#endif
