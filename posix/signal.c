/* SPDX-License-Identifier: MIT */
/* Signals: posting, choosing, delivering; see signal.h. Frames are in ARCH/frame.c, calls in signal_calls.c. */
#include <cpu/session.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/call.h"
#include "posix/description.h"
#include "posix/errno.h"
#include "posix/frame.h"
#include "posix/memory.h"
#include "posix/signal.h"
#include "posix/time.h"

#define IGNORED_BY_DEFAULT (BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGURG) | BIT(SIGWINCH))
#define STOPPING (BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU))
enum { QUEUED_MAX = 1024 };

/* A real-time signal behind one of its number that is pending already. */
struct queued {
	struct queued *next;
	struct thread *thread;     /* NULL: the program */
	struct signal_info info;
};

struct wait_queue signals_posted;
static struct action actions[SIGNALS + 1];
static uint64_t shared_pending, ignored_set = IGNORED_BY_DEFAULT;
static struct signal_info shared_info[SIGNALS + 1];
static struct queued *queue;
static uint32_t queued_count;

/* What it would take now: also what it waits for by sigtimedwait. */
static uint64_t wanted(const struct thread *thread)
{
	return ~(thread->mask | ignored_set) | thread->awaited;
}

bool signal_deliverable(const struct thread *thread)
{
	return ((thread->pending | shared_pending) & wanted(thread)) != 0;
}

uint64_t signals_pending(const struct thread *thread)
{
	return thread->pending | shared_pending;
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

/* Who takes a signal of the whole program, in Linux's order: the first thread, who sends, any other. */
static struct thread *taker(uint64_t bit)
{
	struct thread *self = thread_self();

	if (threads[0].used && wanted(&threads[0]) & bit)
		return &threads[0];
	if (self->used && wanted(self) & bit)
		return self;
	for (uint32_t i = 0; i < thread_top; i++)
		if (threads[i].used && wanted(&threads[i]) & bit)
			return &threads[i];
	return NULL;
}

/* Of the program's signals only the one who takes it is told: a wait of others shall not end. */
static bool thread_takes(const struct thread *thread)
{
	uint64_t shared = shared_pending & wanted(thread);

	if (thread->pending & wanted(thread))
		return true;
	while (shared && taker(shared & -shared) != thread)
		shared &= shared - 1;
	return shared != 0;
}

bool signals_kick(void)
{
	bool again = false;

	for (uint32_t i = 0; i < thread_top; i++)
		if (threads[i].used && thread_takes(&threads[i]))
			again |= !thread_poke(&threads[i]);
	return again;
}

static long queue_add(struct thread *thread, const struct signal_info *info)
{
	struct queued **link = &queue, *added = queued_count < QUEUED_MAX ? heap_alloc(sizeof *added) : NULL;

	if (!added)
		return -EAGAIN;
	added->thread = thread;
	added->info = *info;
	while (*link)
		link = &(*link)->next;
	*link = added;
	queued_count++;
	return 0;
}

/* The next of this number goes into `info`; false: there is none. NULL: all of them are dropped. */
static bool queue_take(const struct thread *thread, int number, struct signal_info *info)
{
	for (struct queued **link = &queue; *link;) {
		struct queued *at = *link;
		if (at->thread != thread || (number && at->info.number != number)) {
			link = &at->next;
			continue;
		}
		*link = at->next;
		if (info)
			*info = at->info;
		heap_free(at);
		queued_count--;
		if (info)
			return true;
	}
	return false;
}

long signal_post(struct thread *thread, const struct signal_info *info)
{
	uint64_t bit = BIT(info->number), *pending = thread ? &thread->pending : &shared_pending;
	struct signal_info *infos = thread ? thread->info : shared_info;

	if (ignored_set & bit && !((thread ? thread : thread_self())->mask & bit))
		return 0;
	if (!(*pending & bit))
		infos[info->number] = *info;
	else if (info->number >= SIGNAL_QUEUED && queue_add(thread, info))
		return -EAGAIN;
	*pending |= bit;
	wait_tell(&signals_posted, POLLIN);
	if (!thread)
		thread = taker(bit);
	if (thread && wanted(thread) & bit && thread != thread_self())
		timers_kick();
	return 0;
}

void signals_forget(struct thread *thread)
{
	thread->pending = 0;
	queue_take(thread, 0, NULL);
}

void signal_send_self(int number)
{
	const struct signal_info info = {.number = number, .code = SI_USER, .value = 1};

	long ignored = signal_post(thread_self(), &info);
	(void)ignored;
}

bool signal_take(struct thread *thread, uint64_t allowed, struct signal_info *info)
{
	uint64_t own = thread->pending & allowed, shared = shared_pending & allowed;

	if (!(own | shared))
		return false;
	/* Its own first, and of those faults, as Linux does; else the lowest. */
	const uint64_t faults = BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGFPE);
	uint64_t from = own & faults ? own & faults : own ? own : shared;
	int number = __builtin_ctzll(from) + 1;
	uint64_t bit = BIT(number);
	if (own & bit) {
		*info = thread->info[number];
		if (!queue_take(thread, number, &thread->info[number]))
			thread->pending &= ~bit;
	} else {
		*info = shared_info[number];
		if (!queue_take(NULL, number, &shared_info[number]))
			shared_pending &= ~bit;
	}
	return true;
}

