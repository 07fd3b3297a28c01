/* SPDX-License-Identifier: MIT */
/* The processor as the program sees it: a Cortex-A9 with NEON, see posix/processor.h. */
#include <posix/machine.h>

#include "posix/processor.h"

/* arch/arm/include/uapi/asm/hwcap.h */
enum {
	HWCAP_SWP = 1 << 0, HWCAP_HALF = 1 << 1, HWCAP_THUMB = 1 << 2, HWCAP_FAST_MULT = 1 << 4, HWCAP_VFP = 1 << 6,
	HWCAP_EDSP = 1 << 7, HWCAP_NEON = 1 << 12, HWCAP_VFPV3 = 1 << 13, HWCAP_TLS = 1 << 15, HWCAP_VFPD32 = 1 << 19
};

const char processor_machine[] = "armv7l";
const char processor_platform[] = "v7l";

void processor_features(addr_t features[2])
{
	features[0] = HWCAP_SWP | HWCAP_HALF | HWCAP_THUMB | HWCAP_FAST_MULT | HWCAP_VFP | HWCAP_EDSP | HWCAP_NEON |
	              HWCAP_VFPV3 | HWCAP_TLS | HWCAP_VFPD32;
	features[1] = 0;
}

/* There is no counter that user level can read. */
uint64_t processor_noise(void)
{
	return 0;
}
