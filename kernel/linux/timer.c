/* SPDX-License-Identifier: MIT */
/*
 * Deadlines of waiting threads: a binary heap by machine time, each thread knows its place (1-based, 0: not in
 * it). Deadlines are in the domain's own time, so setting a clock takes a domain's threads out and in again.
 */
#include <stdlib.h>
#include <time.h>

#include "kernel/linux/timer.h"
#include "kernel/object/machine.h"

struct entry_in_heap {
	uint64_t time;
	struct thread *thread;
};

static struct entry_in_heap *heap;
static uint32_t heap_count, heap_size;

uint64_t machine_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void put(uint32_t place, struct entry_in_heap entry)
{
	heap[place] = entry;
	entry.thread->deadline_place = place;
}

static void sift(uint32_t place, struct entry_in_heap entry)
{
	while (place > 1 && heap[place / 2].time > entry.time) {
		put(place, heap[place / 2]);
		place /= 2;
	}
	for (;;) {
		uint32_t child = place * 2;
		if (child > heap_count)
			break;
		if (child < heap_count && heap[child + 1].time < heap[child].time)
			child++;
		if (heap[child].time >= entry.time)
			break;
		put(place, heap[child]);
		place = child;
	}
	put(place, entry);
}

void machine_deadline_stop(struct thread *thread)
{
	uint32_t place = thread->deadline_place;

	if (!place)
		return;
	thread->deadline_place = 0;
	struct entry_in_heap last = heap[heap_count--];
	if (place <= heap_count)
		sift(place, last);
}

void machine_deadline_start(struct thread *thread)
{
	machine_deadline_stop(thread);
	if (thread->deadline == UINT64_MAX)
		return;
	if (heap_count + 1 >= heap_size) {
		uint32_t size = heap_size ? heap_size * 2 : 256;
		struct entry_in_heap *larger = realloc(heap, size * sizeof *heap);
		if (!larger)
			abort();
		heap = larger;
		heap_size = size;
	}
	uint64_t now = machine_now(), own = now + (uint64_t)thread->pd->clock_offset;
	uint64_t left = thread->deadline > own ? thread->deadline - own : 0;
	heap_count++;
	sift(heap_count, (struct entry_in_heap){left < UINT64_MAX - now ? now + left : UINT64_MAX, thread});
}

uint64_t timer_expire(uint64_t now)
{
	while (heap_count && heap[1].time <= now) {
		struct thread *thread = heap[1].thread;
		machine_deadline_stop(thread);
		thread_expire(thread);
	}
	return heap_count ? heap[1].time : UINT64_MAX;
}
