/* SPDX-License-Identifier: MIT */
/*
 * Static ELF programs, see framework/elf.h. Headers of both classes are brought into one form, field by field
 * and only after their bytes are known to be inside the file.
 */
#include <framework/elf.h>
#include <framework/memory.h>

enum { TYPE_EXEC = 2, TYPE_DYN = 3, SEGMENT_LOAD = 1, SEGMENT_INTERP = 3, SEGMENT_STACK = 0x6474e551,
       FLAG_EXECUTE = 1, FLAG_WRITE = 2, FLAG_READ = 4 };

/* One program header, of either class. */
struct header {
	uint32_t type, flags;
	uint64_t offset, address, file_size, memory_size, align;
};

struct file {
	const uint8_t *bytes;
	uint64_t size;
	bool wide;             /* 64-bit class */
	uint64_t table;        /* offset of the program headers */
	uint32_t entry_size, count;
};

static uint64_t field(const struct file *file, uint64_t at, uint32_t size)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < size; i++)
		value |= (uint64_t)file->bytes[at + i] << 8 * i;
	return value;
}

static void header_get(const struct file *file, uint32_t index, struct header *header)
{
	uint64_t at = file->table + (uint64_t)index * file->entry_size;
	uint32_t word = file->wide ? 8 : 4;

	header->type = (uint32_t)field(file, at, 4);
	header->flags = (uint32_t)field(file, at + (file->wide ? 4 : 24), 4);
	uint64_t next = at + (file->wide ? 8 : 4);
	header->offset = field(file, next, word);
	header->address = field(file, next + word, word);
	header->file_size = field(file, next + 3 * word, word);
	header->memory_size = field(file, next + 4 * word, word);
	header->align = field(file, at + (file->wide ? 48 : 28), word);
}

static err_t refuse(err_t err, const char *what, const char **sentence)
{
	*sentence = what;
	return err;
}

static err_t file_check(struct file *file, enum elf_machine machine, struct elf_plan *plan, const char **sentence)
{
	static const uint8_t magic[] = {0x7f, 'E', 'L', 'F'};
	uint32_t word = machine == ELF_X86_64 ? 8 : 4;

	if (file->size < 64 || memcmp(file->bytes, magic, sizeof magic) != 0)
		return refuse(ERR_CORRUPT, "not an ELF file", sentence);
	if (file->bytes[4] != (word == 8 ? 2 : 1) || file->bytes[5] != 1 || field(file, 18, 2) != (uint64_t)machine)
		return refuse(ERR_UNSUPPORTED, "a program for another architecture", sentence);
	uint64_t type = field(file, 16, 2);
	if (type != TYPE_EXEC && type != TYPE_DYN)
		return refuse(ERR_UNSUPPORTED, "not a program (an object file, a core dump)", sentence);
	file->wide = word == 8;
	plan->movable = type == TYPE_DYN;
	plan->entry = field(file, 24, word);
	file->table = field(file, 24 + word, word);
	uint64_t sizes = 24 + 3 * word + 4 + 2;
	file->entry_size = (uint32_t)field(file, sizes, 2);
	file->count = (uint32_t)field(file, sizes + 2, 2);
	if (file->entry_size != (file->wide ? 56 : 32) || !file->count)
		return refuse(ERR_CORRUPT, "program headers of an unknown size, or none", sentence);
	if (file->table > file->size || (uint64_t)file->count * file->entry_size > file->size - file->table)
		return refuse(ERR_CORRUPT, "program headers lie outside the file", sentence);
	return OK;
}

static uint32_t rights_of(uint32_t flags)
{
	return (flags & FLAG_READ ? RIGHT_READ : 0) | (flags & FLAG_WRITE ? RIGHT_WRITE : 0) |
	       (flags & FLAG_EXECUTE ? RIGHT_EXECUTE : 0);
}

static err_t segment_add(const struct file *file, const struct header *header, struct elf_plan *plan,
                         const char **sentence)
{
	uint64_t limit = file->wide ? 1ull << 47 : 1ull << 32, mask = PAGE_SIZE - 1;

	if (!header->memory_size)
		return OK;
	if (plan->segment_count == ELF_SEGMENTS)
		return refuse(ERR_UNSUPPORTED, "more segments than this loader takes", sentence);
	if (header->file_size > header->memory_size || header->offset > file->size ||
	    header->file_size > file->size - header->offset)
		return refuse(ERR_CORRUPT, "a segment lies outside the file", sentence);
	if (header->address >= limit || header->memory_size > limit - header->address ||
	    ((header->address ^ header->offset) & mask))
		return refuse(ERR_CORRUPT, "a segment has an impossible address", sentence);
	if (plan->segment_count && (header->address & ~mask) < plan->high)
		return refuse(ERR_CORRUPT, "segments overlap or are not in order", sentence);
	if (!plan->segment_count)
		plan->low = header->address & ~mask;
	plan->high = (header->address + header->memory_size + mask) & ~mask;
	plan->segments[plan->segment_count++] = (struct elf_segment){
		header->address, header->memory_size, header->offset, header->file_size, rights_of(header->flags)};
	if (header->offset <= file->table && file->table - header->offset < header->file_size)
		plan->headers = header->address + (file->table - header->offset);
	return OK;
}

static bool entry_is_code(const struct elf_plan *plan)
{
	for (uint32_t i = 0; i < plan->segment_count; i++) {
		const struct elf_segment *segment = &plan->segments[i];
		if ((segment->rights & RIGHT_EXECUTE) && plan->entry >= segment->address &&
		    plan->entry - segment->address < segment->file_size)
			return true;
	}
	return false;
}

err_t elf_read(const void *bytes, uint64_t size, enum elf_machine machine, struct elf_plan *plan,
               const char **sentence)
{
	struct file file = {.bytes = bytes, .size = size};
	struct elf_plan found;
	err_t err;

	memset(&found, 0, sizeof found);
	err = file_check(&file, machine, &found, sentence);
	for (uint32_t i = 0; i < file.count && err == OK; i++) {
		struct header header;
		header_get(&file, i, &header);
		if (header.type == SEGMENT_INTERP)
			return refuse(ERR_UNSUPPORTED, "dynamically linked; only static programs run here", sentence);
		if (header.type == SEGMENT_STACK)
			found.stack_executable = header.flags & FLAG_EXECUTE;
		if (header.type == SEGMENT_LOAD)
			err = segment_add(&file, &header, &found, sentence);
	}
	if (err != OK)
		return err;
	if (!entry_is_code(&found))
		return refuse(ERR_CORRUPT, "the entry lies outside the program's code", sentence);
	found.header_size = file.entry_size;
	found.header_count = file.count;
	*plan = found;
	return OK;
}
