/* SPDX-License-Identifier: MIT */
/* Faults of the program: their signals, codes, addresses; handlers that return, jump or repair; vector state kept. */
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "machine.h"
#include "show.h"

#define HIGHEST (1ul << (sizeof(long) * 8 - 1))      /* an address that no program has */

static sigjmp_buf back;
static volatile int number, code;
static void *volatile address;
static char *repaired;
static volatile char *volatile low = (volatile char *)16;

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	number = signal_number;
	code = info->si_code;
	address = info->si_addr;
	siglongjmp(back, 1);
}

static void on_repair(int signal_number, siginfo_t *info, void *context)
{
	(void)signal_number;
	(void)context;
	mprotect((void *)((uintptr_t)info->si_addr & ~4095ul), 4096, PROT_READ | PROT_WRITE);
	number++;
}

static void on_skip(int signal_number, siginfo_t *info, void *context)
{
	(void)signal_number;
	(void)info;
	machine_skip(context, 77);
}

static void handle(int signal_number, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};

	sigaction(signal_number, &action, NULL);
}

/* A fault in one instruction, shown; by its signal alone where emulators are not exact, or Linux tells no more. */
#define FAULT(what) FAULT_SHOW(what, code)
#define FAULT_SIGNAL(what) FAULT_SHOW(what, 0)
#define FAULT_SHOW(what, shown) \
	do { \
		number = code = 0; \
		if (!sigsetjmp(back, 1)) { \
			what; \
		} \
		printf("%s: signal %d code %d\n", #what, number, shown); \
	} while (0)

static void kinds(void)
{
	volatile int zero = 0;
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	FAULT(*low = 1);
	HOLDS(address == (void *)16);
	FAULT(*(volatile char *)page = 1);
	HOLDS(address == page);
	FAULT_SIGNAL(code += *(volatile char *)HIGHEST);
	FAULT(machine_jump(page));
	HOLDS(address == page);
	FAULT(machine_jump((void *)0x30));
	HOLDS(address == (void *)0x30);
	FAULT(zero = 1 / zero);
	FAULT_SIGNAL(machine_undefined());
	FAULT(machine_breakpoint());
	for (volatile int i = 0; i < MACHINE_PRIVILEGED; i++)
		FAULT_SIGNAL(machine_privileged[i]());
}

static void repairs(void)
{
	char *pages = repaired = mmap(NULL, 64 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	handle(SIGSEGV, on_repair, 0);
	number = 0;
	for (int i = 0; i < 64; i++)
		pages[i * 4096 + i]++;
	SHOW(number);
	SHOW(pages[5 * 4096 + 5] + pages[63 * 4096 + 63]);
	handle(SIGILL, on_skip, 0);
	SHOW(machine_undefined_value());
}

/* A handler uses vector registers; the interrupted code must not notice. */
static void on_mess(int signal_number, siginfo_t *info, void *context)
{
	(void)signal_number;
	(void)info;
	(void)context;
	machine_vectors_mess();
	number++;
}

static void vectors(void)
{
	handle(SIGUSR1, on_mess, 0);
	number = 0;
	fesetround(FE_UPWARD);
	for (int i = 0; i < 100; i++)
		if (!machine_vectors_kept(getpid())) {
			puts("vector registers were lost");
			return;
		}
	SHOW(number);
	SHOW(fegetround() == FE_UPWARD);
	fesetround(FE_TONEAREST);
}

static void on_turned(int signal_number, siginfo_t *info, void *context)
{
	(void)signal_number;
	(void)info;
	(void)context;
	number = machine_turned() ? 100 : number + 1;
}

static void on_turned_short(int signal_number)
{
	on_turned(signal_number, NULL, NULL);
}

static void turned(void)
{
	const struct sigaction action = {.sa_handler = on_turned_short};

	handle(SIGUSR1, on_turned, 0);
	number = 0;
	SHOW(machine_turned_kept(getpid()));
	SHOW(number);
	sigaction(SIGUSR1, &action, NULL);         /* the frame of a handler without SA_SIGINFO */
	SHOW(machine_turned_kept(getpid()));
	SHOW(number);
}

static char stack[65536];

static int deep(int level)
{
	volatile char fill[4096];

	fill[0] = (char)level;
	return level > 100000000 ? 0 : deep(level + 1) + fill[0];
}

static void overflow(void)
{
	stack_t given = {.ss_sp = stack, .ss_size = sizeof stack};

	sigaltstack(&given, NULL);
	handle(SIGSEGV, on_fault, SA_ONSTACK);
	FAULT_SIGNAL(deep(0));
}

int main(void)
{
	const int all[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};

	for (int i = 0; i < 5; i++)
		handle(all[i], on_fault, 0);
	kinds();
	repairs();
	vectors();
	turned();
	overflow();
	fflush(stdout);
	signal(SIGSEGV, SIG_DFL);
	*low = 1;
	return 0;
}
