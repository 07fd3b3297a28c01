/* SPDX-License-Identifier: MIT */
/*
 * The program: its segments, its first stack as the x86-64 psABI (3.4.1) lays it out and Linux on every machine, its first
 * registers. Words are as wide as the machine's addresses.
 *
 *   high   strings, 16 random bytes
 *          auxiliary vector, environment, arguments
 *   sp     argument count                                      (a multiple of 16)
 */
#include <framework/format.h>
#include <framework/layout.h>
#include <framework/memory.h>
#include <framework/rom.h>
#include <kernel/machine.h>

#include "posix/description.h"
#include "posix/file.h"
#include "posix/memory.h"
#include "posix/process.h"
#include "posix/processor.h"
#include "posix/thread.h"
#include "posix/user.h"

enum { STRINGS_MAX = 8192, STATUS_REFUSED = 126 };
#define STACK_SIZE ((uint64_t)8 << 20)

char process_path[PATH_SIZE];

static struct elf_plan plan;

struct stack {
	uint64_t top;                   /* grows down */
	addr_t words[STRINGS_MAX + 64];
	uint32_t count;
};

/* Whether the pages of the file are the segment's as they are: nothing writes to them, nothing is added to them. */
static bool segment_in_place(const struct elf_segment *segment)
{
	return !(segment->rights & RIGHT_WRITE) && segment->memory_size == segment->file_size &&
	       segment->address % PAGE_SIZE == segment->file_offset % PAGE_SIZE;
}

