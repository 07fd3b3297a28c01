/* SPDX-License-Identifier: MIT */
/* Faults of the program: their signals, codes, addresses; handlers that return, jump or repair; vector state kept. */
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "show.h"

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
	ucontext_t *machine = context;

	(void)signal_number;
	(void)info;
	machine->uc_mcontext.gregs[REG_RIP] += 2;
	machine->uc_mcontext.gregs[REG_RAX] = 77;
}

static void handle(int signal_number, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};

	sigaction(signal_number, &action, NULL);
}

/* A fault in one instruction, shown; that of a privileged one by its signal alone. */
#define FAULT(what) FAULT_SHOW(what, code)
#define FAULT_PRIVILEGED(what) FAULT_SHOW(what, 0)
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
	FAULT_PRIVILEGED(code += *(volatile char *)(1ul << 63));
	FAULT(__asm__ volatile("jmp *%0" ::"r"(page)));
	HOLDS(address == page);
	FAULT(__asm__ volatile("jmp *%0" ::"r"(0x30ul)));
	HOLDS(address == (void *)0x30);
	FAULT(zero = 1 / zero);
	FAULT(__asm__ volatile("ud2"));
	FAULT(__asm__ volatile("int3"));
	FAULT_PRIVILEGED(__asm__ volatile("hlt"));
	FAULT_PRIVILEGED(__asm__ volatile("cli"));
	FAULT_PRIVILEGED(__asm__ volatile("mov %%cr0, %%rax" ::: "rax"));
}

static void repairs(void)
{
	char *pages = repaired = mmap(NULL, 64 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int result;

	handle(SIGSEGV, on_repair, 0);
	number = 0;
	for (int i = 0; i < 64; i++)
		pages[i * 4096 + i]++;
	SHOW(number);
	SHOW(pages[5 * 4096 + 5] + pages[63 * 4096 + 63]);
	handle(SIGILL, on_skip, 0);
	__asm__ volatile("ud2" : "=a"(result));
	SHOW(result);
}

/* A handler uses vector and x87 registers; the interrupted code must not notice. */
static void on_mess(int signal_number, siginfo_t *info, void *context)
{
	(void)signal_number;
	(void)info;
	(void)context;
	__asm__ volatile("pxor %%xmm0, %%xmm0; pxor %%xmm7, %%xmm7; pxor %%xmm15, %%xmm15; fldz; fldz; fninit"
	                 ::: "xmm0", "xmm7", "xmm15", "memory");
	number++;
}

static void vectors(void)
{
	double kept[3] = {1.5, 2.5, 3.5}, after[3];

	handle(SIGUSR1, on_mess, 0);
	number = 0;
	fesetround(FE_UPWARD);
	for (int i = 0; i < 100; i++) {
		long pid = getpid();
		__asm__ volatile("movsd %3, %%xmm0\n movsd %4, %%xmm7\n movsd %5, %%xmm15\n"
		                 "mov $62, %%eax\n mov $10, %%esi\n syscall\n"
		                 "movsd %%xmm0, %0\n movsd %%xmm7, %1\n movsd %%xmm15, %2\n"
		                 : "=m"(after[0]), "=m"(after[1]), "=m"(after[2])
		                 : "m"(kept[0]), "m"(kept[1]), "m"(kept[2]), "D"(pid)
		                 : "rax", "rsi", "rcx", "r11", "xmm0", "xmm7", "xmm15", "memory");
		if (memcmp(kept, after, sizeof kept)) {
			puts("vector registers were lost");
			return;
		}
	}
	SHOW(number);
	SHOW(fegetround() == FE_UPWARD);
	fesetround(FE_TONEAREST);
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
	FAULT(deep(0));
}

int main(void)
{
	const int all[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};

	for (int i = 0; i < 5; i++)
		handle(all[i], on_fault, 0);
	kinds();
	repairs();
	vectors();
	overflow();
	fflush(stdout);
	signal(SIGSEGV, SIG_DFL);
	*low = 1;
	return 0;
}
