/* SPDX-License-Identifier: MIT */
/* The registry, see registry.h. */
#include <framework/heap.h>
#include <framework/memory.h>

#include "rtcr/registry.h"

struct registry registry = {.next_id = 1, .changes = 1};
struct server rtcr_server;
static uint64_t ep_id;

const char *const service_names[SERVICES] = {"PARENT", "PD", "CPU", "LOG", "ROM", "TIMER", "RM", "TERMINAL",
                                            "IRQ", "IO_MEM"};

static uint64_t entry_size(enum entry_kind kind)
{
	static const uint64_t sizes[] = {
		[ENTRY_SESSION] = sizeof(struct session_entry), [ENTRY_DATASPACE] = sizeof(struct dataspace_entry),
		[ENTRY_MAP] = sizeof(struct map_entry),         [ENTRY_OBJECT] = sizeof(struct object_entry),
		[ENTRY_THREAD] = sizeof(struct thread_entry),
	};

	return sizes[kind];
}

static struct entry **head_of(uint32_t id)
{
	return &registry.by_id[id & (registry.size - 1)];
}

/* Room for one more entry. */
static bool table_grow(void)
{
	uint32_t size = registry.size ? registry.size * 2 : 256;

	if (registry.count < registry.size)
		return true;
	struct entry **grown = heap_alloc(size * sizeof *grown);
	if (!grown)
		return false;
	heap_free(registry.by_id);
	registry.by_id = grown;
	registry.size = size;
	for (struct entry *entry = registry.first; entry; entry = entry->next) {
		entry->next_hashed = *head_of(entry->id);
		*head_of(entry->id) = entry;
	}
	return true;
}

/* Nearly always the last one, since ids grow; where an image is restored, one that is near to the last that came. */
static struct entry *entry_before(uint32_t id)
{
	struct entry *at = registry.last && registry.last->id < id ? registry.last : registry.recent;

	while (at && at->id > id)
		at = at->before;
	while (at && at->next && at->next->id < id)
		at = at->next;
	return at;
}

static void entry_link(struct entry *entry)
{
	struct entry *before = entry_before(entry->id), *alike = registry.last_of[entry->kind];

	while (alike && alike->id > entry->id)
		alike = alike->before_alike;
	entry->before = before;
	entry->next = before ? before->next : registry.first;
	*(before ? &before->next : &registry.first) = entry;
	*(entry->next ? &entry->next->before : &registry.last) = entry;
	entry->before_alike = alike;
	entry->next_alike = alike ? alike->next_alike : registry.first_of[entry->kind];
	*(alike ? &alike->next_alike : &registry.first_of[entry->kind]) = entry;
	*(entry->next_alike ? &entry->next_alike->before_alike : &registry.last_of[entry->kind]) = entry;
	entry->next_hashed = *head_of(entry->id);
	*head_of(entry->id) = entry;
	registry.recent = entry;
	registry.count++;
}

static void entry_unlink(const struct entry *entry)
{
	struct entry *before = entry->before_alike, *next = entry->next_alike, **link = head_of(entry->id);

	while (*link != entry)
		link = &(*link)->next_hashed;
	*link = entry->next_hashed;
	registry.count--;
	if (registry.recent == entry)
		registry.recent = entry->before ? entry->before : entry->next;
	*(entry->before ? &entry->before->next : &registry.first) = entry->next;
	*(entry->next ? &entry->next->before : &registry.last) = entry->before;
	*(before ? &before->next_alike : &registry.first_of[entry->kind]) = next;
	*(next ? &next->before_alike : &registry.last_of[entry->kind]) = before;
}

void *registry_add(enum entry_kind kind, uint32_t id)
{
	const uint32_t most = UINT32_MAX - SERVER_BADGES;

	if (!id)
		id = registry.next_id;
	if (!id || id >= most || !table_grow() || registry_find(id))
		return NULL;
	struct entry *entry = heap_alloc(entry_size(kind));
	if (!entry)
		return NULL;
	if (id >= registry.next_id)
		registry.next_id = id + 1;
	entry->id = id;
	entry->kind = kind;
	entry_link(entry);
	registry.changes++;
	return entry;
}

void registry_hash(struct object_entry *object)
{
	struct object_entry **head = &registry.objects[object->kernel_id % OBJECT_HASH];

	object->next_kernel = *head;
	*head = object;
}

static void hash_remove(const struct object_entry *object)
{
	struct object_entry **link = &registry.objects[object->kernel_id % OBJECT_HASH];

	while (*link && *link != object)
		link = &(*link)->next_kernel;
	if (*link)
		*link = object->next_kernel;
}

void registry_remove(struct entry *entry)
{
	if (entry->kind == ENTRY_OBJECT)
		hash_remove((const struct object_entry *)entry);
	registry.changes++;
	entry_unlink(entry);
	if (entry->named) {
		err_t ignored = cap_revoke_badge(cap_any(rtcr_server.ep), BADGE_OF(entry->id));
		(void)ignored;
	}
	heap_free(entry);
}

struct entry *registry_find(uint32_t id)
{
	struct entry *entry = registry.size ? *head_of(id) : NULL;

	while (entry && entry->id != id)
		entry = entry->next_hashed;
	return entry;
}

