/* SPDX-License-Identifier: MIT */
/* Images of other machines, see machine.h: the same for all architectures. */
#include "rtcr/machine.h"

const char *machine_lacks(const struct image_header *header)
{
	struct image_header own = {0};

	machine_describe(&own);
	if (header->architecture != own.architecture)
		return "the image was taken on another architecture";
	if (header->kernel != own.kernel)
		return "the image was taken on another kernel";
	if (header->feature_count != own.feature_count || header->xsave_mask & ~own.xsave_mask)
		return "the processor saves other registers than the one the image was taken on";
	for (uint32_t i = 0; i < own.feature_count; i++)
		if (header->features[i] & ~own.features[i])
			return "the processor lacks instructions that the one the image was taken on has";
	return NULL;
}
