/* SPDX-License-Identifier: MIT */
/* What holds between two calls, whatever the target did: see rtcr.h. */
#include <string.h>

#include <image/digest.h>
#include <kernel/machine.h>

#include "test/fuzz/rtcr.h"

static const struct cap *own(slot_t slot)
{
	return &kernel_current()->pd->slots[slot];
}

static void object_check(const struct object_entry *object)
{
	const struct object_entry *hashed = registry.objects[object->kernel_id % OBJECT_HASH];
	const struct cap *cap = own(object->slot);

	while (hashed && hashed != object)
		hashed = hashed->next_kernel;
	FUZZ_CHECK(hashed, "an object that is not found by its kernel id");
	FUZZ_CHECK(cap->object && cap->object->id == object->kernel_id && cap->object->kind == (enum kind)object->kind,
	           "the slot of an object names another");
}

static void dataspace_check(const struct dataspace_entry *dataspace)
{
	const struct served *real = served_of_slot(dataspace->real.slot, SERVED_DATASPACE);

	FUZZ_CHECK(real && real->size == dataspace->size, "a dataspace is not what stands behind it");
	FUZZ_CHECK(!dataspace->native.slot || own(dataspace->native.slot)->object == real->object,
	           "the kernel's name of a dataspace is another's");
	FUZZ_CHECK(!dataspace->source.bytes || dataspace->source.bytes == real->bytes, "a dataspace is attached elsewhere");
	if (dataspace->origin != IMAGE_ORIGIN_ROM)
		return;
	struct digest digest = digest_whole(real->bytes, dataspace->rom_size);
	FUZZ_CHECK(memcmp(digest.word, dataspace->digest, sizeof digest.word) == 0, "a ROM was written");
}

static const struct region *region_at(const struct map_entry *map, uint64_t address)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (address >= map->regions[i].address && address - map->regions[i].address < map->regions[i].size)
			return &map->regions[i];
	return NULL;
}

static uint32_t source_badge(const struct entry *source)
{
	slot_t slot = source->kind == ENTRY_MAP ? ((const struct map_entry *)source)->real_ds.slot
	                                        : ((const struct dataspace_entry *)source)->real.slot;

	return own(slot)->badge;
}

/* What the registry knows of an address is what the real map shows there. */
static void address_check(const struct map_entry *map, const struct served *real, uint64_t address)
{
	const struct region *region = region_at(map, address);
	struct map_step seen;

	FUZZ_CHECK(served_map_look(real, address, &seen) == (region != NULL), "a region that is not there, or not known");
	if (!region)
		return;
	const struct entry *source = registry_find(region->source);
	FUZZ_CHECK(seen.source == source_badge(source) && seen.rights == region->rights &&
	           seen.offset == region->offset + (address - region->address), "a region shows something else");
	FUZZ_CHECK(source->kind != ENTRY_DATASPACE || ((const struct dataspace_entry *)source)->origin != IMAGE_ORIGIN_ROM ||
	           !(region->rights & RIGHT_WRITE), "the target can write a ROM");
}

static void map_check(const struct map_entry *map)
{
	const struct served *real = served_of_slot(map->real.slot, SERVED_MAP);
	uint64_t end = 0;

	FUZZ_CHECK(real && real->size == map->size, "a region map is not what stands behind it");
	FUZZ_CHECK(map->count <= map->capacity, "more regions than room");
	for (uint32_t i = 0; i < map->count; i++) {
		const struct region *region = &map->regions[i];
		const struct entry *source = registry_find(region->source);
		FUZZ_CHECK(region->size && !((region->address | region->size | region->offset) % PAGE_SIZE),
		           "a region that is not of pages");
		FUZZ_CHECK(region->address >= end && region->size <= map->size &&
		           region->address <= map->size - region->size, "regions overlap or are not in order");
		FUZZ_CHECK(source && (source->kind == ENTRY_DATASPACE || source->kind == ENTRY_MAP), "a region of nothing");
		end = region->address + region->size;
	}
	for (uint32_t i = 0; i < real->count; i++) {
		const struct map_step *step = &real->steps[i];
		const uint64_t at[] = {step->address - PAGE_SIZE, step->address, step->address + step->size - PAGE_SIZE,
		                       step->address + step->size};
		for (uint32_t k = 0; k < 4; k++)
			if (at[k] < map->size)
				address_check(map, real, at[k]);
	}
}

