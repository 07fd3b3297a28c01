/* SPDX-License-Identifier: MIT */
/* Where targets run: on cores 1 to 3 in turn, so that the RTCR stands on another one, core 0. See native.h. */
#include "test/native/native.h"

const uint32_t native_cores = 3;

uint32_t native_core(void)
{
	static uint32_t last;

	last = last % native_cores + 1;
	return last;
}
