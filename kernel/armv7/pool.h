/* SPDX-License-Identifier: MIT */
/*
 * Kernel memory of one protection domain, from its donations: runs of at most POOL_UNITS units of 1 KiB, first fit. What
 * is taken never moves and comes back one by one, or with the domain.
 */
#ifndef KERNEL_ARMV7_POOL_H
#define KERNEL_ARMV7_POOL_H

#include <stdint.h>

enum { POOL_UNIT = 1024, POOL_UNITS = 1024 };

struct pool {
	struct pool *next;   /* a further run; its struct lies at the start of its donation */
	uint32_t donated;    /* bytes of that donation */
	uint32_t units;
	uint8_t *first;      /* aligned to POOL_UNIT */
	uint32_t used[POOL_UNITS / 32];
	uint32_t most[2];    /* no more units than that can be had at once from this run: one by one, and aligned */
};

/* All of [start, start + size) that is aligned and fits. */
void pool_init(struct pool *pool, void *start, uint32_t size);

/* One more run for `pool`, whose struct lies in it. */
void pool_add(struct pool *pool, void *start, uint32_t size);

/* `count` units, at most 32, zeroed, at a multiple of `align` units; NULL if there are none. */
void *pool_take(struct pool *pool, uint32_t count, uint32_t align);
void pool_give(struct pool *pool, void *at, uint32_t count);

#endif
