/* SPDX-License-Identifier: MIT */
/*
 * A small image with at least one record of each kind: two targets, nested region maps, memory with
 * holes.
 */
#ifndef IMAGE_TEST_SAMPLE_H
#define IMAGE_TEST_SAMPLE_H

#include <image/reader.h>
#include <image/writer.h>

/* Bytes in memory, as sink and as source. `fail_at`: the call with this number fails; 0: none. */
struct sample_bytes {
	uint8_t *bytes;
	uint64_t size;
	uint64_t capacity;
	uint32_t calls;
	uint32_t fail_at;
};

enum { SAMPLE_CHUNK = 8192, SAMPLE_MEMORY_PAGES = 5, SAMPLE_CAPACITY = 64 * 1024 };

/* Write the sample behind what `to` holds. */
err_t sample_write(struct sample_bytes *to) MUST_CHECK;

/* Byte `i` of the memory of the sample. */
uint8_t sample_memory(uint64_t i);

struct image_sink sample_sink(struct sample_bytes *to);
struct image_source sample_source(struct sample_bytes *from);

/* Compute the digest again after a change of anything but the memory. */
void sample_reseal(struct sample_bytes *image, const struct image_trailer *layout);

#endif
