/* SPDX-License-Identifier: MIT */
/*
 * A checkpoint: the online storage becomes an immutable snapshot.
 *
 *   prepare    what the strategy can do before                            target runs
 *   stop       pause, read threads and capabilities, capture memory       target stands
 *   describe   the registry as records in one piece of memory             target runs, its calls wait
 *   write      digests, image, store (writer.c)                           target runs, by the second thread
 */
#include <cpu/session.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include <inttypes.h>

#include "rtcr/archive.h"
#include "rtcr/machine.h"
#include "rtcr/snapshot.h"

enum { CAPS_ROUND = CAP_LIST_MAX, PAUSE_LIMIT_NS = 1000000000 };

struct thread_copy {
	const struct thread_entry *entry;   /* valid until the target runs again */
	char name[CPU_NAME];
	uint32_t index;
	struct thread_state state;
};

static struct {
	void *thread_block;
	struct thread_copy *threads;        /* in it, aligned as registers have to be */
	uint32_t thread_count, thread_room;
	struct cap_entry *caps;
	uint32_t cap_count, cap_room;
	uint64_t clock, stop_ns;
} stand;

struct snapshot snapshot;

bool array_room(void **array, uint32_t count, uint32_t *capacity, uint64_t size)
{
	if (count < *capacity)
		return true;
	uint32_t wanted = *capacity ? *capacity * 2 : 64;
	void *grown = heap_resize(*array, wanted * size);
	if (!grown)
		return false;
	*array = grown;
	*capacity = wanted;
	return true;
}

/* Room for copies of all threads; what was there is not kept. */
static err_t threads_room(void)
{
	const addr_t align = _Alignof(struct thread_copy);
	uint32_t count = 0;

	for (const struct entry *entry = registry.first_of[ENTRY_THREAD]; entry; entry = entry->next_alike)
		count++;
	if (count <= stand.thread_room)
		return OK;
	heap_free(stand.thread_block);
	stand.thread_room = 0;
	stand.thread_block = heap_alloc(2 * count * sizeof *stand.threads + align);
	if (!stand.thread_block)
		return ERR_MEMORY_QUOTA;
	stand.threads = (struct thread_copy *)(((addr_t)stand.thread_block + align - 1) & ~(align - 1));
	stand.thread_room = 2 * count;
	return OK;
}

static err_t threads_read(void)
{
	stand.thread_count = 0;
	err_t room = threads_room();
	if (room != OK)
		return room;
	for (struct entry *entry = registry.first_of[ENTRY_THREAD]; entry; entry = entry->next_alike) {
		struct thread_copy *copy = &stand.threads[stand.thread_count++];
		copy->entry = (const struct thread_entry *)entry;
		copy->index = copy->entry->index;
		memcpy(copy->name, copy->entry->name, sizeof copy->name);
		err_t err = thread_read(copy->entry->native, &copy->state);
		if (err != OK)
			return err;
	}
	return OK;
}

static err_t caps_read(void)
{
	slot_t next = 1;

	stand.cap_count = 0;
	do {
		uint32_t count;
		while (stand.cap_room < stand.cap_count + CAPS_ROUND)
			if (!array_room((void **)&stand.caps, stand.cap_room, &stand.cap_room, sizeof *stand.caps))
				return ERR_MEMORY_QUOTA;
		err_t err = cap_list((pd_t){target.child.native}, next, CAPS_ROUND, stand.caps + stand.cap_count, &count,
		                     &next);
		if (err != OK)
			return err;
		stand.cap_count += count;
	} while (next);
	return OK;
}

/* Of one instant: what arrived meanwhile has masked its line, so it does so once. */
static err_t caps_and_lines_read(void)
{
	bool changed;
	err_t err = lines_read(&changed);

	do {
		if (err == OK)
			err = caps_read();
		if (err == OK)
			err = lines_read(&changed);
	} while (err == OK && changed);
	return err;
}

