/* SPDX-License-Identifier: MIT */
/* Signals: posting, choosing, dispositions; see signal.h. Frames are in x86_64/frame.c. */
#include <cpu/session.h>
#include <framework/memory.h>

#include "posix/call.h"
#include "posix/errno.h"
#include "posix/frame.h"
#include "posix/signal.h"
#include "posix/time.h"
#include "posix/user.h"

enum { SIG_DFL, SIG_IGN };
enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };
enum { MINSIGSTKSZ = 2048 };
#define UNBLOCKABLE (BIT(SIGKILL) | BIT(SIGSTOP))
#define BIT(number) (1ul << ((number) - 1))

static struct action actions[SIGNALS + 1];
static uint64_t shared_pending;
static struct signal_info shared_info[SIGNALS + 1];

static bool ignored(int number)
{
	uint64_t handler = actions[number].handler;

	return handler == SIG_IGN ||
	       (handler == SIG_DFL && (number == SIGCHLD || number == SIGCONT || number == SIGURG || number == SIGWINCH));
}

bool signal_deliverable(const struct thread *thread)
{
	return ((thread->pending | shared_pending) & ~thread->mask) != 0;
}

/* Make a thread look at its signals: out of a wait, or out of the program. */
static bool thread_poke(struct thread *thread)
{
	struct cpu_thread_interrupt_request request = {LIBRARY_LOW, UINT64_MAX};
	struct cpu_thread_interrupt_reply reply;

	if (thread->waiting) {
		err_t submitted = signal_submit(thread->signal);
		return submitted == OK;
	}
	if (thread == thread_self() && thread->used)
		return true;
	err_t err = cpu_thread_interrupt((ep_t){thread->cap}, &request, NULL, &reply, NULL);
	return err == OK && reply.done;
}

bool signals_kick(void)
{
	bool again = false;

	for (uint32_t i = 0; i < thread_top; i++)
		if (threads[i].used && signal_deliverable(&threads[i]))
			again |= !thread_poke(&threads[i]);
	return again;
}

static struct thread *taker(uint64_t bit)
{
	struct thread *found = NULL, *self = thread_self();

	if (self->used && !(self->mask & bit))
		return self;
	for (uint32_t i = 0; i < thread_top; i++)
		if (threads[i].used && !(threads[i].mask & bit) && (!found || threads[i].waiting))
			found = &threads[i];
	return found;
}

void signal_post(struct thread *thread, const struct signal_info *info)
{
	uint64_t bit = BIT(info->number), *pending = thread ? &thread->pending : &shared_pending;
	struct signal_info *infos = thread ? thread->info : shared_info;

	if (ignored(info->number) && !((thread ? thread : thread_self())->mask & bit))
		return;
	if (!(*pending & bit))
		infos[info->number] = *info;
	*pending |= bit;
	if (!thread)
		thread = taker(bit);
	if (thread && !(thread->mask & bit) && thread != thread_self())
		timers_kick();
}

void signal_send_self(int number)
{
	const struct signal_info info = {.number = number, .code = SI_USER, .value = 1};

	signal_post(thread_self(), &info);
}

static bool signal_take(struct thread *thread, uint64_t allowed, struct signal_info *info)
{
	uint64_t own = thread->pending & allowed, shared = shared_pending & allowed;

	if (!(own | shared))
		return false;
	/* Those of faults first, as Linux does; else the lowest. */
	const uint64_t faults = BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGFPE);
	uint64_t from = own & faults ? own & faults : own | shared;
	int number = __builtin_ctzl(from) + 1;
	uint64_t bit = BIT(number);
	if (own & bit) {
		*info = thread->info[number];
		thread->pending &= ~bit;
	} else {
		*info = shared_info[number];
		shared_pending &= ~bit;
	}
	return true;
}

static _Noreturn void default_end(const struct signal_info *info)
{
	log_line("ended by signal %d", info->number);
	program_exit(128 + info->number);
}

/* A call that a handler interrupted is done again where the handler and the call allow it. */
static void call_restart(struct registers *registers, uint64_t call, long result, const struct action *action)
{
	if (!call || result != -EINTR)
		return;
	/* nanosleep, pause, sigsuspend, sigtimedwait, clock_nanosleep, poll, select, epoll: never. */
	static const uint8_t never[] = {7, 23, 34, 35, 128, 130, 230, 232};
	for (uint32_t i = 0; i < sizeof never; i++)
		if (call == never[i])
			return;
	if (call > 255 || (action && !(action->flags & SA_RESTART)))
		return;
	registers->rip -= 2;
	registers->rax = call;
}

