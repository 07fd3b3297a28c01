/* SPDX-License-Identifier: MIT */
/* Instructions of x86-64, see test/posix/machine.h. */
#include <string.h>
#include <ucontext.h>

#include "test/posix/machine.h"

void machine_undefined(void)
{
	__asm__ volatile("ud2");
}

void machine_breakpoint(void)
{
	__asm__ volatile("int3");
}

void machine_jump(const void *address)
{
	__asm__ volatile("jmp *%0" ::"r"(address));
}

static void halt(void)
{
	__asm__ volatile("hlt");
}

static void interrupts_off(void)
{
	__asm__ volatile("cli");
}

static void control_read(void)
{
	__asm__ volatile("mov %%cr0, %%rax" ::: "rax");
}

void (*const machine_privileged[])(void) = {halt, interrupts_off, control_read};

long machine_undefined_value(void)
{
	long value;

	__asm__ volatile("ud2" : "=a"(value));
	return value;
}

void machine_skip(void *context, long value)
{
	ucontext_t *machine = context;

	machine->uc_mcontext.gregs[REG_RIP] += 2;
	machine->uc_mcontext.gregs[REG_RAX] = value;
}

int machine_vectors_kept(long pid)
{
	double kept[3] = {1.5, 2.5, 3.5}, after[3];

	__asm__ volatile("movsd %3, %%xmm0\n movsd %4, %%xmm7\n movsd %5, %%xmm15\n"
	                 "mov $62, %%eax\n mov $10, %%esi\n syscall\n"
	                 "movsd %%xmm0, %0\n movsd %%xmm7, %1\n movsd %%xmm15, %2\n"
	                 : "=m"(after[0]), "=m"(after[1]), "=m"(after[2])
	                 : "m"(kept[0]), "m"(kept[1]), "m"(kept[2]), "D"(pid)
	                 : "rax", "rsi", "rcx", "r11", "xmm0", "xmm7", "xmm15", "memory");
	return memcmp(kept, after, sizeof kept) == 0;
}

void machine_vectors_mess(void)
{
	__asm__ volatile("pxor %%xmm0, %%xmm0; pxor %%xmm7, %%xmm7; pxor %%xmm15, %%xmm15; fldz; fldz; fninit"
	                 ::: "xmm0", "xmm7", "xmm15", "memory");
}

int machine_turned(void)
{
	unsigned long flags;

	__asm__ volatile("pushf\n pop %0" : "=r"(flags));
	return flags >> 10 & 1;
}

int machine_turned_kept(long pid)
{
	unsigned long flags;

	__asm__ volatile("mov $62, %%eax\n mov $10, %%esi\n std\n syscall\n pushf\n pop %0\n cld"
	                 : "=r"(flags) : "D"(pid) : "rax", "rsi", "rcx", "r11", "memory");
	return flags >> 10 & 1;
}

const unsigned char machine_answer[] = {0xb8, 42, 0, 0, 0, 0xc3};   /* mov $42, %eax; ret */
const unsigned machine_answer_size = sizeof machine_answer;