static long segment_load(const struct rom *program, const struct elf_segment *segment, uint64_t shift)
{
	uint64_t start = (segment->address & ~(PAGE_SIZE - 1)) + shift;
	uint64_t end = (segment->address + segment->memory_size + shift + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	const uint8_t *bytes = program->bytes;

	if (segment_in_place(segment))
		return memory_map_chunk(start, end - start, segment->rights | RIGHT_READ, chunk_rom(program->ds),
		                        segment->file_offset & ~(PAGE_SIZE - 1));
	long result = memory_map(start, end - start, RIGHT_READ | RIGHT_WRITE, MEMORY_KEPT);
	if (!result)
		result = user_write(segment->address + shift, bytes + segment->file_offset, segment->file_size);
	if (!result && segment->rights != (RIGHT_READ | RIGHT_WRITE))
		result = memory_protect(start, end - start, segment->rights | RIGHT_READ);
	return result;
}

/* Strings that end in 0 each, onto the stack; their addresses into words, then 0. */
static bool strings_push(struct stack *stack, const char *strings, uint64_t size, uint32_t *count)
{
	uint32_t first = stack->count;

	*count = 0;
	if (size && strings[size - 1])
		return false;
	if (size > STACK_SIZE / 4)
		return false;
	stack->top -= size;
	if (user_write(stack->top, strings, size))
		return false;
	for (uint64_t at = 0; at < size; at += strlen(strings + at) + 1) {
		if (stack->count - first == STRINGS_MAX / 2)
			return false;
		stack->words[stack->count++] = (addr_t)(stack->top + at);
		++*count;
	}
	stack->words[stack->count++] = 0;
	return true;
}

static void auxiliary_add(struct stack *stack, uint64_t type, uint64_t value)
{
	stack->words[stack->count++] = (addr_t)type;
	stack->words[stack->count++] = (addr_t)value;
}

enum {
	AT_NULL, AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, AT_PAGESZ = 6, AT_BASE = 7, AT_FLAGS = 8, AT_ENTRY = 9, AT_UID = 11,
	AT_EUID = 12, AT_GID = 13, AT_EGID = 14, AT_PLATFORM = 15, AT_HWCAP = 16, AT_CLKTCK = 17, AT_SECURE = 23,
	AT_RANDOM = 25, AT_HWCAP2 = 26, AT_EXECFN = 31, AT_MINSIGSTKSZ = 51
};

static bool stack_fill(struct stack *stack, const struct rom *arguments, const struct rom *environment, uint64_t shift)
{
	uint8_t random[16];
	addr_t features[2];
	uint32_t argument_count, environment_count;

	random_fill(random, sizeof random);
	processor_features(features);
	stack->top = STACK_TOP - 64;
	const uint64_t platform = stack->top, random_at = stack->top - 32;
	if (user_write(platform, processor_platform, strlen(processor_platform) + 1) || user_write(random_at, random, sizeof random))
		return false;
	stack->top = random_at;
	stack->count = 1;
	if (!strings_push(stack, arguments->bytes, arguments->size, &argument_count) || !argument_count ||
	    !strings_push(stack, environment->bytes, environment->size, &environment_count))
		return false;
	stack->words[0] = argument_count;
	auxiliary_add(stack, AT_PHDR, plan.headers ? plan.headers + shift : 0);
	auxiliary_add(stack, AT_PHENT, plan.header_size);
	auxiliary_add(stack, AT_PHNUM, plan.header_count);
	auxiliary_add(stack, AT_PAGESZ, PAGE_SIZE);
	auxiliary_add(stack, AT_BASE, 0);
	auxiliary_add(stack, AT_FLAGS, 0);
	auxiliary_add(stack, AT_ENTRY, plan.entry + shift);
	for (uint64_t id = AT_UID; id <= AT_EGID; id++)
		auxiliary_add(stack, id, 0);
	auxiliary_add(stack, AT_PLATFORM, platform);
	auxiliary_add(stack, AT_HWCAP, features[0]);
	auxiliary_add(stack, AT_HWCAP2, features[1]);
	auxiliary_add(stack, AT_CLKTCK, 100);
	auxiliary_add(stack, AT_SECURE, 0);
	auxiliary_add(stack, AT_RANDOM, random_at);
	auxiliary_add(stack, AT_EXECFN, stack->words[1]);
	auxiliary_add(stack, AT_MINSIGSTKSZ, 4096);
	auxiliary_add(stack, AT_NULL, 0);
	stack->top = (stack->top - stack->count * sizeof *stack->words) & ~(uint64_t)15;
	return user_write(stack->top, stack->words, stack->count * sizeof *stack->words) == 0;
}

/* Into the log, and to standard error, which whoever runs it reads. */
static int refuse(const char *what, const char *why)
{
	struct description *error = description_of(2);
	char line[160];

	text_format(line, sizeof line, "%s: %s\n", what, why);
	log_line("%s: %s", what, why);
	if (error)
		error->kind->write(error, 0, line, strlen(line));
	return STATUS_REFUSED;
}

/* /proc/self/exe is absolute: the C library insists. */
static void path_set(const char *name)
{
	const char *last = name, *place = *name == '/' ? "" : "/";

	for (const char *at = name; *at; at++)
		if (*at == '/')
			last = at + 1;
	if (last == name)
		place = "/bin/";
	text_format(process_path, sizeof process_path, "%s%s", place, name);
}

int process_start(void)
{
	static struct registers registers;
	static struct stack stack;
	struct rom program, arguments, environment;
	const char *sentence = "";
	err_t err = rom_attach("program", &program);

	if (err == OK)
		err = rom_attach("arguments", &arguments);
	if (err == OK)
		err = rom_attach("environment", &environment);
	if (err != OK)
		return refuse("start", err_sentence(err));
	err = elf_read(program.bytes, program.size, MACHINE_ELF, &plan, &sentence);
	if (err != OK)
		return refuse("program", sentence);
	const uint64_t shift = plan.movable ? MOVABLE_AT - plan.low : 0;
	if (!plan.movable && (plan.low < 0x10000 || plan.high > STACK_TOP - STACK_SIZE))
		return refuse("program", "its addresses are not those of a program");
	for (uint32_t i = 0; i < plan.segment_count; i++)
		if (segment_load(&program, &plan.segments[i], shift))
			return refuse("program", "not enough memory for its segments; give more with --memory");
	memory_brk_set(plan.high + shift);
	if (memory_map(STACK_TOP - STACK_SIZE, STACK_SIZE,
	               RIGHT_READ | RIGHT_WRITE | (plan.stack_executable ? RIGHT_EXECUTE : 0), 0))
		return refuse("program", "not enough memory for its stack; give more with --memory");
	if (!stack_fill(&stack, &arguments, &environment, shift))
		return refuse("program", "its arguments are malformed or too many");
	path_set(arguments.bytes);
	registers_start(&registers, plan.entry + shift, stack.top);
	registers_continue(&registers);
}
