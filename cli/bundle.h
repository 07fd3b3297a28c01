/* SPDX-License-Identifier: MIT */
/* Making a bundle (bundle/format.h) from programs and files of the host. What cannot run is refused here, with the reason. */
#ifndef CLI_BUNDLE_H
#define CLI_BUNDLE_H

#include <stddef.h>

#include "cli/option.h"

struct bundle {
	void *bytes;
	size_t size;
};

/*
 * From --file, --env and the words PROGRAM ARGS of `options`. EXIT_DONE, or reported: EXIT_MISSING, EXIT_CANNOT, EXIT_RUN.
 * The environment is PATH=/bin:/usr/bin and HOME=/, then what --env gives.
 */
int bundle_make(const struct options *options, struct bundle *bundle);
void bundle_free(struct bundle *bundle);

#endif