static void entry_check(const struct entry *entry)
{
	switch (entry->kind) {
	case ENTRY_OBJECT: object_check((const struct object_entry *)entry); break;
	case ENTRY_DATASPACE: dataspace_check((const struct dataspace_entry *)entry); break;
	case ENTRY_MAP: map_check((const struct map_entry *)entry); break;
	case ENTRY_THREAD: {
		const struct thread_entry *thread = (const struct thread_entry *)entry;
		const struct served *real = served_of_slot(thread->real, SERVED_THREAD);
		FUZZ_CHECK(real && own(thread->native.slot)->object == real->object, "a thread is not what stands behind it");
		break;
	}
	default: {
		const struct session_entry *session = (const struct session_entry *)entry;
		FUZZ_CHECK(session->service < SERVICES && memchr(session->label, 0, sizeof session->label), "a session");
		FUZZ_CHECK(!session->real.id || served_of_slot(session->real.ep.slot, SERVED_TYPES), "a session of nobody");
	}
	}
}

/* From the other side: what ids and kernel ids lead to is in the list. */
static void tables_check(void)
{
	uint32_t objects = 0, count = 0;

	for (const struct entry *entry = registry.first; entry; entry = entry->next) {
		objects += entry->kind == ENTRY_OBJECT;
		count++;
	}
	FUZZ_CHECK(count == registry.count, "more entries, or fewer, than are counted");
	for (uint32_t i = 0; i < registry.size; i++)
		for (const struct entry *entry = registry.by_id[i]; entry; entry = entry->next_hashed)
			count--;
	for (uint32_t i = 0; i < OBJECT_HASH; i++)
		for (const struct object_entry *object = registry.objects[i]; object; object = object->next_kernel)
			objects--;
	FUZZ_CHECK(!objects, "more objects, or fewer, than are found by kernel id");
	FUZZ_CHECK(!count, "an id that names what is not in the list");
}

static uint32_t regions_of(uint32_t source)
{
	uint32_t count = 0;

	for (const struct entry *entry = registry.first_of[ENTRY_MAP]; entry; entry = entry->next_alike) {
		const struct map_entry *map = (const struct map_entry *)entry;
		for (uint32_t i = 0; i < map->count; i++)
			count += map->regions[i].source == source;
	}
	return count;
}

/* Those of one kind are the same entries in the same order, and know how often they are shown. */
static void alike_check(enum entry_kind kind)
{
	const struct entry *alike = registry.first_of[kind];

	for (const struct entry *entry = registry.first; entry; entry = entry->next) {
		if (entry->kind != kind)
			continue;
		FUZZ_CHECK(alike == entry, "an entry that is not among those of its kind");
		FUZZ_CHECK(entry->shown == regions_of(entry->id), "shown more often than is known, or less");
		alike = alike->next_alike;
	}
	FUZZ_CHECK(!alike, "among those of a kind is another");
}

static void lists_check(void)
{
	uint32_t last = 0;

	for (const struct entry *entry = registry.first; entry; entry = entry->next) {
		FUZZ_CHECK(entry->id > last && entry->id < registry.next_id, "entries are not in order");
		FUZZ_CHECK(registry_find(entry->id) == entry, "an entry that its id does not name");
		last = entry->id;
	}
}

/* The target holds what the RTCR gave it, with no more rights. */
static void domain_check(const struct pd *pd, uint32_t slots)
{
	for (slot_t slot = 1; slot < slots; slot++) {
		const struct cap *cap = &pd->slots[slot];
		if (!cap->object)
			continue;
		const struct entry *entry = rtcr_entry(pd, slot);
		FUZZ_CHECK(entry, "the target has a capability that nobody gave");
		if (entry->kind == ENTRY_OBJECT) {
			FUZZ_CHECK(!(cap->rights & RIGHT_DESTROY), "the right to destroy");
		} else {
			FUZZ_CHECK(entry->named, "a capability to an entry without a name");
			FUZZ_CHECK(cap->object->kind == KIND_ENDPOINT && !(cap->rights & ~RIGHT_SEND), "the RTCR's endpoint");
		}
	}
}

void rtcr_check(bool whole)
{
	const struct pd *pd = rtcr_domain();

	lists_check();
	if (whole)
		tables_check();
	for (uint32_t kind = 0; whole && kind < ENTRY_KINDS; kind++)
		alike_check((enum entry_kind)kind);
	FUZZ_CHECK(target.exists || !registry.first, "entries without a target");
	for (const struct entry *entry = registry.first; entry; entry = entry->next)
		entry_check(entry);
	if (pd)
		domain_check(pd, whole ? pd->slot_count : TARGET_SLOTS_USED);
}
