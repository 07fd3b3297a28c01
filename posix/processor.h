/* SPDX-License-Identifier: MIT */
/* What the program is told of the processor. */
#ifndef POSIX_PROCESSOR_H
#define POSIX_PROCESSOR_H

#include <kernel/types.h>

extern const char processor_machine[];         /* of uname */
extern const char processor_platform[];        /* AT_PLATFORM */

/* AT_HWCAP and AT_HWCAP2. */
void processor_features(addr_t features[2]);

/* A number that nobody could foresee, as far as the processor has one to give. */
uint64_t processor_noise(void);

#endif
