/* SPDX-License-Identifier: MIT */
/*
 * Cortex-A9 with NEON, see machine.h. What a processor has can only be read in privileged mode, and this kernel runs on
 * no other: the word is that of Linux for programs (AT_HWCAP, arch/arm/include/uapi/asm/hwcap.h).
 */
#include "rtcr/machine.h"

enum { LIBRARY_LOW = 0x50000000, LIBRARY_HIGH = 0x5e000000 };

enum hwcap {
	HWCAP_SWP = 1 << 0, HWCAP_HALF = 1 << 1, HWCAP_THUMB = 1 << 2, HWCAP_FAST_MULT = 1 << 4, HWCAP_VFP = 1 << 6,
	HWCAP_EDSP = 1 << 7, HWCAP_NEON = 1 << 12, HWCAP_VFPV3 = 1 << 13, HWCAP_TLS = 1 << 15, HWCAP_VFPD32 = 1 << 19
};

void machine_describe(struct image_header *header)
{
	header->kernel = IMAGE_KERNEL_ARMV7;
	header->architecture = IMAGE_ARCHITECTURE_ARMV7;
	header->feature_count = 1;
	header->features[0] = HWCAP_SWP | HWCAP_HALF | HWCAP_THUMB | HWCAP_FAST_MULT | HWCAP_VFP | HWCAP_EDSP | HWCAP_NEON |
	                      HWCAP_VFPV3 | HWCAP_TLS | HWCAP_VFPD32;
}

uint64_t machine_instruction(const struct registers *registers)
{
	return registers->r[15];
}

int machine_in_library(const struct registers *registers)
{
	return registers->r[15] >= LIBRARY_LOW && registers->r[15] < LIBRARY_HIGH;
}
