/* SPDX-License-Identifier: MIT */
/* Fuzz target: the reader of bundles. With an odd first byte the header is made sound first. */
#include <stdlib.h>
#include <string.h>

#include "rtcr/bundle.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/kernel.h"

enum { MOST = 256 * 1024, LEAST = sizeof(struct bundle_header) + BUNDLE_ENTRIES * sizeof(struct bundle_entry) };

static void entries_check(const uint8_t *bytes, uint64_t size, const struct bundle_entry *entries, uint32_t count)
{
	uint64_t last = sizeof(struct bundle_header);
	uint32_t sum = 0;

	FUZZ_CHECK(count <= BUNDLE_ENTRIES, "too many entries");
	for (uint32_t i = 0; i < count; i++) {
		FUZZ_CHECK(memchr(entries[i].name, 0, sizeof entries[i].name) && entries[i].name[0], "a name");
		FUZZ_CHECK(entries[i].offset >= last, "entries overlap");
		for (uint64_t at = 0; at < entries[i].size; at++)
			sum += bytes[entries[i].offset + at];   /* a sanitizer sees what lies outside */
		last = entries[i].offset + entries[i].size;
	}
	FUZZ_CHECK(last <= size && sum <= size * 255, "the end");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bundle_entry entries[BUNDLE_ENTRIES];
	uint32_t count;

	if (size < 2 || size > MOST)
		return 0;
	uint8_t how = data[0];
	size_t whole = how & 2 ? size - 2 + LEAST + data[1] * 256 : size - 2;
	uint8_t *bytes = calloc(1, whole ? whole : 1);
	FUZZ_CHECK(bytes, "no memory");
	memcpy(bytes, data + 2, size - 2);
	if (how & 1 && whole >= sizeof(struct bundle_header)) {
		struct bundle_header *header = (struct bundle_header *)bytes;
		*header = (struct bundle_header){.magic = BUNDLE_MAGIC, .version = BUNDLE_VERSION,
		                                 .count = header->count % (BUNDLE_ENTRIES + 2), .size = whole};
	}
	if (bundle_read(bytes, whole, entries, &count) == OK)
		entries_check(bytes, whole, entries, count);
	free(bytes);
	return 0;
}
