/* SPDX-License-Identifier: MIT */
/* A fresh target from a bundle: its ROMs, its program or the library OS, its first thread. */
#include <cpu/session.h>
#include <framework/format.h>
#include <framework/memory.h>
#include <framework/rom.h>
#include <image/digest.h>

#include "rtcr/bundle.h"
#include "rtcr/target.h"

enum { CAPS_DEFAULT = 3000 };

static err_t rom_add(const char *name, const void *bytes, uint64_t size)
{
	struct dataspace_entry *rom;
	err_t err = dataspace_add(size ? size : 1, 0, &rom);

	if (err == OK)
		err = view_attach(&rom->source, true);
	if (err != OK)
		return err;
	memcpy(rom->source.bytes, bytes, size);
	struct digest digest = digest_whole(rom->source.bytes, size);
	rom->origin = IMAGE_ORIGIN_ROM;
	rom->rom_size = size;
	memcpy(rom->digest, digest.word, sizeof rom->digest);
	text_copy(rom->name, sizeof rom->name, name);
	view_drop(&rom->source);
	return OK;
}

static err_t roms_add(const uint8_t *bundle, const struct bundle_entry *entries, uint32_t count)
{
	err_t err = OK;

	for (uint32_t i = 0; i < count && err == OK; i++)
		err = rom_add(entries[i].name, bundle + entries[i].offset, entries[i].size);
	return err == OK ? rom_add("index", entries, count * sizeof *entries) : err;
}

/* The library OS, attached once. */
static err_t library_attach(const struct rom **library)
{
	static struct rom rom;
	err_t err = rom.bytes ? OK : rom_attach("posix", &rom);

	if (err == OK)
		*library = &rom;
	return err;
}

static err_t loader_alloc(void *context, uint64_t size, ds_t *ds)
{
	struct dataspace_entry **last = context;
	err_t err = dataspace_add(size, 0, last);

	if (err == OK)
		*ds = (*last)->real;
	return err;
}

static err_t loader_attach(void *context, ds_t ds, uint64_t offset, uint64_t size, uint64_t address, uint32_t rights)
{
	const struct dataspace_entry *const *last = context;
	struct region region = {address, size, offset, (*last)->entry.id, rights};

	(void)ds;
	return map_attach((struct map_entry *)registry_find(target.space), &region, false, 0);
}

static void loader_release(void *context, ds_t ds)
{
	(void)context, (void)ds;
}

/* What `err` means to whoever wants it to run. */
static const char *start_sentence(err_t err)
{
	return err == ERR_MEMORY_QUOTA ? "it needs more memory, give more with --memory" : err_sentence(err);
}

static err_t program_load(uint64_t *entry)
{
	struct dataspace_entry *last = NULL;
	const struct child_memory memory = {loader_alloc, loader_attach, loader_release, &last};
	const char *sentence = "";
	const void *bytes = NULL;
	uint64_t size = 0;
	void *program = NULL;
	err_t err;

	if (target.flags & RUN_NATIVE) {
		struct dataspace_entry *rom = NULL;
		for (struct entry *at = registry.first; at; at = at->next)
			if (at->kind == ENTRY_DATASPACE && strcmp(((struct dataspace_entry *)at)->name, "program") == 0)
				rom = (struct dataspace_entry *)at;
		err = rom ? ds_attach(rom->real, 0, 0, RIGHT_READ, 0, &program) : ERR_NOT_FOUND;
		bytes = program;
		size = rom ? rom->rom_size : 0;
	} else {
		const struct rom *library;
		err = library_attach(&library);
		bytes = err == OK ? library->bytes : NULL;
		size = err == OK ? library->size : 0;
	}
	if (err == OK)
		err = child_load(&memory, bytes, size, entry, &sentence);
	if (err != OK)
		target_fail("cannot load the program: %s%s%s", start_sentence(err), *sentence ? ": " : "", sentence);
	if (program)
		ds_detach(program, (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1));
	return err;
}

static err_t thread_begin(uint64_t entry)
{
	const struct thread_schedule schedule = {.priority = target.priority, .core = target.core};
	const struct cpu_thread_start_request start = {entry, child_stack(), 0};
	struct cpu_thread_start_reply started;
	struct thread_entry *thread;
	err_t err = thread_add(0, "main", &schedule, 0, &thread);

	if (err == ERR_UNSUPPORTED && schedule.priority)
		target_fail("priority %u is not allowed to the node's user, or its processor is not there", schedule.priority);
	else if (err != OK)
		target_fail("cannot make its first thread: %s", err_sentence(err));
	if (err == OK)
		err = registry_give(&thread->entry, (pd_t){target.child.native}, SLOT_THREAD);
	return err == OK ? cpu_thread_start((ep_t){thread->real}, &start, NULL, &started, NULL) : err;
}

err_t target_run(const struct checkpoint_run_request *request, ds_t bundle)
{
	static struct bundle_entry entries[BUNDLE_ENTRIES];
	uint64_t size, entry = 0;
	uint32_t count;
	void *bytes;
	err_t err = ds_attach_sent(bundle, RIGHT_READ, 0, &bytes, &size);

	if (err != OK)
		return err;
	err = bundle_read(bytes, size, entries, &count);
	if (err == OK)
		err = target_make(request->ram, request->caps ? request->caps : CAPS_DEFAULT);
	if (err == OK) {
		target.core = request->core;
		target.priority = request->priority;
		target.flags = request->flags;
		err = target_sessions_make();
	}
	if (err == OK)
		err = roms_add(bytes, entries, count);
	ds_detach(bytes, size);
	if (err == OK)
		err = program_load(&entry);
	if (err == OK)
		err = thread_begin(entry);
	if (err != OK) {
		if (!target.sentence[0])
			target_fail("cannot start: %s", start_sentence(err));
		target_destroy();
		return err;
	}
	target_state_set(TARGET_RUNNING);
	return OK;
}
