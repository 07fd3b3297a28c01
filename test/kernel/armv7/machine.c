/* SPDX-License-Identifier: MIT */
/* The kernel suite on ARMv7: see suite.h. */
#include <elf.h>

#include <kernel/enter.h>

#include "test/kernel/suite.h"

const addr_t window_base = 0x10000000, unused_page = 0x5d000000;

extern const Elf32_Ehdr __ehdr_start;

__asm__(".text\n.arm\n.globl _start\n.type _start, %function\n_start:\n\tbl suite_main\n\tudf #0\n");

bool image_segment(uint32_t number, struct segment *segment)
{
	const Elf32_Phdr *header = (const void *)((const char *)&__ehdr_start + __ehdr_start.e_phoff);

	for (uint32_t i = 0; i < __ehdr_start.e_phnum; i++, header++) {
		if (header->p_type != PT_LOAD || number--)
			continue;
		segment->start = header->p_vaddr & ~(PAGE_SIZE - 1);
		segment->size = (header->p_vaddr + header->p_memsz - segment->start + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
		segment->rights = RIGHT_READ | (header->p_flags & PF_W ? RIGHT_WRITE : 0) |
		                  (header->p_flags & PF_X ? RIGHT_EXECUTE : 0);
		return true;
	}
	return false;
}

void registers_start(struct registers *registers, addr_t ip, addr_t stack, addr_t argument)
{
	registers->r[0] = argument;
	registers->r[13] = stack;
	registers->r[15] = ip;
}

void vector_put(uint64_t value)
{
	__asm__ volatile("vmov d9, %Q0, %R0" : : "r"(value));
}

uint64_t vector_get(void)
{
	uint64_t value;

	__asm__ volatile("vmov %Q0, %R0, d9" : "=r"(value));
	return value;
}

addr_t foreign_call(addr_t number, addr_t argument)
{
	register addr_t r7 __asm__("r7") = number;
	register addr_t r0 __asm__("r0") = argument;

	__asm__ volatile("svc #0" : "+r"(r0) : "r"(r7) : "memory");
	return r0;
}

addr_t foreign_number(const struct registers *registers)
{
	return registers->r[7];
}

addr_t foreign_argument(const struct registers *registers)
{
	return registers->r[0];
}

void foreign_answer(struct registers *registers, addr_t result)
{
	registers->r[0] = result;
}

addr_t kernel_call(uint32_t number, const addr_t *word)
{
	return enter_registers(number, word[0], word[1], word[2], word[3], word[4]);
}
