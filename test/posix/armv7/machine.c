/* SPDX-License-Identifier: MIT */
/* Instructions of ARMv7, see test/posix/machine.h. */
#include <string.h>
#include <ucontext.h>

#include "test/posix/machine.h"

void machine_undefined(void)
{
	__asm__ volatile("udf #16");
}

void machine_breakpoint(void)
{
	__asm__ volatile("bkpt #0");
}

void machine_jump(const void *address)
{
	__asm__ volatile("bx %0" ::"r"(address));
}

static void control_read(void)
{
	__asm__ volatile("mrc p15, 0, r0, c1, c0, 0" ::: "r0");
}

static void tables_write(void)
{
	__asm__ volatile("mcr p15, 0, r0, c2, c0, 0");
}

static void debugger_read(void)
{
	__asm__ volatile("mrc p14, 0, r0, c0, c2, 2" ::: "r0");
}

void (*const machine_privileged[])(void) = {control_read, tables_write, debugger_read};

__attribute__((target("thumb")))
long machine_undefined_value(void)
{
	register long value __asm__("r0");

	__asm__ volatile("udf #16" : "=r"(value));
	return value;
}

/* Two bytes in Thumb state. */
void machine_skip(void *context, long value)
{
	ucontext_t *machine = context;

	machine->uc_mcontext.arm_pc += 2;
	machine->uc_mcontext.arm_r0 = (unsigned long)value;
}

int machine_vectors_kept(long pid)
{
	const double kept[3] = {1.5, 2.5, 3.5};
	double after[3];
	register long r0 __asm__("r0") = pid;
	register long r1 __asm__("r1") = 10;

	__asm__ volatile(".fpu neon\n\tvldr d0, [%2]\n\tvldr d7, [%2, #8]\n\tvldr d31, [%2, #16]\n\t"
	                 "mov r12, r7\n\tmov r7, #37\n\tsvc 0\n\tmov r7, r12\n\t"
	                 "vstr d0, [%3]\n\tvstr d7, [%3, #8]\n\tvstr d31, [%3, #16]"
	                 : "+r"(r0)
	                 : "r"(r1), "r"(kept), "r"(after)
	                 : "r12", "d0", "d7", "memory");
	return memcmp(kept, after, sizeof kept) == 0;
}

void machine_vectors_mess(void)
{
	__asm__ volatile(".fpu neon\n\tvmov.i32 d0, #0\n\tvmov.i32 d7, #0\n\tvmov.i32 d31, #0\n\t"
	                 "mov r0, #0\n\tvmsr fpscr, r0" ::: "r0", "d0", "d7", "memory");
}

int machine_turned(void)
{
	unsigned status;

	__asm__ volatile("mrs %0, cpsr" : "=r"(status));
	return status >> 9 & 1;
}

int machine_turned_kept(long pid)
{
	const unsigned word = 0x01020304;
	unsigned after;
	register long r0 __asm__("r0") = pid;
	register long r1 __asm__("r1") = 10;

	__asm__ volatile("mov r12, r7\n\tmov r7, #37\n\tsetend be\n\tsvc 0\n\tldr %1, [%3]\n\tsetend le\n\tmov r7, r12"
	                 : "+r"(r0), "=&r"(after) : "r"(r1), "r"(&word) : "r12", "memory");
	return after == 0x04030201;
}

const unsigned char machine_answer[] = {0x2a, 0, 0xa0, 0xe3, 0x1e, 0xff, 0x2f, 0xe1};   /* mov r0, #42; bx lr */
const unsigned machine_answer_size = sizeof machine_answer;
