/* SPDX-License-Identifier: MIT */
/*
 * The strategy `shared`, see strategy.h. Each dataspace has a copy of its size; both are attached here, and what is populated
 * gets its pages before the target is stopped. What has no backing is neither read nor copied.
 */
#include <framework/heap.h>
#include <framework/memory.h>

#include "rtcr/snapshot.h"

enum { WARM_MAX = 32 << 20, WARM_PASSES = 6 };

struct retired {
	struct retired *next;
	ds_t ds;
	uint8_t *bytes;
	uint64_t size;
};

/* All anonymous dataspaces in order of their ids, and by the same numbers the kernel's names for them. */
static struct {
	struct dataspace_entry **dataspaces;
	memory_t *natives;
	uint32_t count, room, native_room;
	uint64_t changes;              /* registry.changes when the list was made */
	struct retired *retired;
} shared;

static err_t list_make(void)
{
	if (shared.changes == registry.changes && shared.count)
		return OK;
	shared.count = 0;
	for (struct entry *entry = registry.first; entry; entry = entry->next) {
		struct dataspace_entry *dataspace = (struct dataspace_entry *)entry;
		if (entry->kind != ENTRY_DATASPACE || dataspace->rom)
			continue;
		if (!array_room((void **)&shared.dataspaces, shared.count, &shared.room, sizeof *shared.dataspaces) ||
		    !array_room((void **)&shared.natives, shared.count, &shared.native_room, sizeof *shared.natives))
			return ERR_MEMORY_QUOTA;
		shared.dataspaces[shared.count] = dataspace;
		shared.natives[shared.count++] = dataspace->native;
	}
	shared.changes = registry.changes;
	return OK;
}

static err_t copy_make(struct dataspace_entry *dataspace)
{
	void *copy;
	err_t err = ds_alloc(dataspace->size, &dataspace->copy_ds);

	if (err != OK)
		return err;
	err = ds_attach(dataspace->copy_ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &copy);
	if (err != OK) {
		ds_free(dataspace->copy_ds);
		return err;
	}
	dataspace->copy = copy;
	return OK;
}

typedef err_t range_visit(struct dataspace_entry *dataspace, const struct populated *range);

/* Visit the populated ranges of the dataspaces first .. first + count - 1. */
static err_t populated_some(uint32_t first, uint32_t count, range_visit *visit)
{
	static struct populated ranges[POPULATED_MAX];
	struct range_place place = {0};

	while (place.memory < count) {
		uint32_t found;
		err_t err = memory_populated(shared.natives + first, count, &place, ranges, &found);
		for (uint32_t i = 0; i < found && err == OK; i++)
			err = visit(shared.dataspaces[first + ranges[i].memory], &ranges[i]);
		if (err != OK)
			return err;
	}
	return OK;
}

static err_t populated_all(range_visit *visit, uint64_t until)
{
	err_t err = OK;

	for (uint32_t first = 0; first < shared.count && err == OK; first += POPULATED_LIST_MAX) {
		uint32_t count = shared.count - first;
		err = populated_some(first, count < POPULATED_LIST_MAX ? count : POPULATED_LIST_MAX, visit);
		if (err == OK && clock_now() > until)
			err = ERR_TIMEOUT;
	}
	return err;
}

static err_t range_count(struct dataspace_entry *dataspace, const struct populated *range)
{
	dataspace->populated += range->size;
	return OK;
}

/* Let pages be present on both sides, so that the copy while the target stands meets no fault. */
static err_t range_prepare(struct dataspace_entry *dataspace, const struct populated *range)
{
	if (dataspace->populated == dataspace->prepared)
		return OK;
	err_t err = pages_populate(dataspace->real, dataspace->source, range->offset, range->size);
	if (err == OK)
		err = pages_populate(dataspace->copy_ds, dataspace->copy, range->offset, range->size);
	for (uint64_t at = range->offset; at < range->offset + range->size && err == OK; at += PAGE_SIZE) {
		(void)*(volatile uint8_t *)(dataspace->source + at);
		*(volatile uint8_t *)(dataspace->copy + at) = 0;
	}
	return err;
}

