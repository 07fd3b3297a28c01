/* SPDX-License-Identifier: MIT */
/* The end of a program that a signal kills: its last line in the log says why, and EXIT_WORDS that this is to be told on. */
#include <framework/env.h>
#include <inttypes.h>
#include <kernel/thread.h>
#include <parent/session.h>

#include "posix/memory.h"
#include "posix/signal.h"
#include "posix/thread.h"

static const char *signal_name(int number)
{
	static const char *const names[] = {
		"signal 0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
		"SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP",
		"SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS"};

	return number > 0 && number < (int)(sizeof names / sizeof *names) ? names[number] : "a real-time signal";
}

static const char *fault_name(uint32_t fault, uint64_t address)
{
	switch (fault) {
	case FAULT_PAGE: return memory_mapped(address) ? "may not be used like that" : "is not mapped";
	case FAULT_ARITHMETIC: return "computes what cannot be";
	case FAULT_INSTRUCTION: return "is no valid instruction";
	case FAULT_ALIGNMENT: return "is not aligned";
	case FAULT_BREAKPOINT: return "is a breakpoint";
	case FAULT_BACKING: return "has nothing behind it";
	default: return "makes a call that may not be";
	}
}

static _Noreturn void killed_exit(int number)
{
	program_exit((128 + number) | EXIT_WORDS);
}

_Noreturn void signal_end(int number)
{
	log_line("killed by %s", signal_name(number));
	killed_exit(number);
}

_Noreturn void fault_end(int number, uint32_t fault, uint64_t address, uint64_t instruction)
{
	log_line("killed by %s: address 0x%" PRIx64 " %s, instruction 0x%" PRIx64, signal_name(number), address,
	         fault_name(fault, address), instruction);
	killed_exit(number);
}
