/* SPDX-License-Identifier: MIT */
/*
 * Names of the numbers in an image, for people. A number that has none is "?".
 */
#ifndef IMAGE_NAMES_H
#define IMAGE_NAMES_H

#include <stdint.h>

const char *image_kernel_name(uint32_t kernel);
const char *image_architecture_name(uint32_t architecture);
const char *image_kind_name(uint32_t kind); /* of records */
const char *image_origin_name(uint32_t origin);
const char *kernel_kind_name(uint32_t kind);
const char *thread_run_name(uint32_t run);
const char *fault_name(uint32_t fault);

/*
 * RIGHT_READ.. as "rwxsagcd" (a: wait) with '-' for what is missing; `to` has room for 9
 * characters.
 */
const char *rights_name(uint32_t rights, char *to);

#endif
