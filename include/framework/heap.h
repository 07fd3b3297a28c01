/* SPDX-License-Identifier: MIT */
/*
 * Memory of any size for the inside of a component. One heap, grown by heap_backing, which env.c implements with
 * dataspaces (core with its own memory). May be called by several threads at once.
 */
#ifndef FRAMEWORK_HEAP_H
#define FRAMEWORK_HEAP_H

#include <kernel/err.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed, aligned to 16. NULL: no memory. Free accepts NULL. */
void *heap_alloc(size_t size);
void heap_free(void *block);

/* As realloc; what is added is zero. NULL: no memory, the block is as before. */
void *heap_resize(void *block, size_t size);

/* The lock of the heap, to be made ready (framework/env.h). */
struct lock;
struct lock *heap_lock(void);

/* At least `size` (a multiple of the page) zeroed bytes at `address`, for good. */
err_t heap_backing(size_t size, void **address) MUST_CHECK;

#endif
