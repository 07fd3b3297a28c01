/* SPDX-License-Identifier: MIT */
/* What lwIP asks of a compiler and its surroundings. A broken assertion ends the component: it is started again. */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

/* sys/types.h has the type; lwIP makes one of its own if this is not there. */
#ifndef SSIZE_MAX
#define SSIZE_MAX LONG_MAX
#endif

_Noreturn void lwip_fail(const char *sentence);
uint32_t lwip_random(void);

#define LWIP_NO_CTYPE_H 1
#define LWIP_NO_UNISTD_H 1
#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(sentence) lwip_fail(sentence)
#define LWIP_RAND() lwip_random()

#endif
