/* SPDX-License-Identifier: MIT */
/* Reading a bundle (bundle/format.h), of which nothing is trusted. */
#ifndef RTCR_BUNDLE_H
#define RTCR_BUNDLE_H

#include <bundle/format.h>
#include <kernel/err.h>

/*
 * Copy the entries of the bundle bytes[0 .. size) to entries[0 .. BUNDLE_ENTRIES): names end, are not empty and have no
 * control characters, data lies in the bundle, page-aligned, in order. The bytes may change meanwhile, the copies do not.
 * ERR_CORRUPT.
 */
err_t bundle_read(const uint8_t *bytes, uint64_t size, struct bundle_entry *entries, uint32_t *count) MUST_CHECK;

#endif
