/* SPDX-License-Identifier: MIT */
/*
 * The strategy `shared`, see strategy.h. Each dataspace has a copy of its size; both are attached here as far as there is
 * room (view.h), and what is populated gets its pages before the target is stopped. What has no backing is neither read nor
 * copied.
 */
#include <framework/heap.h>
#include <framework/memory.h>

#include "rtcr/snapshot.h"

enum { WARM_MAX = 32 << 20, WARM_PASSES = 6, ROUNDS = 3 };

/* Of a dataspace; retired when that goes while the snapshot shows it. */
struct copy {
	struct copy *next;
	struct view view;
};

/* All anonymous dataspaces in order of their ids, and by the same numbers the kernel's names for them. */
static struct {
	struct dataspace_entry **dataspaces;
	memory_t *natives;
	uint32_t count, room, native_room;
	uint64_t changes;              /* registry.changes when the list was made */
	uint64_t epoch;                /* of their memory when snapshot.extents was made */
	struct copy *retired;
} shared;

static err_t list_make(void)
{
	if (shared.changes == registry.changes && shared.count)
		return OK;
	shared.count = 0;
	for (struct entry *entry = registry.first; entry; entry = entry->next) {
		struct dataspace_entry *dataspace = (struct dataspace_entry *)entry;
		if (entry->kind != ENTRY_DATASPACE || dataspace->origin != IMAGE_ORIGIN_ANONYMOUS)
			continue;
		if (!array_room((void **)&shared.dataspaces, shared.count, &shared.room, sizeof *shared.dataspaces) ||
		    !array_room((void **)&shared.natives, shared.count, &shared.native_room, sizeof *shared.natives))
			return ERR_MEMORY_QUOTA;
		err_t err = dataspace_native_take(dataspace);
		if (err != OK) {
			shared.changes = 0;
			return err;
		}
		shared.dataspaces[shared.count] = dataspace;
		shared.natives[shared.count++] = dataspace->native;
	}
	shared.changes = registry.changes;
	return OK;
}

static void copy_free(struct copy *copy)
{
	view_drop(&copy->view);
	ds_free(copy->view.ds);
	heap_free(copy);
}

static err_t copy_make(struct dataspace_entry *dataspace)
{
	struct copy *copy = heap_alloc(sizeof *copy);

	if (!copy)
		return ERR_MEMORY_QUOTA;
	copy->view.size = dataspace->size;
	err_t err = ds_alloc(copy->view.size, &copy->view.ds);
	if (err == OK) {
		err = view_keep(&copy->view);
		if (err != OK)
			ds_free(copy->view.ds);
	}
	if (err != OK) {
		heap_free(copy);
		return err;
	}
	dataspace->copy = copy;
	return OK;
}

/*
 * What ranges add to dataspace->populated: ranges in a row as much as the one they make, others something else (not only how
 * much there is: a target may discard as much as it writes elsewhere).
 */
static uint64_t cubed(uint64_t offset)
{
	uint64_t page = offset / PAGE_SIZE;

	return page * page * page;
}

static err_t extent_add(uint32_t number, uint64_t offset, uint64_t size)
{
	struct dataspace_entry *dataspace = shared.dataspaces[number];

	if (!array_room((void **)&snapshot.extents, snapshot.extent_count, &snapshot.extent_room, sizeof *snapshot.extents))
		return ERR_MEMORY_QUOTA;
	snapshot.extents[snapshot.extent_count++] = (struct extent_copy){
		dataspace->entry.id, number, &dataspace->source, &dataspace->copy->view, offset, size};
	snapshot.memory += size;
	dataspace->populated += cubed(offset + size) - cubed(offset);
	return OK;
}

/* The populated ranges of the dataspaces first .. first + count - 1. */
static err_t extents_some(uint32_t first, uint32_t count)
{
	static struct populated ranges[POPULATED_MAX];
	struct range_place place = {0};

	while (place.memory < count) {
		uint32_t found;
		err_t err = memory_populated(shared.natives + first, count, &place, ranges, &found);
		for (uint32_t i = 0; i < found && err == OK; i++)
			err = extent_add(first + ranges[i].memory, ranges[i].offset, ranges[i].size);
		if (err != OK)
			return err;
	}
	return OK;
}

static uint32_t part_of(uint32_t first)
{
	return shared.count - first < POPULATED_LIST_MAX ? shared.count - first : POPULATED_LIST_MAX;
}

/* All that is populated becomes snapshot.extents. That costs time for each page, so it is done before the stop, ... */
static err_t extents_find(void)
{
	err_t err = OK;

	snapshot.extent_count = 0;
	snapshot.memory = 0;
	for (uint32_t i = 0; i < shared.count; i++)
		shared.dataspaces[i]->populated = 0;
	for (uint32_t first = 0; first < shared.count && err == OK; first += POPULATED_LIST_MAX)
		err = extents_some(first, part_of(first));
	return err;
}

/* ... and again in it only if this is another number than before. */
static err_t epoch_sum(uint64_t *sum)
{
	err_t err = OK;

	*sum = 0;
	for (uint32_t first = 0; first < shared.count && err == OK; first += POPULATED_LIST_MAX) {
		uint64_t epoch = 0;
		err = memory_epoch(shared.natives + first, part_of(first), &epoch);
		*sum += epoch;
	}
	return err;
}

