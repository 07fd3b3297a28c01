/* SPDX-License-Identifier: MIT */
/*
 * What the library OS must know of ARMv7: where things lie in the program's address space, Linux's constants that are other
 * ones elsewhere (arch/arm/include/uapi/asm), and how a system call uses registers (EABI: number in r7, arguments in r0 to
 * r5, result in r0).
 */
#ifndef POSIX_MACHINE_H
#define POSIX_MACHINE_H

#include <kernel/machine.h>

#define LIBRARY_LOW ((uint64_t)FOREIGN_HIGH)
#define MAPPINGS_LOW ((uint64_t)0x20000000)
#define MAPPINGS_TOP ((uint64_t)0x4f000000)
#define STACK_TOP ((uint64_t)0x4fff0000)
#define MOVABLE_AT ((uint64_t)0x00400000)       /* position-independent programs */

enum { O_LARGEFILE = 0400000, O_DIRECTORY = 040000, O_NOFOLLOW = 0100000 };
enum { CODE_INSTRUCTION = 1, CODE_BREAKPOINT = 1 };         /* si_code: ILL_ILLOPC, TRAP_BRKPT */
enum { CALLS = 512, CALLS_PRIVATE = 0xf0000, PRIVATE_PLACE = 496, CPSR_USER = 0x10, CPSR_THUMB = 0x20, CPSR_IT = 0x0600fc00 };

/* struct epoll_event. */
enum { EVENT_SIZE = 16, EVENT_DATA = 8 };

/* A command of fcntl as other machines number it: F_GETLK64, F_SETLK64 and F_SETLKW64 are those without 64. */
static inline uint64_t fcntl_command(uint64_t command)
{
	return command >= 12 && command <= 14 ? command - 7 : command;
}

/* Where a call has its place among CALLS; beyond: nowhere. The private ones of ARM come last. */
static inline uint32_t call_place(uint32_t number)
{
	if (number - CALLS_PRIVATE < CALLS - PRIVATE_PLACE)
		return number - CALLS_PRIVATE + PRIVATE_PLACE;
	return number < PRIVATE_PLACE ? number : CALLS;
}

static inline uint32_t call_number(const struct registers *registers)
{
	return registers->r[7];
}

static inline void call_arguments(const struct registers *registers, uint64_t argument[6])
{
	for (int i = 0; i < 6; i++)
		argument[i] = registers->r[i];
}

static inline void call_result_set(struct registers *registers, long result)
{
	registers->r[0] = (uint32_t)result;
}

/* Go back to the instruction of the call. */
static inline void call_again(struct registers *registers, uint32_t number, uint64_t first_argument)
{
	(void)number;
	registers->r[15] -= registers->cpsr & CPSR_THUMB ? 2 : 4;
	registers->r[0] = (uint32_t)first_argument;
}

static inline addr_t registers_ip(const struct registers *registers)
{
	return registers->r[15];
}

static inline void registers_ip_set(struct registers *registers, addr_t ip)
{
	registers->r[15] = ip;
}

static inline addr_t registers_sp(const struct registers *registers)
{
	return registers->r[13];
}

static inline void registers_sp_set(struct registers *registers, addr_t sp)
{
	registers->r[13] = sp;
}

static inline void registers_tls_set(struct registers *registers, addr_t tls)
{
	registers->tls = tls;
}

/* Of a program that starts; bit 0 of `ip` selects Thumb state. */
static inline void registers_start(struct registers *registers, addr_t ip, addr_t sp)
{
	registers->r[15] = ip;
	registers->r[13] = sp;
	registers->cpsr = CPSR_USER;
}

/* Reflection stores no vector registers, as the library uses none: put those of the processor with the others. */
void registers_complete(struct registers *registers);

#endif
