/* SPDX-License-Identifier: MIT */
/* The modules of an image, from a list that the build makes. The first one is the first component. */
#ifndef KERNEL_ARMV7_MODULE_H
#define KERNEL_ARMV7_MODULE_H

#include <stdint.h>

struct module {
	char name[32];
	const uint8_t *start, *end; /* in the image, page-aligned */
};

extern const struct module module_list[];
extern const uint32_t module_count;

#endif
