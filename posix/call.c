/* SPDX-License-Identifier: MIT */
/*
 * Entry of system calls and faults: the kernel reflects them to here, on a stack of the library, as ordinary code. The one
 * lock is held while a call is handled. A fault at an instruction of user.S goes on at its fix-up; any other in the
 * library is a defect of the library and ends the program with a line that says so.
 */
#include <framework/memory.h>
#include <parent/session.h>

#include "posix/call.h"
#include "posix/errno.h"
#include "posix/signal.h"
#include "posix/thread.h"
#include "posix/user.h"
#include "posix/wait.h"

enum { CALLS = 512, UNSUPPORTED = 64, STATUS_LIBRARY = 255 };

extern const uint64_t user_fixups[], user_fixups_end[];

static const struct call_entry *table[CALLS];
static struct registers *current[THREADS + 1];

static const struct call_table *const tables[] = {
	&memory_calls, &thread_calls, &futex_calls, &signal_calls, &time_calls, &process_calls,
	&file_calls, &descriptor_calls, &name_calls, &status_calls, &directory_calls, &pipe_calls, &poll_calls,
};

void calls_start(void)
{
	for (uint32_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (uint32_t n = 0; n < tables[i]->count; n++)
			table[tables[i]->entries[n].number] = &tables[i]->entries[n];
}

struct registers *call_registers(void)
{
	return current[thread_self()->index];
}

void call_unsupported(const char *name, const char *detail)
{
	static const char *named[UNSUPPORTED];
	static uint32_t count;

	for (uint32_t i = 0; i < count; i++)
		if (named[i] == name)
			return;
	if (count < UNSUPPORTED)
		named[count++] = name;
	log_line("%s: not supported: %s", name, detail);
}

static long unknown_call(uint64_t number)
{
	static uint64_t seen[CALLS / 64];

	if (number < CALLS && !(seen[number / 64] >> number % 64 & 1)) {
		seen[number / 64] |= 1ul << number % 64;
		log_line("system call %lu is not supported", number);
	}
	return -ENOSYS;
}

_Noreturn void foreign_handle(struct registers *registers);
_Noreturn void foreign_handle(struct registers *registers)
{
	uint64_t number = registers->rax;
	const uint64_t argument[6] = {registers->rdi, registers->rsi, registers->rdx,
	                              registers->r10, registers->r8,  registers->r9};

	posix_lock();
	current[thread_self()->index] = registers;
	registers->rcx = registers->rip;
	registers->r11 = registers->rflags;
	const struct call_entry *entry = number < CALLS ? table[number] : NULL;
	long result = entry ? entry->handler(argument) : unknown_call(number);
	if (number != 15)   /* rt_sigreturn brings all registers, rax too */
		registers->rax = (uint64_t)result;
	signals_deliver(registers, number, result);
	posix_unlock();
	registers_continue(registers);
}

_Noreturn void fault_handle(const struct registers *from, uint64_t fault, uint64_t address);
_Noreturn void fault_handle(const struct registers *from, uint64_t fault, uint64_t address)
{
	struct utcb *utcb = utcb_self();
	struct registers registers;

	memcpy(&registers, from, sizeof registers);
	for (const uint64_t *at = user_fixups; at < user_fixups_end; at += 2)
		if (registers.rip == at[0]) {
			registers.rip = at[1];
			registers_continue(&registers);
		}
	utcb->fault_stack -= FAULT_STEP;
	if (registers.rip >= LIBRARY_LOW) {
		log_line("the library OS itself faulted: fault %lu at %lx, instruction %lx", fault, address, registers.rip);
		program_exit(STATUS_LIBRARY | EXIT_WORDS);
	}
	posix_lock();
	if (fault != FAULT_NONE)
		signal_force(&registers, (uint32_t)fault, address);
	signals_deliver(&registers, CALL_NONE, 0);
	posix_unlock();
	utcb->fault_stack += FAULT_STEP;
	registers_continue(&registers);
}
