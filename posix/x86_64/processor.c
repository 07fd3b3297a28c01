/* SPDX-License-Identifier: MIT */
/* The processor as the program sees it on x86-64, see posix/processor.h. */
#include "posix/processor.h"

const char processor_machine[] = "x86_64";
const char processor_platform[] = "x86_64";

void processor_features(addr_t features[2])
{
	uint32_t a = 1, b, c = 0, d;

	__asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	features[0] = d;
	features[1] = 0;   /* no FSGSBASE: a program that used it could not go on where Linux does not allow it */
}

uint64_t processor_noise(void)
{
	return __builtin_ia32_rdtsc();
}
