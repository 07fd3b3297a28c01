/* SPDX-License-Identifier: MIT */
/*
 * Region maps: regions in order of address, none overlapping, each showing a range of a dataspace or of another map.
 *
 *    address space of a PD          map                     dataspaces
 *    0x1000 [ region ] ───────────────────────────────────► [ d1      ]
 *    0x5000 [ region ] ───► 0 [ region ]  [hole] [region] ► [ d2 ]
 *
 * The kernel knows mappings of address spaces only. So a change of a map is carried up, through the maps that show it,
 * to every address space, and what is visible there is found by going down to dataspaces. Where that is too much, and
 * for what is not shown for other reasons, a fault shows the page that it is at. Maps are nested at most MAP_DEPTH deep,
 * never in themselves.
 */
#ifndef CORE_MAP_H
#define CORE_MAP_H

#include <rm/session.h>

#include "core/pd.h"

enum { MAP_DEPTH = 4 };

struct region {
	uint64_t address, size;
	uint64_t offset;           /* in the source */
	uint32_t rights;
	uint32_t spare;            /* RM_LENT: badge of the dataspace that takes the place of the source when that goes; or 0 */
	struct object *source;     /* dataspace or map */
};

/* A map shows a source in `count` of its regions. */
struct map_use {
	struct map_use *next;
	struct map *map;
	uint32_t count;
};

struct map {
	struct object object;
	uint64_t size;
	struct pd *pd;             /* whose address space it is, or NULL */
	struct region *regions;
	uint32_t count, capacity;
	struct map_use *uses;      /* maps that show this one */
	slot_t handler;            /* signal for faults, or 0 */
	uint64_t search;           /* where to look for room first */
	uint64_t searched;         /* the last search that was here (map_search), ... */
	uint32_t depth;            /* ... and what it found */
};

static inline struct object *map_object(struct map *map)
{
	return &map->object;
}

/* A map paid by `owner`, or with `pd` its address space, which costs nothing. */
err_t map_make(struct pd *owner, uint64_t size, struct pd *pd, struct map **made) MUST_CHECK;

/* The first region that ends behind `address`; map->count if there is none. */
uint32_t region_after(const struct map *map, uint64_t address);

err_t map_attach(struct map *map, const struct rm_attach_request *request, struct object *source, uint64_t *address)
	MUST_CHECK;
err_t map_detach(struct map *map, uint64_t address, uint64_t size) MUST_CHECK;
err_t map_protect(struct map *map, uint64_t address, uint64_t size, uint32_t rights) MUST_CHECK;

/* Forget all regions; for a map that nobody sees any more. */
void map_regions_drop(struct map *map);

/* Detach `source` everywhere. */
void map_uses_detach(struct object *source, struct map_use **uses);

/*
 * What lies at `address` of `map`: the dataspace region, *rights allowed on the way down and where in which map; or a
 * hole of *hole at *hole_address (then NULL).
 */
const struct region *map_look(struct map *map, uint64_t address, uint32_t *rights, struct map **where,
                              uint64_t *where_address);

/* Show what [address, address + size) of `map` holds, in every address space. On an error some may show it. */
enum show { SHOW_MAP, SHOW_POPULATE, SHOW_HIDE };
err_t map_show(struct map *map, uint64_t address, uint64_t size, enum show how) MUST_CHECK;

/* Hide it everywhere; or all that any address space shows from where `map` is seen. */
void map_hide(struct map *map, uint64_t address, uint64_t size);
void map_hide_all(struct map *map);

/* Show in one address space the page at `place` of the map that `region` is of (map_look). */
err_t page_show(struct pd *pd, uint64_t address, const struct region *region, uint64_t place, uint32_t rights)
	MUST_CHECK;

/* A number for a search that marks the maps it has been at. */
uint64_t map_search(void);

/* Faults that wait in a range of `map` are tried again (fault.c). */
void faults_retry(const struct map *map, uint64_t address, uint64_t size);
void faults_of_thread_drop(uint32_t badge);
void fault_first(const struct map *map, struct rm_state_reply *state);

#endif