/* Let pages be present, in the copy also have memory. A window gives them memory when it shows them. */
static err_t view_prepare(const struct view *view, enum window window, const struct extent_copy *extent)
{
	err_t err = view->bytes ? view_populate(view, extent->offset, extent->size) : OK;

	for (uint64_t at = 0, part; at < extent->size && err == OK; at += part) {
		uint8_t *bytes;
		part = extent->size - at;
		err = view_show(window, view, extent->offset + at, &part, &bytes);
		for (uint64_t page = 0; view->bytes && page < part; page += PAGE_SIZE) {
			if (window == WINDOW_COPY)
				*(volatile uint8_t *)(bytes + page) = 0;
			else
				(void)*(const volatile uint8_t *)(bytes + page);
		}
	}
	return err;
}

/* So that the copy while the target stands meets no fault. */
static err_t extent_prepare(const struct extent_copy *extent)
{
	const struct dataspace_entry *dataspace = shared.dataspaces[extent->number];
	err_t err = OK;

	if (dataspace->populated == dataspace->prepared)
		return OK;
	if (extent->source->bytes)
		err = view_prepare(extent->source, WINDOW_SOURCE, extent);
	return err == OK ? view_prepare(extent->copy, WINDOW_COPY, extent) : err;
}

static bool unprepared(void)
{
	for (uint32_t i = 0; i < shared.count; i++)
		if (shared.dataspaces[i]->populated != shared.dataspaces[i]->prepared)
			return true;
	return false;
}

/* Find what is populated and give it pages here; which is a change itself, so look again. */
static err_t pages_prepare(void)
{
	err_t err = OK;

	for (int round = 0; round < ROUNDS && err == OK; round++) {
		err = epoch_sum(&shared.epoch);
		if (err == OK)
			err = extents_find();
		if (err != OK || !unprepared())
			break;
		for (uint32_t i = 0; i < snapshot.extent_count && err == OK; i++)
			err = extent_prepare(&snapshot.extents[i]);
		for (uint32_t i = 0; i < shared.count && err == OK; i++)
			shared.dataspaces[i]->prepared = shared.dataspaces[i]->populated;
	}
	return err;
}

/* Before a window moves on, what it showed is copied. */
static err_t extent_copy(const struct extent_copy *extent, uint64_t until)
{
	bool whole = extent->source->bytes && extent->copy->bytes;
	err_t err = OK;

	for (uint64_t at = 0, part; at < extent->size && err == OK; at += part) {
		uint8_t *source, *copy;
		part = extent->size - at;
		err = view_show(WINDOW_SOURCE, extent->source, extent->offset + at, &part, &source);
		if (err == OK)
			err = view_show(WINDOW_COPY, extent->copy, extent->offset + at, &part, &copy);
		if (err == OK)
			err = copy_until(copy, source, part, until);
		if (!whole)
			target.engine->finish();
	}
	return err;
}

static err_t extents_copy(uint64_t until)
{
	err_t err = OK;

	for (uint32_t i = 0; i < snapshot.extent_count && err == OK; i++)
		err = extent_copy(&snapshot.extents[i], until);
	target.engine->finish();
	return err;
}

/*
 * Memory that the processor's caches may hold is copied before, again and again while that gets faster: a cache that takes
 * what others evict fills over several passes, and the copy that counts then takes half the time.
 */
static err_t caches_warm(void)
{
	uint64_t last = UINT64_MAX;
	err_t err = OK;

	for (int pass = 0; pass < WARM_PASSES && err == OK; pass++) {
		uint64_t begin = clock_now();
		err = extents_copy(UINT64_MAX);
		uint64_t taken = clock_now() - begin;
		if (taken > last - last / 16)
			break;
		last = taken;
	}
	return err;
}

static err_t arrange(void)
{
	err_t err = list_make();

	for (uint32_t i = 0; i < shared.count && err == OK; i++) {
		err = view_keep(&shared.dataspaces[i]->source);
		if (err == OK && !shared.dataspaces[i]->copy)
			err = copy_make(shared.dataspaces[i]);
	}
	return err;
}

static err_t prepare(void)
{
	err_t err = pages_prepare();

	return err == OK && snapshot.memory <= WARM_MAX ? caches_warm() : err;
}

static err_t capture(uint64_t until)
{
	uint64_t epoch = 0;
	bool same = shared.changes == registry.changes;
	err_t err = same ? epoch_sum(&epoch) : arrange();

	if (err == OK && (!same || epoch != shared.epoch))
		err = extents_find();
	return err == OK ? extents_copy(until) : err;
}

static void forget(struct dataspace_entry *dataspace)
{
	struct copy *copy = dataspace->copy;

	dataspace->copy = NULL;
	if (copy && snapshot.writing) {
		copy->next = shared.retired;
		shared.retired = copy;
	} else if (copy) {
		copy_free(copy);
	}
}

static void written(void)
{
	while (shared.retired) {
		struct copy *copy = shared.retired;
		shared.retired = copy->next;
		copy_free(copy);
	}
}

const struct strategy strategy_shared = {"shared", arrange, prepare, capture, forget, written};
