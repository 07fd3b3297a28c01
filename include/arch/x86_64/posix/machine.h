/* SPDX-License-Identifier: MIT */
/*
 * What the library OS must know of x86-64: where things lie in the program's address space, Linux's constants that are other
 * ones elsewhere, and how a system call uses registers (arch/x86/entry/calling.h: rax; rdi, rsi, rdx, r10, r8, r9).
 */
#ifndef POSIX_MACHINE_H
#define POSIX_MACHINE_H

#include <kernel/machine.h>

#define LIBRARY_LOW ((uint64_t)0x500000000000)
#define MAPPINGS_LOW ((uint64_t)0x100000000000)
#define MAPPINGS_TOP ((uint64_t)0x4f0000000000)
#define STACK_TOP ((uint64_t)0x4fff00000000)
#define MOVABLE_AT ((uint64_t)0x400000000)      /* position-independent programs */

enum { O_LARGEFILE = 0100000, O_DIRECTORY = 0200000, O_NOFOLLOW = 0400000 };
enum { CODE_INSTRUCTION = 2, CODE_BREAKPOINT = 128 };       /* si_code: ILL_ILLOPN, SI_KERNEL */
enum { CALLS = 512 };

/* struct epoll_event is packed here. */
enum { EVENT_SIZE = 12, EVENT_DATA = 4 };

/* A command of fcntl as other machines number it. */
static inline uint64_t fcntl_command(uint64_t command)
{
	return command;
}

/* Where a call has its place among CALLS; beyond: nowhere. */
static inline uint32_t call_place(uint32_t number)
{
	return number;
}

static inline uint32_t call_number(const struct registers *registers)
{
	return (uint32_t)registers->rax;
}

static inline void call_arguments(struct registers *registers, uint64_t argument[6])
{
	const uint64_t given[6] = {registers->rdi, registers->rsi, registers->rdx,
	                           registers->r10, registers->r8,  registers->r9};

	for (int i = 0; i < 6; i++)
		argument[i] = given[i];
	registers->rcx = registers->rip;
	registers->r11 = registers->rflags;
}

static inline void call_result_set(struct registers *registers, long result)
{
	registers->rax = (uint64_t)result;
}

/* Go back to the instruction of the call. */
static inline void call_again(struct registers *registers, uint32_t number, uint64_t first_argument)
{
	(void)first_argument;
	registers->rip -= 2;
	registers->rax = number;
}

static inline addr_t registers_ip(const struct registers *registers)
{
	return registers->rip;
}

static inline void registers_ip_set(struct registers *registers, addr_t ip)
{
	registers->rip = ip;
}

static inline addr_t registers_sp(const struct registers *registers)
{
	return registers->rsp;
}

static inline void registers_sp_set(struct registers *registers, addr_t sp)
{
	registers->rsp = sp;
}

static inline void registers_tls_set(struct registers *registers, addr_t tls)
{
	registers->fs_base = tls;
}

/* Of a program that starts. */
static inline void registers_start(struct registers *registers, addr_t ip, addr_t sp)
{
	registers->rip = ip;
	registers->rsp = sp;
	registers->rflags = 0x202;
}

/* Reflection has stored everything already. */
static inline void registers_complete(struct registers *registers)
{
	(void)registers;
}

#endif
