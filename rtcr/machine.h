/* SPDX-License-Identifier: MIT */
/* What an image has to say about the machine it was taken on. */
#ifndef RTCR_MACHINE_H
#define RTCR_MACHINE_H

#include <image/format.h>
#include <kernel/thread.h>

/* Kernel, architecture, features of this machine. */
void machine_describe(struct image_header *header);

/* NULL: an image with `header` can go on here; else what is missing. */
const char *machine_lacks(const struct image_header *header);

/* Whether a running thread stands in the library OS. */
int machine_in_library(const struct registers *registers);

#endif
