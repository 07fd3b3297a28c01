/* SPDX-License-Identifier: MIT */
/* Where targets run: anywhere, see native.h. */
#include "test/native/native.h"

const uint32_t native_cores = 0;

uint32_t native_core(void)
{
	return AFFINITY_ANY;
}
