/* SPDX-License-Identifier: MIT */
/* What address spaces see of a map: up to every address space, then down to dataspaces; see map.h. */
#include <kernel/boot.h>
#include <kernel/machine.h>
#include <kernel/pd.h>

#include "core/map.h"

/*
 * What one change may cost: a map that is shown many times by one that is shown many times itself is seen in more places
 * than anybody can wait for. Beyond that all is hidden, in every space that shows it, and faults bring it back.
 */
enum { STEPS = 1 << 22, STEPS_MAPPING = 256 };
#define OVERRUN ERR_BUSY

static uint32_t steps;

static bool steps_left(uint32_t count)
{
	steps += count;
	return steps <= STEPS;
}

/* A part of a map as it is seen at `address` of a protection domain, with at most `rights`. */
struct view {
	struct pd *pd;
	uint64_t address;
	uint32_t rights;
	enum show how;
};

/*
 * Must not fail: what is hidden may belong to another soon. Cutting a mapping fails where there are too many, taking all
 * away does not; faults bring the rest back. A domain that keeps even that goes itself.
 */
static void space_hide(pd_t pd, uint64_t address, uint64_t size)
{
	err_t err = pd_unmap(pd, address, size);

	if (err == OK || err == ERR_GONE || err == ERR_CAPABILITY)   /* dead, or being destroyed */
		return;
	if (pd_unmap(pd, PD_LOW, PD_HIGH - PD_LOW) != OK)
		err = object_revoke(cap_any(pd));
	(void)err;
}

/* Mapped anew when rights change, so that the kernel knows the most that may be had. A dead domain sees nothing. */
static err_t leaf_show(const struct view *view, uint64_t address, uint64_t size, const struct dataspace *dataspace,
                       uint64_t offset, uint32_t rights)
{
	uint32_t flags = (view->how == SHOW_POPULATE ? MAP_POPULATE_NOW : 0) |
	                 (dataspace->nature == NATURE_UNCACHED ? MAP_UNCACHED : 0);

	if (!steps_left(STEPS_MAPPING))
		return OVERRUN;
	if (!rights || (dataspace->spare && size > PAGE_SIZE)) {   /* of a spare page, faults bring each back */
		space_hide(view->pd->native, address, size);
		return OK;
	}
	if (dataspace->spare)
		offset = 0;
	err_t err;
	do
		err = pd_map(view->pd->native, address, dataspace_memory(dataspace), dataspace->offset + offset, size,
		             rights | flags);
	while (err == ERR_MEMORY_QUOTA && pd_more(view->pd) == OK);
	return err == ERR_GONE ? OK : err;
}

/* Show [from, to) of `map`; `from` lies at view->address. */
static err_t view_down(const struct view *view, const struct map *map, uint64_t from, uint64_t to)
{
	for (uint32_t i = region_after(map, from); i < map->count && map->regions[i].address < to; i++) {
		const struct region *region = &map->regions[i];
		if (!steps_left(1))
			return OVERRUN;
		uint64_t start = region->address > from ? region->address : from;
		uint64_t end = region->address + region->size < to ? region->address + region->size : to;
		uint64_t offset = start - region->address + region->offset;
		struct view inner = {view->pd, view->address + (start - from), view->rights & region->rights, view->how};
		err_t err = region->source->type == TYPE_MAP
		                    ? view_down(&inner, (const struct map *)region->source, offset, offset + (end - start))
		                    : leaf_show(&inner, inner.address, end - start,
		                                (const struct dataspace *)region->source, offset, inner.rights);
		if (err != OK)
			return err;
	}
	return OK;
}

/* [address, address + size) of `seen` is [start, start + size) of `map`, where rights end here with `rights`. */
static err_t view_up(const struct map *seen, uint64_t address, uint64_t size, const struct map *map, uint64_t start,
                     uint32_t rights, enum show how)
{
	if (map->pd) {
		if (how == SHOW_HIDE) {
			if (!steps_left(STEPS_MAPPING))
				return OVERRUN;
			space_hide(map->pd->native, start, size);
			return OK;
		}
		const struct view view = {map->pd, start, rights, how};
		return view_down(&view, seen, address, address + size);
	}
	for (const struct map_use *use = map->uses; use; use = use->next) {
		const struct map *outer = use->map;
		for (uint32_t i = 0; i < outer->count; i++) {
			const struct region *region = &outer->regions[i];
			if (!steps_left(1))
				return OVERRUN;
			if (region->source != &map->object || region->offset >= start + size ||
			    start >= region->offset + region->size)
				continue;
			uint64_t low = start > region->offset ? start : region->offset;
			uint64_t high = start + size < region->offset + region->size ? start + size
			                                                             : region->offset + region->size;
			err_t err = view_up(seen, address + (low - start), high - low, outer,
			                    region->address + (low - region->offset), rights & region->rights, how);
			if (err != OK)
				return err;
		}
	}
	return OK;
}

/* Take everything from every space that shows `map`, each once. */
static void spaces_hide(struct map *map, uint64_t search)
{
	if (map->searched == search)
		return;
	map->searched = search;
	if (map->pd)
		space_hide(map->pd->native, PD_LOW, PD_HIGH - PD_LOW);
	for (struct map_use *use = map->uses; use; use = use->next)
		spaces_hide(use->map, search);
}

void map_hide_all(struct map *map)
{
	spaces_hide(map, map_search());
}

err_t map_show(struct map *map, uint64_t address, uint64_t size, enum show how)
{
	steps = 0;
	err_t err = view_up(map, address, size, map, address, RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE, how);
	if (err != OVERRUN)
		return err;
	map_hide_all(map);
	return OK;
}

err_t page_show(struct pd *pd, uint64_t address, const struct region *region, uint64_t place, uint32_t rights)
{
	const struct view view = {pd, address, rights, SHOW_MAP};
	const struct dataspace *dataspace = (const struct dataspace *)region->source;
	uint64_t offset = place - region->address + region->offset;

	steps = 0;
	err_t err = leaf_show(&view, address, PAGE_SIZE, dataspace, offset, rights);
	if (err == OK || !dataspace->spare)
		return err;
	/* Each page of a spare region is a mapping of its own, and a kernel takes a number of them only: begin anew. */
	space_hide(pd->native, region->address, region->size);
	return leaf_show(&view, address, PAGE_SIZE, dataspace, offset, rights);
}

void map_hide(struct map *map, uint64_t address, uint64_t size)
{
	err_t ignored = map_show(map, address, size, SHOW_HIDE);   /* never fails, see space_hide */
	(void)ignored;
}
