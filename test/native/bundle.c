/* SPDX-License-Identifier: MIT */
/* A bundle for a native subject, see native.h. */
#include <bundle/format.h>
#include <framework/format.h>
#include <framework/memory.h>
#include <framework/rom.h>

#include "test/native/native.h"

static uint64_t pages(uint64_t size)
{
	return (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

bool bundle_can(const char *name)
{
	struct session rom;

	if (session_open("ROM", name, 0, &rom) != OK)
		return false;
	session_close(&rom);
	return true;
}

bool bundle_make(const char *name, uint32_t steps, uint32_t option, ds_t *bundle)
{
	const uint64_t program_at = pages(sizeof(struct bundle_header) + BUNDLE_ENTRIES * sizeof(struct bundle_entry));
	struct rom program;
	void *bytes;

	if (!native_ok(rom_attach(name, &program), "its program"))
		return false;
	uint64_t arguments_at = program_at + pages(program.size), size = arguments_at + PAGE_SIZE;
	if (!native_ok(buffer_take(size, 0, bundle, &bytes), "bundle"))
		return false;
	struct bundle_header *header = bytes;
	struct bundle_entry *entry = (struct bundle_entry *)(header + 1);
	char *arguments = (char *)bytes + arguments_at;
	memcpy((char *)bytes + program_at, program.bytes, program.size);
	int length = text_format(arguments, PAGE_SIZE, "%s%c%u%c%u", name, 0, steps, 0, option) + 1;
	*header = (struct bundle_header){.magic = BUNDLE_MAGIC, .version = BUNDLE_VERSION, .count = 2, .size = size};
	entry[0] = (struct bundle_entry){.name = "program", .offset = program_at, .size = program.size};
	entry[1] = (struct bundle_entry){.name = "arguments", .offset = arguments_at, .size = (uint64_t)length};
	ds_detach(bytes, size);
	ds_detach((void *)(addr_t)program.bytes, pages(program.size));
	slot_give(program.ds.slot);
	return true;
}