void signals_deliver(struct registers *registers, uint64_t call, long result)
{
	struct thread *self = thread_self();
	struct signal_info info;

	while (signal_take(self, ~self->mask, &info)) {
		struct action *action = &actions[info.number];
		if (ignored(info.number))
			continue;
		if (action->handler == SIG_DFL)
			default_end(&info);
		call_restart(registers, call, result, action);
		call = 0;
		uint64_t before = self->restore_mask ? self->saved_mask : self->mask;
		self->restore_mask = false;
		if (frame_push(registers, self, action, &info, before))
			default_end(&(struct signal_info){.number = SIGSEGV});
		self->mask |= action->mask | (action->flags & SA_NODEFER ? 0 : BIT(info.number));
		self->mask &= ~UNBLOCKABLE;
		if (action->flags & SA_RESETHAND)
			action->handler = SIG_DFL;
	}
	if (self->restore_mask) {
		self->mask = self->saved_mask;
		self->restore_mask = false;
	}
}

void signal_force(struct registers *registers, uint32_t fault, uint64_t address)
{
	static const uint8_t numbers[] = {
		[FAULT_PAGE] = SIGSEGV,    [FAULT_ARITHMETIC] = SIGFPE, [FAULT_INSTRUCTION] = SIGILL,
		[FAULT_ALIGNMENT] = SIGBUS, [FAULT_BREAKPOINT] = SIGTRAP, [FAULT_BACKING] = SIGBUS,
		[FAULT_FOREIGN] = SIGSEGV, [FAULT_DEAD] = SIGKILL,
	};
	struct thread *self = thread_self();
	int number = fault < sizeof numbers ? numbers[fault] : SIGSEGV;
	const struct signal_info info = {.number = number, .code = 1, .value = address};

	if (self->mask & BIT(number) || actions[number].handler <= SIG_IGN) {
		log_line("fault %u at %lx, instruction %lx", fault, address, registers->rip);
		default_end(&info);
	}
	self->info[number] = info;
	self->pending |= BIT(number);
}

static long call_sigaction(const uint64_t a[6])
{
	struct action given, old;

	if (a[0] < 1 || a[0] > SIGNALS || a[3] != 8)
		return -EINVAL;
	old = actions[a[0]];
	if (a[1]) {
		if (user_read(&given, a[1], sizeof given))
			return -EFAULT;
		if (a[0] == SIGKILL || a[0] == SIGSTOP)
			return -EINVAL;
		given.mask &= ~UNBLOCKABLE;
		actions[a[0]] = given;
		if (ignored((int)a[0])) {
			shared_pending &= ~BIT(a[0]);
			for (uint32_t i = 0; i < thread_top; i++)
				threads[i].pending &= ~BIT(a[0]);
		}
	}
	return a[2] ? user_write(a[2], &old, sizeof old) : 0;
}

static long call_sigprocmask(const uint64_t a[6])
{
	struct thread *self = thread_self();
	uint64_t set, old = self->mask;

	if (a[3] != 8)
		return -EINVAL;
	if (a[1]) {
		if (user_read(&set, a[1], sizeof set))
			return -EFAULT;
		if (a[0] > SIG_SETMASK)
			return -EINVAL;
		self->mask = (a[0] == SIG_BLOCK ? old | set : a[0] == SIG_UNBLOCK ? old & ~set : set) & ~UNBLOCKABLE;
	}
	return a[2] ? user_write(a[2], &old, sizeof old) : 0;
}

static long call_sigreturn(const uint64_t a[6])
{
	struct registers *registers = call_registers();
	uint64_t mask;

	(void)a;
	if (frame_pop(registers, thread_self(), &mask))
		default_end(&(struct signal_info){.number = SIGSEGV});
	thread_self()->mask = mask & ~UNBLOCKABLE;
	return 0;
}

