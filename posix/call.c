/* SPDX-License-Identifier: MIT */
/*
 * Entry of system calls and faults: the kernel reflects them to here, on a stack of the library, as ordinary code. The one
 * lock is held while a call is handled. A fault at an instruction of user.S goes on at its fix-up; any other in the
 * library is a defect of the library and ends the program with a line that says so.
 */
#include <framework/memory.h>
#include <parent/session.h>
#include <posix/machine.h>

#include "posix/call.h"
#include "posix/errno.h"
#include "posix/signal.h"
#include "posix/thread.h"
#include "posix/user.h"
#include "posix/wait.h"

enum { UNSUPPORTED = 64, STATUS_LIBRARY = 255 };

extern const addr_t user_fixups[], user_fixups_end[];

static const struct call_entry *table[CALLS];
static struct registers *current[THREADS + 1];

void calls_start(void)
{
	for (uint32_t i = 0; i < calls.count; i++)
		table[call_place(calls.entries[i].number)] = &calls.entries[i];
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

static const char *call_name(uint32_t number)
{
	for (uint32_t i = 0; i < call_names.count; i++)
		if (call_names.names[i].number == number)
			return call_names.names[i].name;
	return "without a name";
}

static long unknown_call(uint32_t number)
{
	static uint64_t seen[CALLS / 64];
	uint32_t place = call_place(number);

	if (place < CALLS && !(seen[place / 64] >> place % 64 & 1)) {
		seen[place / 64] |= 1ull << place % 64;
		log_line("system call %u (%s) is not supported", number, call_name(number));
	}
	return -ENOSYS;
}

_Noreturn void foreign_handle(struct registers *registers);
_Noreturn void foreign_handle(struct registers *registers)
{
	uint32_t number = call_number(registers), place = call_place(number);
	struct thread *self = thread_self();
	struct call call = {.entry = place < CALLS ? table[place] : NULL};

	call_arguments(registers, call.argument);
	posix_lock();
	current[self->index] = registers;
	self->time64 = call.entry && call.entry->flags & CALL_TIME64;
	call.result = call.entry ? call.entry->handler(call.argument) : unknown_call(number);
	if (!call.entry || !(call.entry->flags & CALL_WHOLE))
		call_result_set(registers, call.result);
	signals_deliver(registers, &call);
	posix_unlock();
	registers_continue(registers);
}

/* `registers` lie in the control block, where the next fault of the thread will put its own. */
_Noreturn void fault_handle(struct registers *from, addr_t fault, addr_t address);
_Noreturn void fault_handle(struct registers *from, addr_t fault, addr_t address)
{
	struct utcb *utcb = utcb_self();
	struct registers registers;
	addr_t ip = registers_ip(from);

	for (const addr_t *at = user_fixups; at < user_fixups_end; at += 2)
		if (ip == at[0]) {
			registers_ip_set(from, at[1]);
			registers_continue(from);
		}
	memcpy(&registers, from, sizeof registers);
	utcb->fault_stack -= FAULT_STEP;
	if (ip >= LIBRARY_LOW) {
		log_line("the library OS itself faulted: fault %u at %lx, instruction %lx", (unsigned)fault,
		         (unsigned long)address, (unsigned long)ip);
		program_exit(STATUS_LIBRARY | EXIT_WORDS);
	}
	posix_lock();
	if (fault != FAULT_NONE)
		signal_force(&registers, (uint32_t)fault, address);
	signals_deliver(&registers, NULL);
	posix_unlock();
	utcb->fault_stack += FAULT_STEP;
	memcpy(from, &registers, sizeof registers);
	registers_continue(from);
}
