/* SPDX-License-Identifier: MIT */
/* Making a call again. */
#ifndef KERNEL_ARMV7_REWIND_H
#define KERNEL_ARMV7_REWIND_H

#include <stdint.h>

/* Back to the svc that *ip lies behind. In Thumb state it gets its place in its IT block back. */
void svc_rewind(uint32_t *ip, uint32_t *cpsr);

#endif