/* The target stands from here to the end. */
static err_t stop_and_copy(uint64_t budget_ns, bool stay)
{
	const pd_t pd = {target.child.native};
	uint64_t begin = clock_now(), until = budget_ns ? begin + budget_ns : UINT64_MAX;
	err_t err = pd_pause(pd, budget_ns && budget_ns < PAUSE_LIMIT_NS ? budget_ns : PAUSE_LIMIT_NS);

	stand.stop_ns = clock_now() - begin;
	if (err != OK)
		return err;
	err = pd_clock_get(pd, &stand.clock);
	if (err == OK)
		err = threads_read();
	if (err == OK)
		err = caps_and_lines_read();
	if (err == OK)
		err = target.strategy->capture(until);
	err_t resumed = OK;
	target.stopped = stay && err == OK;
	if (!target.stopped)
		resumed = pd_resume(pd);
	stand.stop_ns = clock_now() - begin;
	return err == OK ? resumed : err;
}

static bool in_library(const struct thread_state *state)
{
	return !(target.flags & RUN_NATIVE) && machine_in_library(&state->registers);
}

static uint32_t class_of(const struct thread_state *state)
{
	switch (state->run) {
	case THREAD_WAITING: return CLASS_BLOCKED;
	case THREAD_CALLING:
	case THREAD_AWAITING: return CLASS_IN_CALL;
	case THREAD_FAULTED: return CLASS_FAULTING;
	case THREAD_RUNNING: return in_library(state) ? CLASS_LIBRARY_OS : CLASS_PROGRAM;
	default: return CLASS_BLOCKED;
	}
}

err_t snapshot_thread(uint32_t n, struct checkpoint_thread_reply *thread)
{
	if (n >= stand.thread_count)
		return ERR_NOT_FOUND;
	const struct thread_copy *copy = &stand.threads[n];
	memcpy(thread->name, copy->name, sizeof thread->name);
	thread->index = copy->index;
	thread->class = class_of(&copy->state);
	thread->instruction = machine_instruction(&copy->state.registers);
	thread->run = copy->state.run;
	return OK;
}

static err_t extents_describe(void)
{
	uint32_t n = 0;
	err_t err = OK;

	for (struct entry *entry = registry.first; entry && err == OK; entry = entry->next) {
		const struct dataspace_entry *dataspace = (const struct dataspace_entry *)entry;
		uint64_t at = 0;
		if (entry->kind != ENTRY_DATASPACE || dataspace->origin != IMAGE_ORIGIN_ANONYMOUS)
			continue;
		for (; n < snapshot.extent_count && snapshot.extents[n].dataspace == entry->id && err == OK; n++) {
			const struct extent_copy *extent = &snapshot.extents[n];
			if (extent->offset > at)
				err = record_extent(&snapshot.records[SECTION_EXTENTS], entry->id, at, extent->offset - at, IMAGE_EXTENT_ZERO);
			if (err == OK)
				err = record_extent(&snapshot.records[SECTION_EXTENTS], entry->id, extent->offset, extent->size,
				                    IMAGE_EXTENT_DATA);
			at = extent->offset + extent->size;
		}
		if (err == OK && at < dataspace->size)
			err = record_extent(&snapshot.records[SECTION_EXTENTS], entry->id, at, dataspace->size - at, IMAGE_EXTENT_ZERO);
	}
	return err;
}

static err_t threads_describe(void)
{
	err_t err = OK;

	for (uint32_t i = 0; i < stand.thread_count && err == OK; i++) {
		const struct thread_copy *copy = &stand.threads[i];
		err = record_thread(&snapshot.records[SECTION_STATE], copy->entry, &copy->state);
		target.status.classes[class_of(&copy->state)]++;
	}
	return err;
}

/* Describe a part again by `record` if anything that it shows is another. */
static err_t section_update(enum section section, uint64_t changes, err_t (*record)(struct records *))
{
	struct records *records = &snapshot.records[section];

	if (records->changes == changes)
		return OK;
	records_clear(records);
	err_t err = record(records);
	records->changes = err == OK ? changes : 0;
	return err;
}

