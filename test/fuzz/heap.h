/* SPDX-License-Identifier: MIT */
/* What fuzz targets ask of their heap (heap.c): how many blocks live, and to let one allocation fail. */
#ifndef TEST_FUZZ_HEAP_H
#define TEST_FUZZ_HEAP_H

#include <stdint.h>

uint32_t heap_blocks(void);

/* The `count`-th allocation from here on fails, once; 0: none. */
void heap_fail_after(uint32_t count);

#endif