static long call_sigaltstack(const uint64_t a[6])
{
	struct thread *self = thread_self();
	const struct registers *registers = call_registers();
	bool on = registers->rsp - self->alternate < self->alternate_size;
	struct {
		uint64_t address;
		uint32_t flags, padding;
		uint64_t size;
	} given, old = {self->alternate, on ? 1 : self->alternate_size ? 0 : 2, 0, self->alternate_size};

	if (a[0]) {
		if (user_read(&given, a[0], sizeof given))
			return -EFAULT;
		if (on)
			return -EPERM;
		if (given.flags & ~(2u | 1u << 31))
			return -EINVAL;
		if (!(given.flags & 2) && given.size < MINSIGSTKSZ)
			return -ENOMEM;
		self->alternate = given.address;
		self->alternate_size = given.flags & 2 ? 0 : given.size;
	}
	return a[1] ? user_write(a[1], &old, sizeof old) : 0;
}

static long call_sigpending(const uint64_t a[6])
{
	const struct thread *self = thread_self();
	uint64_t pending = (self->pending | shared_pending) & self->mask;

	return user_write(a[0], &pending, a[1] < sizeof pending ? a[1] : sizeof pending);
}

static long wait_for_signal(uint64_t deadline)
{
	struct wait_queue never = {0};
	long result = wait_on(&never, deadline);

	return result;
}

static long call_sigsuspend(const uint64_t a[6])
{
	struct thread *self = thread_self();
	uint64_t set;

	if (user_read(&set, a[0], sizeof set))
		return -EFAULT;
	self->saved_mask = self->mask;
	self->restore_mask = true;
	self->mask = set & ~UNBLOCKABLE;
	return wait_for_signal(UINT64_MAX);
}

static long call_pause(const uint64_t a[6])
{
	(void)a;
	return wait_for_signal(UINT64_MAX);
}

static long call_sigtimedwait(const uint64_t a[6])
{
	struct thread *self = thread_self();
	uint64_t set, span, deadline = UINT64_MAX, mask = self->mask;
	uint8_t native[128];
	struct signal_info info;

	if (user_read(&set, a[0], sizeof set))
		return -EFAULT;
	if (a[2]) {
		long result = time_read(a[2], &span);
		if (result)
			return result;
		deadline = clock_now() + span;
	}
	while (!signal_take(self, set, &info)) {
		self->mask = mask & ~set;
		long result = wait_for_signal(deadline);
		self->mask = mask;
		if (result == -ETIMEDOUT)
			return -EAGAIN;
		if (!((self->pending | shared_pending) & set))
			return -EINTR;
	}
	signal_info_layout(&info, native);
	if (a[1] && user_write(a[1], native, sizeof native))
		return -EFAULT;
	return info.number;
}

static long send(struct thread *thread, uint64_t number, int code, uint64_t value)
{
	if (number > SIGNALS)
		return -EINVAL;
	const struct signal_info info = {.number = (int)number, .code = code, .value = 1, .extra = value};
	if (number)
		signal_post(thread, &info);
	return 0;
}

static long call_kill(const uint64_t a[6])
{
	int64_t target = (int32_t)a[0];

	return target == 1 || target == 0 || target == -1 ? send(NULL, a[1], SI_USER, 0) : -ESRCH;
}

static long send_thread(uint64_t id, uint64_t number)
{
	for (uint32_t i = 0; i < thread_top; i++)
		if (threads[i].used && threads[i].id == (uint32_t)id)
			return send(&threads[i], number, SI_TKILL, 0);
	return -ESRCH;
}

static long call_tkill(const uint64_t a[6])
{
	return send_thread(a[0], a[1]);
}

static long call_tgkill(const uint64_t a[6])
{
	return send_thread(a[1], a[2]);
}

static long call_sigqueueinfo(const uint64_t a[6])
{
	uint64_t native[16];

	if (user_read(native, a[2], sizeof native))
		return -EFAULT;
	return (int32_t)a[0] == 1 ? send(NULL, a[1], SI_QUEUE, native[3]) : -ESRCH;
}

static const struct call_entry entries[] = {
	{13, "rt_sigaction", call_sigaction}, {14, "rt_sigprocmask", call_sigprocmask}, {15, "rt_sigreturn", call_sigreturn},
	{34, "pause", call_pause}, {62, "kill", call_kill}, {127, "rt_sigpending", call_sigpending},
	{128, "rt_sigtimedwait", call_sigtimedwait}, {129, "rt_sigqueueinfo", call_sigqueueinfo},
	{130, "rt_sigsuspend", call_sigsuspend}, {131, "sigaltstack", call_sigaltstack}, {200, "tkill", call_tkill},
	{234, "tgkill", call_tgkill},
};
const struct call_table signal_calls = {entries, sizeof entries / sizeof *entries};