/* What is another each time: threads, what is pending, what a session keeps. */
static err_t state_describe(void)
{
	struct records *records = &snapshot.records[SECTION_STATE];

	records_pending(stand.caps, stand.cap_count);
	for (uint32_t i = 0; i < stand.thread_count; i++)
		records_awaits(stand.threads[i].entry, &stand.threads[i].state);
	records_clear(records);
	err_t err = record_objects(records);
	if (err == OK)
		err = record_sessions(records);
	if (err == OK)
		err = threads_describe();
	for (uint32_t i = 0; i < stand.cap_count && err == OK; i++)
		err = record_capability(records, &stand.caps[i]);
	return err == OK ? record_terminals(records) : err;
}

static err_t describe(void)
{
	memset(target.status.classes, 0, sizeof target.status.classes);
	target.status.thread_count = stand.thread_count;
	records_clear(&snapshot.records[SECTION_TARGET]);
	records_clear(&snapshot.records[SECTION_EXTENTS]);
	err_t err = record_target(&snapshot.records[SECTION_TARGET], stand.clock);
	if (err == OK)
		err = section_update(SECTION_DATASPACES, registry.changes, record_dataspaces);
	if (err == OK)
		err = extents_describe();
	if (err == OK)
		err = section_update(SECTION_MAPS, registry.changes + registry.map_changes, record_maps);
	return err == OK ? state_describe() : err;
}

err_t snapshot_prepare(void)
{
	err_t err = writer_start();

	/* Never a guess: a number below the newest would hide this checkpoint behind an older one. */
	if (err == OK && !snapshot.newest)
		err = archive_newest(UINT64_MAX, &snapshot.newest);
	if (err == OK)
		err = roms_arrange();
	if (err == OK)
		err = target.strategy->arrange();
	if (err == OK) {
		snapshot.preparing = true;
		err = signal_submit(snapshot.start);
	}
	if (err != OK) {
		snapshot.preparing = false;
		target_fail("checkpoint: cannot prepare: %s", err_sentence(err));
	}
	return err;
}

err_t snapshot_prepared(void)
{
	if (snapshot.result != OK)
		store_fail(STORE_ROMS, "checkpoint: cannot prepare", snapshot.result);
	target.status.prepare_ns = snapshot.prepare_ns;
	return snapshot.result;
}

err_t snapshot_undo_stop(void)
{
	if (!target.stopped)
		return OK;
	target.stopped = false;
	return pd_resume((pd_t){target.child.native});
}

err_t snapshot_take(uint64_t budget_ns, bool stop)
{
	err_t err = stop_and_copy(budget_ns, stop);

	target.status.stop_ns = stand.stop_ns;
	if (err == OK)
		err = describe();
	if (err != OK) {
		bool runs = snapshot_undo_stop() == OK;
		target_fail("checkpoint given up after %" PRIu64 " us, the component %s: %s", stand.stop_ns / 1000,
		            runs ? "runs on" : "stands and cannot go on", err_sentence(err));
		return err;
	}
	target.status.memory_bytes = snapshot.memory;
	snapshot.header = (struct image_header){.generation = snapshot.newest + 1,
	                                        .parent_generation = target.parent, .created_ns = clock_real()};
	machine_describe(&snapshot.header);
	err = signal_submit(snapshot.start);
	snapshot.writing = err == OK;
	if (err != OK && snapshot_undo_stop() != OK)
		log_line("the component stands and cannot go on");
	return err;
}

err_t snapshot_finish(void)
{
	snapshot.writing = false;
	target.strategy->written();
	/* Without an answer it is not known whether the image is there: the store is asked next time. */
	snapshot.newest = snapshot.result == OK ? snapshot.header.generation : 0;
	if (snapshot.result != OK) {
		store_fail(STORE_WRITING, "checkpoint", snapshot.result);
		return snapshot.result;
	}
	target.status.image_bytes = snapshot.image_size;
	target.status.generation = target.parent = snapshot.header.generation;
	if (target.exists)
		target_note(TARGET_RUNNING, target.parent);
	return OK;
}
