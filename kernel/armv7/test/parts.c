/* SPDX-License-Identifier: MIT */
/* Parts of the microkernel that need no machine, against simple models, at random; built with sanitizers. */
#include <string.h>

#include "kernel/armv7/pool.h"
#include "kernel/armv7/timer.h"
#include "kernel/armv7/test/expect.h"

enum { ROUNDS = 20000, TIMERS = 60, PIECES = 80, RUN = 200 * POOL_UNIT };

static struct timer timers[TIMERS];
static bool waits[TIMERS];
static struct timers all;

static uint32_t random_below(uint32_t limit)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % limit;
}

/* The time of the soonest that waits with that priority or a higher one. */
static uint64_t soonest(uint32_t priority)
{
	uint64_t time = UINT64_MAX;

	for (uint32_t i = 0; i < TIMERS; i++)
		if (waits[i] && timers[i].priority >= priority && timers[i].time < time)
			time = timers[i].time;
	return time;
}

/* Of those whose time has come the soonest of the highest priority, or one like it. */
static bool is_first(const struct timer *taken, uint64_t now)
{
	const struct timer *best = NULL;

	for (uint32_t i = 0; i < TIMERS; i++)
		if (waits[i] && timers[i].time <= now &&
		    (!best || timers[i].priority > best->priority ||
		     (timers[i].priority == best->priority && timers[i].time < best->time)))
			best = &timers[i];
	return best ? taken && taken->time == best->time && taken->priority == best->priority && waits[taken - timers] : !taken;
}

static void timers_try(void)
{
	for (uint32_t round = 0; round < ROUNDS; round++) {
		uint32_t i = random_below(TIMERS);
		if (waits[i])
			timer_remove(&all, &timers[i]);
		else
			timer_add(&all, &timers[i], random_below(1000), random_below(8) * 9);
		waits[i] = !waits[i];
		uint32_t priority = random_below(PRIORITY_MAX + 1);
		EXPECT(timer_next(&all, priority) == soonest(priority) && timer_next(&all, 0) == soonest(0));
		EXPECT(!soonest(0) || !timer_take(&all, soonest(0) - 1));
		if (round % 5 == 0) {
			uint64_t now = random_below(1000);
			struct timer *taken = timer_take(&all, now);
			EXPECT(is_first(taken, now));
			if (!taken)
				continue;
			waits[taken - timers] = false;
			timer_remove(&all, taken);
		}
	}
}

struct piece {
	uint8_t *at;
	uint32_t units;
	uint8_t fill;
};

static bool piece_holds(const struct piece *piece)
{
	for (uint32_t i = 0; i < piece->units * POOL_UNIT; i += 97)
		if (piece->at[i] != piece->fill)
			return false;
	return true;
}

static void piece_take(struct pool *pool, struct piece *piece, uint32_t round)
{
	static const uint32_t sizes[] = {1, 1, 1, 16};
	uint32_t pick = random_below(4);

	piece->units = sizes[pick];
	piece->at = pool_take(pool, piece->units, pick == 3 ? 4 : 1);
	if (!piece->at)
		return;
	EXPECT((uintptr_t)piece->at % (pick == 3 ? 4 * POOL_UNIT : POOL_UNIT) == 0);
	piece->fill = 0;
	EXPECT(piece_holds(piece));
	piece->fill = (uint8_t)round;
	memset(piece->at, piece->fill, piece->units * POOL_UNIT);
}

/* What is taken is zero, aligned, and nobody else's; all of it comes back. */
static void pool_try(void)
{
	static struct piece pieces[PIECES];
	uint8_t *first = malloc(RUN), *second = malloc(RUN);
	struct pool pool;

	EXPECT(first && second);
	pool_init(&pool, first + 100, RUN - 300);
	pool_add(&pool, second, RUN);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		struct piece *piece = &pieces[random_below(PIECES)];
		if (!piece->at) {
			piece_take(&pool, piece, round);
			continue;
		}
		EXPECT(piece_holds(piece));
		pool_give(&pool, piece->at, piece->units);
		piece->at = NULL;
	}
	for (uint32_t i = 0; i < PIECES; i++)
		if (pieces[i].at)
			pool_give(&pool, pieces[i].at, pieces[i].units);
	for (const struct pool *run = &pool; run; run = run->next)
		for (uint32_t i = 0; i < POOL_UNITS / 32; i++)
			EXPECT(!run->used[i]);
	free(first);
	free(second);
}

int main(void)
{
	timers_try();
	pool_try();
	printf("2 passed, 0 failed\n");
	return 0;
}
