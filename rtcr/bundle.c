/* SPDX-License-Identifier: MIT */
/* Bundles, see bundle.h. Each header is copied before it is looked at: the bundle's owner can still write it. */
#include <framework/memory.h>
#include <kernel/types.h>

#include "rtcr/bundle.h"

err_t bundle_read(const uint8_t *bytes, uint64_t size, struct bundle_entry *entries, uint32_t *count)
{
	struct bundle_header header;
	uint64_t last = sizeof header;

	if (size < sizeof header + BUNDLE_ENTRIES * sizeof *entries)
		return ERR_CORRUPT;
	memcpy(&header, bytes, sizeof header);
	if (header.magic != BUNDLE_MAGIC || header.version != BUNDLE_VERSION || header.count > BUNDLE_ENTRIES ||
	    header.size > size)
		return ERR_CORRUPT;
	memcpy(entries, bytes + sizeof header, header.count * sizeof *entries);
	for (uint32_t i = 0; i < header.count; i++) {
		const struct bundle_entry *entry = &entries[i];
		if (!string_is_name(entry->name, sizeof entry->name) || !entry->name[0] || entry->offset < last ||
		    entry->offset % PAGE_SIZE || entry->offset > size || entry->size > size - entry->offset)
			return ERR_CORRUPT;
		last = entry->offset + entry->size;
	}
	*count = header.count;
	return OK;
}