err_t slot_look(slot_t slot, struct cap_entry *cap)
{
	uint32_t count;
	slot_t next;
	err_t err = cap_list(PD_SELF, slot, 1, cap, &count, &next);

	if (err != OK)
		return err;
	return count == 1 && cap->slot == slot ? OK : ERR_CAPABILITY;
}

err_t registry_start(void)
{
	struct cap_entry cap;
	err_t err = slot_look(rtcr_server.ep.slot, &cap);

	if (err == OK)
		ep_id = cap.object;
	return err;
}

err_t registry_of_cap(const struct cap_entry *cap, struct entry **found)
{
	if (cap->object == ep_id) {
		*found = cap->badge > SERVER_BADGES ? registry_find(cap->badge - SERVER_BADGES) : NULL;
		return *found ? OK : ERR_CAPABILITY;
	}
	for (struct object_entry *object = registry.objects[cap->object % OBJECT_HASH]; object; object = object->next_kernel)
		if (object->kernel_id == cap->object) {
			*found = &object->entry;
			return OK;
		}
	return ERR_CAPABILITY;
}

err_t registry_sent(const struct rpc_message *message, uint32_t index, enum entry_kind kind, struct entry **entry,
                    uint32_t *badge)
{
	struct cap_entry cap = {.object = ep_id, .badge = message->known[index]};
	struct entry *found;
	err_t err = cap.badge ? OK : slot_look(message->caps[index], &cap);

	if (err == OK)
		err = registry_of_cap(&cap, &found);
	if (err != OK)
		return err;
	if (found->kind != kind)
		return ERR_CAPABILITY;
	*entry = found;
	if (badge)
		*badge = cap.badge;
	return OK;
}

err_t registry_give(struct entry *entry, pd_t pd, slot_t to)
{
	entry->named = true;
	return cap_copy(PD_SELF, rtcr_server.ep.slot, pd, to, RIGHT_SEND, BADGE_OF(entry->id));
}

void registry_name(struct entry *entry, slot_t *caps_out)
{
	entry->named = true;
	caps_out[0] = rtcr_server.ep.slot;
	caps_out[RPC_MINT] = BADGE_OF(entry->id);
}

static uint32_t region_after(const struct map_entry *map, uint64_t address)
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

err_t regions_reserve(struct map_entry *map)
{
	if (map->count + 3 <= map->capacity)
		return OK;
	uint32_t capacity = map->capacity ? map->capacity * 2 : 16;
	struct region *grown = heap_resize(map->regions, capacity * sizeof *grown);
	if (!grown)
		return ERR_MEMORY_QUOTA;
	map->regions = grown;
	map->capacity = capacity;
	return OK;
}

/* One more region shows `source`, or one less. */
static void source_count(uint32_t source, uint32_t change)
{
	struct entry *entry = registry_find(source);

	if (entry)
		entry->shown += change;
}

static void region_insert(struct map_entry *map, uint32_t at, const struct region *region)
{
	source_count(region->source, 1);
	memmove(&map->regions[at + 1], &map->regions[at], (map->count - at) * sizeof *region);
	map->regions[at] = *region;
	map->count++;
}

static void region_split(struct map_entry *map, uint64_t address)
{
	uint32_t at = region_after(map, address);

	if (at == map->count || map->regions[at].address >= address)
		return;
	struct region right = map->regions[at];
	uint64_t left = address - right.address;
	right.address += left;
	right.offset += left;
	right.size -= left;
	map->regions[at].size = left;
	region_insert(map, at + 1, &right);
}

void regions_detach(struct map_entry *map, uint64_t address, uint64_t size)
{
	registry.map_changes++;
	region_split(map, address);
	region_split(map, address + size);
	uint32_t at = region_after(map, address), end = at;
	for (; end < map->count && map->regions[end].address < address + size; end++)
		source_count(map->regions[end].source, -1u);
	memmove(&map->regions[at], &map->regions[end], (map->count - end) * sizeof *map->regions);
	map->count -= end - at;
}

void regions_attach(struct map_entry *map, const struct region *region)
{
	regions_detach(map, region->address, region->size);
	region_insert(map, region_after(map, region->address), region);
}

void regions_protect(struct map_entry *map, uint64_t address, uint64_t size, uint32_t rights)
{
	registry.map_changes++;
	region_split(map, address);
	region_split(map, address + size);
	for (uint32_t i = region_after(map, address); i < map->count && map->regions[i].address < address + size; i++)
		map->regions[i].rights = rights;
}

void regions_clear(struct map_entry *map)
{
	for (uint32_t i = 0; i < map->count; i++)
		source_count(map->regions[i].source, -1u);
	map->count = 0;
}

void regions_forget(uint32_t source)
{
	struct entry *entry = registry_find(source), *at = entry && entry->shown ? registry.first_of[ENTRY_MAP] : NULL;

	for (; at; at = at->next_alike) {
		struct map_entry *map = (struct map_entry *)at;
		uint32_t kept = 0;
		for (uint32_t i = 0; i < map->count; i++)
			if (map->regions[i].source != source)
				map->regions[kept++] = map->regions[i];
		map->count = kept;
	}
	if (entry)
		entry->shown = 0;
}
