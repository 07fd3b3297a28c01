/* SPDX-License-Identifier: MIT */
/* Regions of a map: making room, cutting, searching; see map.h. What the kernel sees of it is in show.c. */
#include <framework/heap.h>
#include <framework/layout.h>
#include <framework/memory.h>
#include <kernel/boot.h>
#include <kernel/machine.h>

#include "core/map.h"
#include "core/memory.h"

enum { RIGHTS = RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE, REGIONS_MAX = 60000 };

err_t map_make(struct pd *owner, uint64_t size, struct pd *pd, struct map **made)
{
	struct map *map;
	err_t err = object_make(owner, TYPE_MAP, sizeof *map, PAGE_SIZE, (void **)&map);

	if (err != OK)
		return err;
	map->size = size;
	map->pd = pd;
	map->search = pd ? ANYWHERE_LOW : 0;
	*made = map;
	return OK;
}

uint32_t region_after(const struct map *map, uint64_t address)
{
	uint32_t low = 0, high = map->count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (map->regions[middle].address + map->regions[middle].size <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct map_use **uses_of(struct object *source)
{
	return source->type == TYPE_MAP ? &((struct map *)source)->uses : &((struct dataspace *)source)->uses;
}

static err_t use_add(struct object *source, struct map *map)
{
	struct map_use **uses = uses_of(source), *use;

	for (use = *uses; use && use->map != map; use = use->next)
		;
	if (!use) {
		use = heap_alloc(sizeof *use);
		if (!use)
			return ERR_MEMORY_QUOTA;
		*use = (struct map_use){*uses, map, 0};
		*uses = use;
	}
	use->count++;
	return OK;
}

static void use_drop(struct object *source, const struct map *map)
{
	struct map_use **link = uses_of(source), *use;

	while (*link && (*link)->map != map)
		link = &(*link)->next;
	use = *link;
	if (use && --use->count == 0) {
		*link = use->next;
		heap_free(use);
	}
	if (source->type == TYPE_DATASPACE && ((struct dataspace *)source)->spare && !*uses_of(source))
		dataspace_destroy(source);
}

static void region_uses_drop(const struct region *region, const struct map *map)
{
	use_drop(region->source, map);
	if (region->spare)
		use_drop(object_of_badge(region->spare), map);
}

static err_t region_uses_add(const struct region *region, struct map *map)
{
	err_t err = use_add(region->source, map);

	if (err != OK || !region->spare)
		return err;
	err = use_add(object_of_badge(region->spare), map);
	if (err != OK)
		use_drop(region->source, map);
	return err;
}

/* What is seen in a region of `map` when its source is gone. */
static err_t spare_make(const struct map *map, const struct object *source, uint32_t *badge)
{
	struct dataspace *spare;

	if (!map->pd || source->type != TYPE_DATASPACE || ((const struct dataspace *)source)->nature != NATURE_PLAIN)
		return ERR_UNSUPPORTED;
	err_t err = dataspace_make(map->pd, PAGE_SIZE, &spare);
	if (err != OK)
		return err;
	spare->spare = true;
	*badge = spare->object.badge;
	return OK;
}

/*
 * The first regions are covered by what a map or a domain costs anyway; who wants many pays for them, and for as many uses
 * of sources: there are never more of these.
 */
static err_t regions_charge(struct map *map, uint32_t capacity)
{
	enum { COVERED = 32, EACH = sizeof(struct region) + sizeof(struct map_use) };
	struct pd *payer = map->pd ? map->pd : map->object.owner;
	uint64_t before = map->capacity > COVERED ? map->capacity : COVERED;
	uint64_t bytes = capacity > before ? (capacity - before) * EACH : 0;

	if (!payer || !bytes)
		return OK;
	if (bytes > payer->ram_limit - payer->ram_used)
		return ERR_MEMORY_QUOTA;
	payer->ram_used += bytes;
	if (map->pd)
		payer->space_ram += bytes;
	else
		map->object.charge += bytes;
	return OK;
}

/* Room for `more` further regions, so that what follows cannot fail. */
static err_t regions_reserve(struct map *map, uint32_t more)
{
	if (map->count + more <= map->capacity)
		return OK;
	if (map->count + more > REGIONS_MAX)
		return ERR_UNSUPPORTED;
	uint32_t capacity = map->capacity ? map->capacity * 2 : 8;
	struct region *grown = heap_resize(map->regions, capacity * sizeof *grown);
	if (!grown)
		return ERR_MEMORY_QUOTA;
	map->regions = grown;
	err_t err = regions_charge(map, capacity);
	if (err != OK)
		return err;
	map->capacity = capacity;
	return OK;
}

static void region_insert(struct map *map, uint32_t at, const struct region *region)
{
	memmove(&map->regions[at + 1], &map->regions[at], (map->count - at) * sizeof *map->regions);
	map->regions[at] = *region;
	map->count++;
}

/* Cut the region at `at` in two at `address`, inside it. Room and use are there. */
static err_t region_split(struct map *map, uint32_t at, uint64_t address)
{
	struct region *region = &map->regions[at], right = *region;
	uint64_t left = address - region->address;
	err_t err = region_uses_add(region, map);

	if (err != OK)
		return err;
	right.address = address;
	right.offset += left;
	right.size -= left;
	region->size = left;
	region_insert(map, at + 1, &right);
	return OK;
}

/* Make `address` and `end` borders of regions. */
static err_t borders_cut(struct map *map, uint64_t address, uint64_t end)
{
	const uint64_t cut[2] = {address, end};

	for (int i = 0; i < 2; i++) {
		uint32_t at = region_after(map, cut[i]);
		if (at == map->count || map->regions[at].address >= cut[i])
			continue;
		err_t err = region_split(map, at, cut[i]);
		if (err != OK)
			return err;
	}
	return OK;
}

static bool range_valid(const struct map *map, uint64_t address, uint64_t size)
{
	return size && !((address | size) % PAGE_SIZE) && size <= map->size && address <= map->size - size &&
	       (!map->pd || address >= PD_LOW);
}

static bool room_at(const struct map *map, uint64_t address, uint64_t size)
{
	uint32_t at = region_after(map, address);

	return at == map->count || map->regions[at].address >= address + size;
}

/* Next fit: behind what was placed last, then from the start. */
static err_t room_find(struct map *map, uint64_t size, uint64_t *address)
{
	uint64_t start = map->pd ? ANYWHERE_LOW : 0, at = map->search;

	for (int round = 0; round < 2; round++, at = start) {
		uint32_t next = region_after(map, at);
		while (size <= map->size && at <= map->size - size) {
			if (room_at(map, at, size)) {
				*address = at;
				map->search = at + size;
				return OK;
			}
			at = map->regions[next].address + map->regions[next].size;
			next++;
		}
	}
	return ERR_RANGE;
}

uint64_t map_search(void)
{
	static uint64_t last;

	return ++last;
}

/* How deep maps are below `source`; more than MAP_DEPTH also if `map` itself is among them. Each is looked at once. */
static uint32_t depth_below(struct object *source, const struct map *map, uint64_t search)
{
	struct map *inner = (struct map *)source;

	if (source->type != TYPE_MAP)
		return 0;
	if (inner == map)
		return MAP_DEPTH + 1;
	if (inner->searched == search)
		return inner->depth;
	uint32_t deepest = 0;
	for (uint32_t i = 0; i < inner->count; i++) {
		uint32_t depth = depth_below(inner->regions[i].source, map, search);
		deepest = depth > deepest ? depth : deepest;
	}
	inner->searched = search;
	inner->depth = deepest + 1;
	return inner->depth;
}

static uint32_t depth_above(struct map *map, uint64_t search)
{
	uint32_t highest = 0;

	if (map->searched == search)
		return map->depth;
	for (const struct map_use *use = map->uses; use; use = use->next) {
		uint32_t height = depth_above(use->map, search) + 1;
		highest = height > highest ? height : highest;
	}
	map->searched = search;
	map->depth = highest;
	return highest;
}

static err_t source_check(struct map *map, struct object *source, uint64_t *size, uint32_t *rights)
{
	if (source->type == TYPE_DATASPACE) {
		const struct dataspace *dataspace = (const struct dataspace *)source;
		*size = dataspace->size;
		*rights = dataspace->rights;
		return OK;
	}
	const struct map *inner = (const struct map *)source;
	if (inner->pd || depth_below(source, map, map_search()) + depth_above(map, map_search()) > MAP_DEPTH)
		return ERR_UNSUPPORTED;
	*size = inner->size;
	*rights = RIGHTS;
	return OK;
}

static void regions_drop(struct map *map, uint64_t address, uint64_t end)
{
	uint32_t at = region_after(map, address), last = at;

	for (; last < map->count && map->regions[last].address < end; last++)
		region_uses_drop(&map->regions[last], map);
	if (last == at)
		return;
	memmove(&map->regions[at], &map->regions[last], (map->count - last) * sizeof *map->regions);
	map->count -= last - at;
}

/* Whether what is shown there may go with its region: only a spare page does. */
static bool spare_shown(const struct map *map, uint64_t address, uint64_t end)
{
	for (uint32_t i = region_after(map, address); i < map->count && map->regions[i].address < end; i++) {
		const struct object *source = map->regions[i].source;
		if (source->type == TYPE_DATASPACE && ((const struct dataspace *)source)->spare)
			return true;
	}
	return false;
}

err_t map_attach(struct map *map, const struct rm_attach_request *request, struct object *source, uint64_t *address)
{
	struct region region = {request->address, request->size, request->offset, request->rights, 0, source};
	uint64_t available;
	uint32_t allowed;
	err_t err = source_check(map, source, &available, &allowed);

	if (err != OK)
		return err;
	if (request->flags & ~(uint32_t)(RM_POPULATE | RM_LENT) || request->rights & ~(uint32_t)RIGHTS)
		return ERR_ARGUMENT;
	if (request->rights & ~allowed)
		return ERR_RIGHTS;
	if (region.offset % PAGE_SIZE || region.offset >= available)
		return ERR_RANGE;
	if (!region.size)
		region.size = available - region.offset;
	if (region.size % PAGE_SIZE || region.size > available - region.offset)
		return ERR_RANGE;
	if (region.address == RM_ANYWHERE)
		err = room_find(map, region.size, &region.address);
	else if (!range_valid(map, region.address, region.size))
		err = ERR_RANGE;
	if (err == OK)
		err = regions_reserve(map, 3);
	if (err == OK && request->flags & RM_LENT)
		err = spare_make(map, source, &region.spare);
	if (err != OK)
		return err;
	uint64_t end = region.address + region.size;
	err = region_uses_add(&region, map);
	if (err != OK) {
		if (region.spare)
			dataspace_destroy(object_of_badge(region.spare));
		return err;
	}
	err = borders_cut(map, region.address, end);
	if (err != OK) {
		region_uses_drop(&region, map);
		return err;
	}
	bool replaced = !room_at(map, region.address, region.size);
	if (replaced && (source->type == TYPE_MAP || spare_shown(map, region.address, end)))
		map_hide(map, region.address, region.size);
	regions_drop(map, region.address, end);
	region_insert(map, region_after(map, region.address), &region);
	err = map_show(map, region.address, region.size, request->flags & RM_POPULATE ? SHOW_POPULATE : SHOW_MAP);
	if (err != OK) {
		map_hide(map, region.address, region.size);
		regions_drop(map, region.address, end);
		return err;
	}
	faults_retry(map, region.address, region.size);
	*address = region.address;
	return OK;
}

err_t map_detach(struct map *map, uint64_t address, uint64_t size)
{
	if (!range_valid(map, address, size))
		return ERR_RANGE;
	err_t err = regions_reserve(map, 2);
	if (err == OK)
		err = borders_cut(map, address, address + size);
	if (err != OK || room_at(map, address, size))
		return err;
	map_hide(map, address, size);
	regions_drop(map, address, address + size);
	faults_retry(map, address, size);
	return OK;
}

err_t map_protect(struct map *map, uint64_t address, uint64_t size, uint32_t rights)
{
	uint64_t end = address + size;

	if (rights & ~(uint32_t)RIGHTS)
		return ERR_ARGUMENT;
	if (!range_valid(map, address, size))
		return ERR_RANGE;
	for (uint32_t i = region_after(map, address); i < map->count && map->regions[i].address < end; i++) {
		const struct object *source = map->regions[i].source;
		if (source->type == TYPE_DATASPACE && rights & ~((const struct dataspace *)source)->rights)
			return ERR_RIGHTS;
	}
	err_t err = regions_reserve(map, 2);
	if (err == OK)
		err = borders_cut(map, address, end);
	if (err != OK)
		return err;
	for (uint32_t i = region_after(map, address); i < map->count && map->regions[i].address < end; i++)
		map->regions[i].rights = rights;
	err = map_show(map, address, size, SHOW_MAP);
	if (err != OK)
		map_hide(map, address, size);   /* nobody keeps the old rights; faults bring it back */
	faults_retry(map, address, size);
	return err;
}

void map_regions_drop(struct map *map)
{
	regions_drop(map, 0, map->size);
}

/* All regions of `map` that show `source`; how many is known. What was lent stays, with its spare page. */
static void source_drop(struct map *map, const struct object *source, uint32_t count)
{
	enum { SINGLY = 1024 };
	uint32_t kept = 0;

	if (count > SINGLY)
		map_hide_all(map);
	for (uint32_t i = 0; i < map->count && count <= SINGLY; i++)
		if (map->regions[i].source == source)
			map_hide(map, map->regions[i].address, map->regions[i].size);
	for (uint32_t i = 0; i < map->count; i++) {
		struct region *region = &map->regions[i];
		if (region->source == source && !region->spare)
			continue;
		if (region->source == source) {
			region->source = object_of_badge(region->spare);
			region->spare = 0;
		}
		map->regions[kept++] = *region;
	}
	map->count = kept;
}

void map_uses_detach(struct object *source, struct map_use **uses)
{
	while (*uses) {
		struct map_use *use = *uses;
		source_drop(use->map, source, use->count);
		*uses = use->next;
		faults_retry(use->map, 0, use->map->size);
		heap_free(use);
	}
}

const struct region *map_look(struct map *map, uint64_t address, uint32_t *rights, struct map **where,
                              uint64_t *where_address)
{
	*rights = RIGHTS;
	for (;;) {
		uint32_t at = region_after(map, address);
		const struct region *region = at < map->count ? &map->regions[at] : NULL;
		*where = map;
		*where_address = address;
		if (!region || region->address > address)
			return NULL;
		*rights &= region->rights;
		if (region->source->type == TYPE_DATASPACE)
			return region;
		address = address - region->address + region->offset;
		map = (struct map *)region->source;
	}
}
