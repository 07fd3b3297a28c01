/* SPDX-License-Identifier: MIT */
/* Copies that end in time, see strategy.h. */
#include "rtcr/snapshot.h"

enum { STEP = 256 << 10 };

err_t copy_until(void *to, const void *from, uint64_t size, uint64_t until)
{
	uint8_t *bytes = to;
	const uint8_t *source = from;

	if (until == UINT64_MAX) {
		target.engine->copy(bytes, source, size);
		return OK;
	}
	for (uint64_t at = 0; at < size; at += STEP) {
		target.engine->copy(bytes + at, source + at, size - at < STEP ? size - at : STEP);
		if (clock_now() > until)
			return ERR_TIMEOUT;
	}
	return OK;
}
