/* SPDX-License-Identifier: MIT */
/*
 * Large and nasty images: region maps nested a hundred thousand deep with 2^100000 ways through them, and as
 * many extents. Opening must stay fast and use no recursion. Times are printed, not judged.
 */
#include "test_sample.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DEPTH = 100000, EXTENTS = 200000, CAPACITY = 32 << 20 };

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Every map attaches the next one twice; the last one the first if `circle`. */
static err_t maps_write(struct image_writer *w, bool circle)
{
	err_t err = OK;
	for (uint32_t i = 1; err == OK && i <= DEPTH; i++) {
		struct image_region_map rm = {
			.record = {.kind = IMAGE_KIND_region_map, .id = i, .target = 1}, .size = 2 * IMAGE_PAGE};
		err = image_write_record(w, &rm.record, NULL);
	}
	for (uint32_t i = 1; err == OK && i < DEPTH + (uint32_t)circle; i++)
		for (uint32_t k = 0; err == OK && k < 2; k++) {
			struct image_attachment a = {
				.record = {.kind = IMAGE_KIND_attachment, .id = i}, .address = k * IMAGE_PAGE,
				.size = IMAGE_PAGE, .source = {IMAGE_KIND_region_map, i % DEPTH + 1}};
			err = image_write_record(w, &a.record, NULL);
		}
	return err;
}

static err_t image_write(struct sample_bytes *to, bool circle)
{
	struct image_header header = {.kernel = 1, .architecture = 1, .generation = 1};
	struct image_sink sink = sample_sink(to);
	struct image_target target = {.record = {.kind = IMAGE_KIND_target, .id = 1}, .region_map = 1};
	struct image_dataspace ds = {.record = {.kind = IMAGE_KIND_dataspace, .id = 1, .target = 1},
	                             .size = (uint64_t)EXTENTS * IMAGE_PAGE, .origin = IMAGE_ORIGIN_ANONYMOUS};
	struct image_piece pieces[3] = {{"deep", 4}, {"", 0}, {"", 0}};
	struct image_piece empty = {"", 0};
	struct image_writer w;
	uint64_t size;
	err_t err = image_write_begin(&w, &sink, &header, NULL, 0);
	if (err == OK)
		err = image_write_record(&w, &target.record, pieces);
	if (err == OK)
		err = image_write_record(&w, &ds.record, &empty);
	for (uint32_t i = 0; err == OK && i < EXTENTS; i++) {
		struct image_extent extent = {.record = {.kind = IMAGE_KIND_extent, .id = 1},
		                              .offset = (uint64_t)i * IMAGE_PAGE, .size = IMAGE_PAGE,
		                              .type = IMAGE_EXTENT_ZERO};
		err = image_write_record(&w, &extent.record, NULL);
	}
	if (err == OK)
		err = maps_write(&w, circle);
	return err == OK ? image_write_end(&w, &size) : err;
}

/* Write and open; the outcome must be `expected`. */
static unsigned try(bool circle, err_t expected)
{
	struct sample_bytes bytes = {malloc(CAPACITY), 0, CAPACITY, 0, 0};
	struct image_source source;
	struct image_fault fault = {0, "whole"};
	struct image image;
	uint64_t needed;
	void *buffer = NULL;
	double start;
	err_t err = image_write(&bytes, circle);

	source = sample_source(&bytes);
	if (err == OK)
		err = image_probe(&source, &needed, &fault);
	start = now_ms();
	if (err == OK) {
		buffer = malloc(needed);
		err = image_open(&image, &source, buffer, needed, &fault);
	}
	printf("%u records, %.1f MiB: %s, %.1f ms\n", EXTENTS + 3 * DEPTH, (double)bytes.size / (1 << 20),
	       fault.sentence, now_ms() - start);
	free(buffer);
	free(bytes.bytes);
	return err == expected;
}

int main(void)
{
	unsigned passed = try(false, OK) + try(true, ERR_CORRUPT);
	printf("%u passed, %u failed\n", passed, 2 - passed);
	return passed == 2 ? 0 : 1;
}
