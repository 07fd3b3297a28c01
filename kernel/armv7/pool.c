/* SPDX-License-Identifier: MIT */
/* Kernel memory of one protection domain: see pool.h. */
#include <framework/memory.h>

#include "kernel/armv7/pool.h"

void pool_init(struct pool *pool, void *start, uint32_t size)
{
	uintptr_t low = ((uintptr_t)start + POOL_UNIT - 1) & ~(uintptr_t)(POOL_UNIT - 1);
	uintptr_t high = ((uintptr_t)start + size) & ~(uintptr_t)(POOL_UNIT - 1);
	uint32_t units = high > low ? (uint32_t)((high - low) / POOL_UNIT) : 0;

	memset(pool, 0, sizeof *pool);
	pool->first = (uint8_t *)low;
	pool->units = units < POOL_UNITS ? units : POOL_UNITS;
	pool->most[0] = pool->most[1] = POOL_UNITS;
}

void pool_add(struct pool *pool, void *start, uint32_t size)
{
	struct pool *run = start;

	pool_init(run, run + 1, size - sizeof *run);
	run->donated = size;
	run->next = pool->next;
	pool->next = run;
}

static void units_mark(struct pool *pool, uint32_t at, uint32_t count, uint32_t used)
{
	for (uint32_t i = at; i < at + count; i++) {
		pool->used[i / 32] &= ~(1u << i % 32);
		pool->used[i / 32] |= used << i % 32;
	}
}

/* Units [at, at + count), at most 32. */
static bool units_are_free(const struct pool *pool, uint32_t at, uint32_t count)
{
	uint64_t used = pool->used[at / 32];

	if (at / 32 + 1 < POOL_UNITS / 32)
		used |= (uint64_t)pool->used[at / 32 + 1] << 32;
	return !(used >> at % 32 & ((1ull << count) - 1));
}

static void *run_take(struct pool *run, uint32_t count, uint32_t align)
{
	uint32_t skip = (uint32_t)((uintptr_t)run->first / POOL_UNIT % align), begin = skip ? align - skip : 0;

	if (count > run->most[align > 1])
		return NULL;
	for (uint32_t at = begin; at + count <= run->units; at += align) {
		if (run->used[at / 32] == UINT32_MAX) {
			at = (at | 31) + 1 + begin - align;
			continue;
		}
		if (!units_are_free(run, at, count))
			continue;
		units_mark(run, at, count, 1);
		return memset(run->first + at * POOL_UNIT, 0, count * POOL_UNIT);
	}
	run->most[align > 1] = count - 1;
	return NULL;
}

void *pool_take(struct pool *pool, uint32_t count, uint32_t align)
{
	void *taken = NULL;

	for (struct pool *run = pool; run && !taken; run = run->next)
		taken = run_take(run, count, align);
	return taken;
}

void pool_give(struct pool *pool, void *at, uint32_t count)
{
	struct pool *run = pool;

	while ((uintptr_t)at - (uintptr_t)run->first >= run->units * POOL_UNIT)
		run = run->next;
	units_mark(run, (uint32_t)((uint8_t *)at - run->first) / POOL_UNIT, count, 0);
	run->most[0] = run->most[1] = POOL_UNITS;
}
