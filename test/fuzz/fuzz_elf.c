/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the reader of ELF programs. The first byte chooses the machine and whether a sound header is laid over the
 * input, so that what lies behind the header is reached. A plan that comes out is one that a loader can follow.
 */
#include <stdlib.h>
#include <string.h>

#include <framework/elf.h>

#include "test/fuzz/fuzz.h"
#include "test/fuzz/kernel.h"

enum { HEADER = 64, WIDE_HEADER = 56, NARROW_HEADER = 32, MOST = 64 * 1024 };

static void header_lay(uint8_t *bytes, bool wide)
{
	static const uint8_t wide_start[] = {0x7f, 'E', 'L', 'F', 2, 1, 1}, narrow_start[] = {0x7f, 'E', 'L', 'F', 1, 1, 1};

	memcpy(bytes, wide ? wide_start : narrow_start, sizeof wide_start);
	bytes[16] = 2 + (bytes[16] & 1);
	bytes[17] = 0;
	bytes[18] = wide ? ELF_X86_64 : ELF_ARM;
	bytes[19] = 0;
	uint32_t table = wide ? 32 : 28, sizes = wide ? 54 : 42;
	memset(bytes + table, 0, wide ? 8 : 4);
	bytes[table] = wide ? 64 : 52;
	bytes[sizes] = wide ? WIDE_HEADER : NARROW_HEADER;
	bytes[sizes + 1] = 0;
	bytes[sizes + 2] %= 20;
	bytes[sizes + 3] = 0;
}

static void plan_check(const struct elf_plan *plan, uint64_t size)
{
	bool entry = false;

	FUZZ_CHECK(plan->segment_count && plan->segment_count <= ELF_SEGMENTS, "segments");
	FUZZ_CHECK(!(plan->low % PAGE_SIZE) && !(plan->high % PAGE_SIZE) && plan->low < plan->high, "bounds");
	uint64_t last = plan->low;
	for (uint32_t i = 0; i < plan->segment_count; i++) {
		const struct elf_segment *segment = &plan->segments[i];
		FUZZ_CHECK(segment->address >= last && segment->memory_size <= plan->high - segment->address, "a segment");
		FUZZ_CHECK(segment->file_size <= segment->memory_size, "more in the file than in memory");
		FUZZ_CHECK(segment->file_offset <= size && segment->file_size <= size - segment->file_offset, "the file");
		last = (segment->address + segment->memory_size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
		entry |= (segment->rights & RIGHT_EXECUTE) && plan->entry - segment->address < segment->file_size;
	}
	FUZZ_CHECK(entry && last == plan->high, "the entry or the end");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *sentence = NULL;
	struct elf_plan plan;

	if (size < 1 || size > MOST)
		return 0;
	uint8_t how = *data++, *bytes = malloc(--size ? size : 1);   /* exactly as large, so that a sanitizer sees the end */
	FUZZ_CHECK(bytes, "no memory");
	memcpy(bytes, data, size);
	if (how & 2 && size >= HEADER)
		header_lay(bytes, how & 1);
	err_t err = elf_read(bytes, size, how & 1 ? ELF_X86_64 : ELF_ARM, &plan, &sentence);
	FUZZ_CHECK(err == OK || (sentence && *sentence), "an error without a sentence");
	if (err == OK)
		plan_check(&plan, size);
	free(bytes);
	return 0;
}
