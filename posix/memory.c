/* SPDX-License-Identifier: MIT */
/* Areas and chunks, see memory.h; the calls on them are in memory_calls.c. */
#include <inttypes.h>

#include <framework/env.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <pd/session.h>
#include <rm/session.h>

#include "posix/area.h"
#include "posix/errno.h"
#include "posix/thread.h"
#include "posix/user.h"

enum { AREAS_MAX = 50000 };
#define CHUNK ((uint64_t)1 << 20)
#define CHUNK_LARGE ((uint64_t)4 << 20)
#define LARGE_FROM ((uint64_t)32 << 20)

struct areas areas;
static struct chunk *current;      /* cut from for small areas */
static uint64_t backed;

static err_t attach(struct chunk *chunk, uint64_t offset, uint64_t address, uint64_t size, uint32_t rights, uint32_t flags)
{
	const struct rm_attach_request request = {address, offset, size, rights, flags};
	struct rm_attach_reply reply;

	return rm_attach((ep_t){SLOT_ADDRESS_SPACE}, &request, &chunk->ds.slot, &reply, NULL);
}

uint32_t area_after(uint64_t address)
{
	uint32_t low = 0, high = areas.count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (areas.area[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static long areas_reserve(uint32_t more)
{
	if (areas.count + more <= areas.capacity)
		return 0;
	if (areas.count + more > AREAS_MAX)
		return -ENOMEM;
	uint32_t capacity = areas.capacity ? areas.capacity * 2 : 64;
	struct area *grown = heap_resize(areas.area, capacity * sizeof *grown);
	if (!grown)
		return -ENOMEM;
	areas.area = grown;
	areas.capacity = capacity;
	return 0;
}

static void area_insert(uint32_t at, const struct area *area)
{
	memmove(&areas.area[at + 1], &areas.area[at], (areas.count - at) * sizeof *area);
	areas.area[at] = *area;
	areas.count++;
}

static void chunk_put(struct chunk *chunk, uint64_t size)
{
	chunk->live -= size;
	backed -= size;
	if (chunk->live || chunk == current || chunk->kind == CHUNK_ROM)
		return;
	ds_free(chunk->ds);
	heap_free(chunk);
}

/* An area goes and nothing else shows its part of the chunk: if the chunk stays, a large part loses its pages. */
static void area_drop(const struct area *area)
{
	uint64_t size = area->end - area->start;
	struct chunk *chunk = area->chunk;

	if (chunk->kind == CHUNK_OWN && size >= DISCARD_FROM && (chunk->live > size || chunk == current)) {
		err_t ignored = ds_discard(chunk->ds, area->offset, size);
		(void)ignored;
	}
	chunk_put(chunk, size);
}

static struct chunk *chunk_make(uint64_t size)
{
	struct chunk *chunk = heap_alloc(sizeof *chunk);
	static bool told;

	if (!chunk)
		return NULL;
	err_t err = ds_alloc(size, &chunk->ds);
	if (err != OK) {
		heap_free(chunk);
		if (!told)
			log_line("%" PRIu64 " KiB refused: %s; a mapping or the stack of a thread counts whole; give it more --memory",
			         size >> 10, err_sentence(err));
		told = true;
		return NULL;
	}
	chunk->size = size;
	return chunk;
}

/* Pages for an area of `size`: small ones from the current chunk, large ones their own. */
static struct chunk *pages_take(uint64_t size, uint64_t *offset)
{
	uint64_t chunk_size = backed < LARGE_FROM ? CHUNK : CHUNK_LARGE;
	struct chunk *chunk = current;

	if (size >= chunk_size) {
		chunk = chunk_make(size);
	} else if (!chunk || size > chunk->size - chunk->used) {
		struct chunk *made = chunk_make(chunk_size);
		if (!made)
			return NULL;
		current = made;
		if (chunk)
			chunk_put(chunk, 0);
		chunk = made;
	}
	if (!chunk)
		return NULL;
	*offset = chunk->used;
	chunk->used += size;
	chunk->live += size;
	backed += size;
	return chunk;
}

/* Make `address` a border. */
static void area_split(uint64_t address)
{
	uint32_t at = area_after(address);

	if (at == areas.count || areas.area[at].start >= address)
		return;
	struct area right = areas.area[at];
	right.start = address;
	right.offset += address - areas.area[at].start;
	areas.area[at].end = address;
	area_insert(at + 1, &right);
}

bool area_free(uint64_t address, uint64_t size)
{
	uint32_t at = area_after(address);

	return at == areas.count || areas.area[at].start >= address + size;
}

bool memory_mapped(uint64_t address)
{
	return !area_free(address, 1);
}

/* `moved`: what is shown there is shown elsewhere by now. */
static long range_unmap(uint64_t address, uint64_t size, bool moved)
{
	const struct rm_detach_request request = {address, size};
	struct rm_detach_reply reply;
	bool any = false;

	if (area_free(address, size))
		return 0;
	if (areas_reserve(2))
		return -ENOMEM;
	area_split(address);
	area_split(address + size);
	uint32_t at = area_after(address), end = at;
	for (; end < areas.count && areas.area[end].start < address + size; end++)
		any |= areas.area[end].chunk != NULL;
	if (any) {
		err_t ignored = rm_detach((ep_t){SLOT_ADDRESS_SPACE}, &request, NULL, &reply, NULL);
		(void)ignored;
	}
	for (uint32_t i = at; i < end; i++)
		if (areas.area[i].chunk && moved)
			chunk_put(areas.area[i].chunk, areas.area[i].end - areas.area[i].start);
		else if (areas.area[i].chunk)
			area_drop(&areas.area[i]);
	memmove(&areas.area[at], &areas.area[end], (areas.count - end) * sizeof *areas.area);
	areas.count -= end - at;
	return 0;
}

long area_unmap(uint64_t address, uint64_t size)
{
	return range_unmap(address, size, false);
}

/* Join with a neighbour that goes on in the same chunk, so that brk stays one area. */
static void area_join(uint32_t at)
{
	if (!at || at >= areas.count)
		return;
	struct area *left = &areas.area[at - 1];
	const struct area *right = &areas.area[at];
	bool same = left->end == right->start && left->rights == right->rights && left->kept == right->kept && left->chunk == right->chunk &&
	            (!left->chunk || left->offset + (left->end - left->start) == right->offset);
	if (!same)
		return;
	left->end = right->end;
	areas.count--;
	memmove(&areas.area[at], &areas.area[at + 1], (areas.count - at) * sizeof *areas.area);
}

static void area_put(const struct area *area)
{
	uint32_t at = area_after(area->start);

	area_insert(at, area);
	area_join(at + 1);
	area_join(at);
}

long memory_map(uint64_t address, uint64_t size, uint32_t rights, uint32_t flags)
{
	struct area area = {.start = address, .end = address + size, .rights = rights, .kept = flags & MEMORY_KEPT};

	if (areas_reserve(4))
		return -ENOMEM;
	long result = area_unmap(address, size);
	if (result)
		return result;
	if (rights) {
		area.chunk = pages_take(size, &area.offset);
		if (!area.chunk)
			return -ENOMEM;
		bool populate = flags & MEMORY_POPULATE || size <= CHUNK;
		err_t err = attach(area.chunk, area.offset, address, size, rights, populate ? RM_POPULATE : 0);
		if (err != OK) {
			chunk_put(area.chunk, size);
			return -ENOMEM;
		}
	}
	area_put(&area);
	return 0;
}

struct chunk *chunk_rom(ds_t rom)
{
	static struct chunk chunk;

	chunk.ds = rom;
	chunk.kind = CHUNK_ROM;
	return &chunk;
}

struct chunk *chunk_share(uint64_t size, uint8_t **view)
{
	struct chunk *chunk = chunk_make(size);
	void *address;

	if (!chunk)
		return NULL;
	if (ds_attach(chunk->ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address) != OK) {
		ds_free(chunk->ds);
		heap_free(chunk);
		return NULL;
	}
	chunk->kind = CHUNK_FILE;
	chunk->live = size;      /* for the file; what is mapped comes on top */
	backed += size;
	*view = address;
	return chunk;
}

void chunk_unshare(struct chunk *chunk, uint8_t *view)
{
	ds_detach(view, chunk->size);
	chunk_put(chunk, chunk->size);
}

uint64_t chunk_size(const struct chunk *chunk)
{
	return chunk->size;
}

bool chunk_mapped(const struct chunk *chunk)
{
	return chunk->live > chunk->size;
}

long memory_map_chunk(uint64_t address, uint64_t size, uint32_t rights, struct chunk *chunk, uint64_t offset)
{
	struct area area = {address, address + size, offset, chunk, rights, true};

	if (areas_reserve(4))
		return -ENOMEM;
	chunk->live += size;     /* before anything goes: it may be what goes */
	backed += size;
	if (area_unmap(address, size) || attach(chunk, offset, address, size, rights, 0) != OK) {
		chunk_put(chunk, size);
		return -ENOMEM;
	}
	area_put(&area);
	return 0;
}

/* Pages of a ROM become the program's own, which can be written. */
static long rom_copy(uint64_t address, uint64_t size)
{
	const struct rm_protect_request request = {address, size, RIGHT_READ, 0};
	struct rm_protect_reply reply;
	long at = memory_map_anywhere(size, RIGHT_READ | RIGHT_WRITE, MEMORY_KEPT);

	if (at < 0)
		return at;
	if (rm_protect((ep_t){SLOT_ADDRESS_SPACE}, &request, NULL, &reply, NULL) != OK ||
	    user_read((void *)at, address, size))
		return -ENOMEM;
	long result = area_unmap(address, size);
	return result ? result : area_move((uint64_t)at, size, address);
}

/* Downwards from the top, the highest gap that fits. */
long area_place(uint64_t size, uint64_t *address)
{
	uint64_t top = MAPPINGS_TOP;
	uint32_t at = area_after(MAPPINGS_TOP);

	if (at < areas.count && areas.area[at].start < top)   /* grown in place beyond the top */
		top = areas.area[at].start;
	for (;;) {
		uint64_t bottom = at ? areas.area[at - 1].end : MAPPINGS_LOW;
		if (bottom < MAPPINGS_LOW)
			bottom = MAPPINGS_LOW;
		if (bottom < top && top - bottom >= size) {
			*address = top - size;
			return 0;
		}
		if (!at || bottom == MAPPINGS_LOW)
			return -ENOMEM;
		top = areas.area[--at].start;
	}
}

long memory_map_anywhere(uint64_t size, uint32_t rights, uint32_t flags)
{
	uint64_t address;
	long result = area_place(size, &address);

	if (!result)
		result = memory_map(address, size, rights, flags);
	return result ? result : (long)address;
}

/* One area gets other rights: it is backed if it was not, and its own if it was a ROM's. */
static long area_protect(uint64_t start, uint64_t size, uint32_t rights)
{
	struct area *area = &areas.area[area_after(start)];
	const struct rm_protect_request request = {start, size, rights, 0};
	struct rm_protect_reply reply;

	if (area->rights == rights || (!area->chunk && !rights))
		return 0;
	if (!area->chunk)
		return memory_map(start, size, rights, area->kept ? MEMORY_KEPT : 0);
	if (area->chunk->kind == CHUNK_ROM && rights & RIGHT_WRITE) {
		long result = rom_copy(start, size);
		if (result)
			return result;
		area = &areas.area[area_after(start)];
	}
	if (rm_protect((ep_t){SLOT_ADDRESS_SPACE}, &request, NULL, &reply, NULL) != OK)
		return -ENOMEM;
	area->rights = rights;
	uint32_t joined = area_after(start);
	area_join(joined + 1);
	area_join(joined);
	return 0;
}

long memory_protect(uint64_t address, uint64_t size, uint32_t rights)
{
	uint64_t end = address + size, covered = address;

	for (uint32_t i = area_after(address); i < areas.count && areas.area[i].start <= covered && covered < end; i++)
		covered = areas.area[i].end;
	if (areas_reserve(4))
		return -ENOMEM;
	end = covered < end ? covered : end;     /* what is before a hole changes */
	area_split(address);
	area_split(end);
	for (uint64_t at = address; at < end;) {
		uint64_t next = areas.area[area_after(at)].end;
		next = next < end ? next : end;
		long result = area_protect(at, next - at, rights);
		if (result)
			return result;
		at = next;
	}
	return end == address + size ? 0 : -ENOMEM;
}

long area_move(uint64_t from, uint64_t size, uint64_t to)
{
	if (areas_reserve(64))
		return -ENOMEM;
	area_split(from);
	area_split(from + size);
	for (uint64_t at = from; at < from + size;) {
		struct area area = areas.area[area_after(at)];
		uint64_t length = area.end - area.start;
		at = area.end;
		area.start = area.start - from + to;
		area.end = area.start + length;
		if (areas_reserve(2))
			return -ENOMEM;
		if (area.chunk) {
			if (attach(area.chunk, area.offset, area.start, length, area.rights, 0) != OK)
				return -ENOMEM;
			area.chunk->live += length;
			backed += length;
		}
		area_insert(area_after(area.start), &area);
	}
	return range_unmap(from, size, true);
}
