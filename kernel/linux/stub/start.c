/* SPDX-License-Identifier: MIT */
/*
 * The stub: the first and only program of a component's process. It maps the control blocks and the
 * command page, installs its signal handlers and the base filter, sends the filter's listener to the kernel
 * process, unmaps everything else including its own stack and data, and serves commands.
 *
 * Afterwards its one C function is the handler of foreign system calls, which runs on the alternate
 * stack of the calling thread and has no more rights than the component has.
 */
#include <asm/sigcontext.h>
#include <asm/signal.h>
#include <asm/ucontext.h>
#include <asm/unistd.h>
#include <linux/filter.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/socket.h>

#include <kernel/machine.h>

#include "kernel/linux/stub/layout.h"

#define ADDRESS_END 0x7ffffffff000ul
#define STUB_FLAG_RESTORER 0x04000000ul

#pragma GCC visibility push(hidden)
extern char stub_image_start[], stub_image_end[];
_Noreturn void stub_serve(void);
_Noreturn void stub_start(uint64_t *stack);
void stub_handle_pause(void);
void stub_handle_fault(void);
void stub_return(void);
void stub_handle_foreign(int number, void *info, struct ucontext *context);

#pragma GCC visibility pop

static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
	                 : "rcx", "r11", "memory");
	return result;
}

/* Without the kernel process there is nobody to report to: a start that fails ends, and is seen to end. */
static long must(long result, int step)
{
	if (result < 0 && result > -4096)
		call6(__NR_exit_group, 100 + step, 0, 0, 0, 0, 0);
	return result;
}

static void handler_set(int number, void (*handler)(void), uint64_t mask)
{
	struct {
		void (*handler)(void);
		uint64_t flags;
		void (*restorer)(void);
		uint64_t mask;
	} action = {handler, SA_SIGINFO | SA_ONSTACK | SA_RESTART | STUB_FLAG_RESTORER, stub_return, mask};

	must(call6(__NR_rt_sigaction, number, (long)&action, 0, 8, 0, 0), 1);
}

static void handlers_install(void)
{
	static const uint8_t faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
	uint64_t all = ~0ul;

	for (unsigned i = 0; i < sizeof faults; i++)
		handler_set(faults[i], stub_handle_fault, 1ul << (SIGNAL_PAUSE - 1));
	handler_set(SIGSYS, (void (*)(void))(addr_t)stub_handle_foreign, 1ul << (SIGNAL_PAUSE - 1));
	handler_set(SIGNAL_PAUSE, stub_handle_pause, 0);
	must(call6(__NR_rt_sigprocmask, SIG_SETMASK, (long)&all, 0, 8, 0, 0), 2);
}

static void listener_send(int listener)
{
	struct {
		uint64_t length;
		int32_t level, type;
		int32_t fd, padding;
	} control = {20, 1 /* SOL_SOCKET */, 1 /* SCM_RIGHTS */, listener, 0};
	char byte = 0;
	struct {
		void *base;
		uint64_t length;
	} vector = {&byte, 1};
	struct {
		void *name;
		uint32_t name_length, padding0;
		void *vector;
		uint64_t vector_count;
		void *control;
		uint64_t control_length;
		uint32_t flags, padding1;
	} message = {0, 0, 0, &vector, 1, &control, sizeof control, 0, 0};

	must(call6(__NR_sendmsg, STUB_FD_SOCKET, (long)&message, 0, 0, 0, 0), 3);
}

_Noreturn void stub_start(uint64_t *stack)
{
	struct stub_page *page = (struct stub_page *)STUB_PAGE;
	uint64_t page_offset = 0;
	const char *argument = (const char *)stack[2];

	while (*argument >= '0' && *argument <= '9')
		page_offset = page_offset * 10 + (uint64_t)(*argument++ - '0');
	must(call6(__NR_mmap, STUB_PAGE, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, STUB_FD_PAGE,
	           (long)page_offset), 4);
	must(call6(__NR_mmap, UTCB_AREA, (long)UTCB_SIZE * UTCB_COUNT, PROT_READ | PROT_WRITE,
	           MAP_SHARED | MAP_FIXED, STUB_FD_UTCB, (long)page->utcb_offset), 5);
	handlers_install();
	must(call6(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0), 6);
	struct sock_fprog program = {(unsigned short)page->base_length, (struct sock_filter *)page->base_filter};
	long listener = must(call6(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
	                           SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
	                           (long)&program, 0, 0, 0), 7);
	listener_send((int)listener);
	must(call6(__NR_close, listener, 0, 0, 0, 0, 0), 8);
	must(call6(__NR_close, STUB_FD_SOCKET, 0, 0, 0, 0, 0), 8);
	must(call6(__NR_close, STUB_FD_UTCB, 0, 0, 0, 0, 0), 8);
	must(call6(__NR_close, STUB_FD_PAGE, 0, 0, 0, 0, 0), 8);
	must(call6(__NR_munmap, 0, UTCB_AREA, 0, 0, 0, 0), 9);
	must(call6(__NR_munmap, UTCB_AREA + (long)UTCB_SIZE * UTCB_COUNT,
	           STUB_PAGE - UTCB_AREA - (long)UTCB_SIZE * UTCB_COUNT, 0, 0, 0, 0), 9);
	must(call6(__NR_munmap, STUB_PAGE + 4096, STUB_TEXT - STUB_PAGE - 4096, 0, 0, 0, 0), 9);
	/* The last one takes the stack away: nothing may be pushed or popped any more. */
	long end = ((long)stub_image_end + 4095) & -4096l;
	__asm__ volatile("syscall\n\tjmp stub_serve"
	                 :
	                 : "a"(__NR_munmap), "D"(end), "S"(ADDRESS_END - (uint64_t)end)
	                 : "rcx", "r11", "memory");
	__builtin_unreachable();
}

static inline void copy(void *to, const void *from, uint64_t size)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static uint32_t fpu_save(uint8_t *to, const struct sigcontext *machine)
{
	const struct _xstate *state = (const struct _xstate *)machine->fpstate;
	uint32_t size = 0;

	if (!state)
		return 0;
	size = state->fpstate.sw_reserved.magic1 == FP_XSTATE_MAGIC1 ? state->fpstate.sw_reserved.xstate_size : 512;
	if (size > FPU_SIZE)
		size = 0;
	copy(to, state, size);
	return size;
}

/* A foreign system call: its registers into the control block, then on to the handler of the component. */
void stub_handle_foreign(int number, void *info, struct ucontext *context)
{
	struct utcb *utcb = utcb_self();
	struct registers *registers = (struct registers *)((addr_t)utcb + UTCB_FOREIGN);
	struct sigcontext *machine = &context->uc_mcontext;

	(void)number;
	(void)info;
	if (!utcb->foreign_entry) {
		/* Undefined instruction with the number in rax: the kernel process reports it as FAULT_FOREIGN. */
		__asm__ volatile("lea -8(%0), %%rsp\n\tjmp stub_handle_fault" : : "r"(context));
		__builtin_unreachable();
	}
	copy(registers, machine, 18 * sizeof(uint64_t));
	if (((const struct stub_page *)STUB_PAGE)->fsgsbase)
		__asm__("rdfsbase %0" : "=r"(registers->fs_base));
	else
		registers->fs_base = *(const uint64_t *)((addr_t)utcb + UTCB_KERNEL_OFFSET);
	registers->fpu_size = fpu_save(registers->fpu, machine);
	machine->fpstate = 0;
	machine->rip = utcb->foreign_entry;
	machine->rsp = utcb->foreign_stack;
	machine->rdi = (addr_t)registers;
	machine->eflags &= ~0x400ul;
}