/* A call that a handler interrupted is done again where the handler and the call allow it. */
static void call_restart(struct registers *registers, const struct call *call, const struct action *action)
{
	if (!call || !call->entry || call->result != -EINTR || !(action->flags & SA_RESTART))
		return;
	if (call->entry->flags & CALL_FINAL || (call->entry->flags & CALL_FINAL_TIMED && call->argument[3]))
		return;
	call_again(registers, call->entry->number, call->argument[0]);
}

static void handler_enter(struct registers *registers, struct action *action, const struct signal_info *info)
{
	struct thread *self = thread_self();
	uint64_t before = self->restore_mask ? self->saved_mask : self->mask;

	self->restore_mask = false;
	if (frame_push(registers, self, action, info, before))
		signal_end(SIGSEGV);
	self->mask |= action->mask | (action->flags & SA_NODEFER ? 0 : BIT(info->number));
	self->mask &= ~UNBLOCKABLE;
	if (action->flags & SA_RESETHAND)
		*action = (struct action){.handler = SIG_DFL};
}

void signals_deliver(struct registers *registers, const struct call *call)
{
	struct thread *self = thread_self();
	struct signal_info info;

	while (signal_take(self, ~self->mask, &info)) {
		struct action *action = &actions[info.number];
		if (ignored_set & BIT(info.number))
			continue;
		if (action->handler == SIG_DFL && STOPPING & BIT(info.number)) {
			call_unsupported("stopping by a signal", "it is ignored");
			continue;
		}
		if (action->handler == SIG_DFL)
			signal_end(info.number);
		call_restart(registers, call, action);
		call = NULL;
		handler_enter(registers, action, &info);
	}
	if (self->restore_mask) {
		self->mask = self->saved_mask;
		self->restore_mask = false;
	}
}

/* si_code of what the machine found (sigaction(2)). */
static int fault_code(uint32_t fault, uint64_t address)
{
	enum { MAPPED_NOT = 1, ACCESS_NOT = 2 };

	switch (fault) {
	case FAULT_PAGE: return memory_mapped(address) ? ACCESS_NOT : MAPPED_NOT;
	case FAULT_INSTRUCTION: return CODE_INSTRUCTION;
	case FAULT_BREAKPOINT: return CODE_BREAKPOINT;
	default: return 1;
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
	const struct signal_info info = {.number = number, .code = fault_code(fault, address), .value = address};

	if (self->mask & BIT(number) || actions[number].handler <= SIG_IGN)
		fault_end(number, fault, address, registers_ip(registers));
	self->info[number] = info;
	self->pending |= BIT(number);
}

void action_get(int number, struct action *action)
{
	*action = actions[number];
}

void action_set(int number, const struct action *action)
{
	uint64_t bit = BIT(number);

	actions[number] = *action;
	actions[number].mask &= ~UNBLOCKABLE;
	ignored_set &= ~bit;
	if (action->handler == SIG_IGN || (action->handler == SIG_DFL && IGNORED_BY_DEFAULT & bit))
		ignored_set |= bit;
	if (!(ignored_set & bit))
		return;
	shared_pending &= ~bit;
	queue_take(NULL, number, NULL);
	for (uint32_t i = 0; i < thread_top; i++) {
		threads[i].pending &= ~bit;
		queue_take(&threads[i], number, NULL);
	}
}
