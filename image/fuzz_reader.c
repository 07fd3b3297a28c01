/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target. The input is taken as an image twice: as it is, and under a digest that is
 * right, so that what lies behind the digest is reached. `make fuzz`; a seed is written by
 * `image_test seed FILE`.
 */
#include "test_sample.h"
#include <image/describe.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void image_try(struct sample_bytes *bytes, FILE *nowhere)
{
	struct image_source source = sample_source(bytes);
	struct image_fault fault = {0, NULL};
	struct image image;
	uint64_t needed, checked;
	void *buffer;

	if (image_probe(&source, &needed, &fault) != OK)
		return;
	buffer = malloc(needed);
	if (image_open(&image, &source, buffer, needed, &fault) == OK) {
		void *chunk = malloc(image.header.chunk_size);
		image_describe_text(&image, nowhere);
		if (image_describe_json(&image, nowhere) != OK ||
		    image_verify(&image, chunk, &checked, &fault) != OK)
			fault.offset = 0;
		free(chunk);
	}
	free(buffer);
}

/* The places that the digest covers, if they lie in the file. */
static bool layout_of(const struct sample_bytes *bytes, struct image_trailer *layout)
{
	if (bytes->size < sizeof(struct image_header) + sizeof(*layout))
		return false;
	memcpy(layout, bytes->bytes + bytes->size - sizeof(*layout), sizeof(*layout));
	return layout->memory_offset <= bytes->size && layout->chunks_offset <= bytes->size &&
	       layout->chunk_count <= (bytes->size - layout->chunks_offset) / 8;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	struct sample_bytes bytes = {malloc(size + 1), size, size, 0, 0};
	struct image_trailer layout;

	if (nowhere == NULL)
		nowhere = fopen("/dev/null", "w");
	if (nowhere == NULL || bytes.bytes == NULL)
		abort();
	memcpy(bytes.bytes, data, size);
	image_try(&bytes, nowhere);
	if (layout_of(&bytes, &layout)) {
		sample_reseal(&bytes, &layout);
		image_try(&bytes, nowhere);
	}
	free(bytes.bytes);
	return 0;
}
