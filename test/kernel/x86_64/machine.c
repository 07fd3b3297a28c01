/* SPDX-License-Identifier: MIT */
/* The kernel suite on x86-64: see suite.h. */
#include <elf.h>

#include "kernel/linux/call.h"
#include "test/kernel/suite.h"

const addr_t window_base = 0x5e0000000000, unused_page = 0x5d0000000000;

extern const Elf64_Ehdr __ehdr_start;

__asm__(".text\n.globl _start\n_start:\n\tcall suite_main\n\tud2\n");

bool image_segment(uint32_t number, struct segment *segment)
{
	const Elf64_Phdr *header = (const void *)((const char *)&__ehdr_start + __ehdr_start.e_phoff);

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
	registers->rip = ip;
	registers->rsp = stack;
	registers->rdi = argument;
}

void vector_put(uint64_t value)
{
	__asm__ volatile("movq %0, %%xmm9" : : "r"(value));
}

uint64_t vector_get(void)
{
	uint64_t value;

	__asm__ volatile("movq %%xmm9, %0" : "=r"(value));
	return value;
}

addr_t foreign_call(addr_t number, addr_t argument)
{
	addr_t result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(argument) : "rcx", "r11", "memory");
	return result;
}

addr_t foreign_number(const struct registers *registers)
{
	return registers->rax;
}

addr_t foreign_argument(const struct registers *registers)
{
	return registers->rdi;
}

void foreign_answer(struct registers *registers, addr_t result)
{
	registers->rax = result;
}

addr_t kernel_call(uint32_t number, const addr_t *word)
{
	register addr_t r10 __asm__("r10") = word[3];
	register addr_t r8 __asm__("r8") = word[4];
	addr_t result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"((addr_t)KERNEL_CALL_BASE + number), "D"(word[0]), "S"(word[1]), "d"(word[2]), "r"(r10), "r"(r8)
	                 : "rcx", "r11", "memory");
	return result;
}
