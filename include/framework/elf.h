/* SPDX-License-Identifier: MIT */
/*
 * Static ELF programs: everything is checked first, then a plan says what goes where. The file is hostile.
 *
 * Both classes are read (ELF gABI, chapters 4 and 5; x86-64 and ARM psABI). A plan is independent of the class.
 */
#ifndef FRAMEWORK_ELF_H
#define FRAMEWORK_ELF_H

#include <kernel/err.h>
#include <kernel/types.h>

enum { ELF_SEGMENTS = 16 };

enum elf_machine { ELF_X86_64 = 62, ELF_ARM = 40 };

struct elf_segment {
	uint64_t address;      /* of the first byte, not page-aligned in general */
	uint64_t memory_size;  /* bytes from there; what the file does not give is zero */
	uint64_t file_offset;
	uint64_t file_size;    /* not more than memory_size */
	uint32_t rights;       /* RIGHT_READ, RIGHT_WRITE, RIGHT_EXECUTE */
};

struct elf_plan {
	uint64_t entry;        /* inside an executable segment */
	uint64_t low, high;    /* all segments lie in [low, high), page-aligned */
	uint64_t headers;      /* address of the program headers, 0 if no segment shows them */
	uint32_t header_size;  /* of one program header */
	uint32_t header_count;
	bool movable;          /* position-independent: all addresses may be shifted by whole pages */
	bool stack_executable;
	uint32_t segment_count;
	struct elf_segment segments[ELF_SEGMENTS];   /* in order of address, no two on one page */
};

/*
 * Read the program in bytes[0 .. size). ERR_UNSUPPORTED for what is a sound program of another kind (other machine,
 * dynamically linked, not a program), ERR_CORRUPT for what is no ELF file or contradicts itself. `sentence` says
 * what is wrong; the plan is written only on OK.
 */
err_t elf_read(const void *bytes, uint64_t size, enum elf_machine machine, struct elf_plan *plan,
               const char **sentence) MUST_CHECK;

#endif