static err_t range_warm(struct dataspace_entry *dataspace, const struct populated *range)
{
	target.engine->copy(dataspace->copy + range->offset, dataspace->source + range->offset, range->size);
	return OK;
}

/*
 * Memory that the processor's caches may hold is copied before, again and again while that gets faster: a cache that takes
 * what others evict fills over several passes, and the copy that counts then takes half the time.
 */
static err_t caches_warm(void)
{
	uint64_t last = UINT64_MAX, begin;
	err_t err = OK;

	for (int pass = 0; pass < WARM_PASSES && err == OK; pass++) {
		begin = clock_now();
		err = populated_all(range_warm, UINT64_MAX);
		uint64_t taken = clock_now() - begin;
		if (taken > last - last / 16)
			break;
		last = taken;
	}
	return err;
}

static uint64_t populated_sum(void)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < shared.count; i++)
		sum += shared.dataspaces[i]->populated;
	return sum;
}

static bool unprepared(void)
{
	for (uint32_t i = 0; i < shared.count; i++)
		if (shared.dataspaces[i]->populated != shared.dataspaces[i]->prepared)
			return true;
	return false;
}

static err_t arrange(void)
{
	err_t err = list_make();

	for (uint32_t i = 0; i < shared.count && err == OK; i++) {
		err = dataspace_show(shared.dataspaces[i], false);
		if (err == OK && !shared.dataspaces[i]->copy)
			err = copy_make(shared.dataspaces[i]);
	}
	return err;
}

static err_t prepare(void)
{
	for (uint32_t i = 0; i < shared.count; i++)
		shared.dataspaces[i]->populated = 0;
	err_t err = populated_all(range_count, UINT64_MAX);
	if (err == OK && unprepared())
		err = populated_all(range_prepare, UINT64_MAX);
	for (uint32_t i = 0; i < shared.count && err == OK; i++)
		shared.dataspaces[i]->prepared = shared.dataspaces[i]->populated;
	if (err == OK && populated_sum() <= WARM_MAX)
		err = caches_warm();
	return err;
}

static err_t range_copy(struct dataspace_entry *dataspace, const struct populated *range)
{
	if (!array_room((void **)&snapshot.extents, snapshot.extent_count, &snapshot.extent_room, sizeof *snapshot.extents))
		return ERR_MEMORY_QUOTA;
	target.engine->copy(dataspace->copy + range->offset, dataspace->source + range->offset, range->size);
	snapshot.extents[snapshot.extent_count++] =
		(struct extent_copy){dataspace->entry.id, dataspace->copy + range->offset, range->offset, range->size};
	snapshot.memory += range->size;
	return OK;
}

static err_t capture(uint64_t until)
{
	snapshot.extent_count = 0;
	snapshot.memory = 0;
	err_t err = shared.changes == registry.changes ? OK : arrange();
	if (err == OK)
		err = populated_all(range_copy, until);
	target.engine->finish();
	return err;
}

static void forget(struct dataspace_entry *dataspace)
{
	struct retired *retired = snapshot.writing && dataspace->copy ? heap_alloc(sizeof *retired) : NULL;

	if (retired) {
		*retired = (struct retired){shared.retired, dataspace->copy_ds, dataspace->copy, dataspace->size};
		shared.retired = retired;
	} else if (dataspace->copy && !snapshot.writing) {
		ds_detach(dataspace->copy, dataspace->size);
		ds_free(dataspace->copy_ds);
	}
	dataspace->copy = NULL;
}

static void written(void)
{
	while (shared.retired) {
		struct retired *retired = shared.retired;
		shared.retired = retired->next;
		ds_detach(retired->bytes, retired->size);
		ds_free(retired->ds);
		heap_free(retired);
	}
}

const struct strategy strategy_shared = {"shared", arrange, prepare, capture, forget, written};
