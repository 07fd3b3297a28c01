/* SPDX-License-Identifier: MIT */
/* Threads of the program, see thread.h. */
#include <cpu/session.h>
#include <framework/format.h>
#include <framework/memory.h>

#include "posix/errno.h"
#include "posix/futex.h"
#include "posix/handlers.h"
#include "posix/signal.h"
#include "posix/user.h"

enum {
	CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800, CLONE_VFORK = 0x4000,
	CLONE_THREAD = 0x10000, CLONE_SETTLS = 0x80000, CLONE_PARENT_SETTID = 0x100000,
	CLONE_CHILD_CLEARTID = 0x200000, CLONE_CHILD_SETTID = 0x1000000
};

struct thread threads[THREADS + 1];
uint32_t thread_top = 1;
static uint32_t alive;

_Noreturn void foreign_handle(struct registers *registers);
_Noreturn void fault_handle(struct registers *from, addr_t fault, addr_t address);

void thread_entries_set(struct thread *thread, addr_t foreign_top, addr_t fault_top)
{
	struct utcb *utcb = utcb_self();

	(void)thread;
	utcb->foreign_entry = (addr_t)foreign_handle;
	utcb->foreign_stack = foreign_top - 8;
	utcb->fault_entry = (addr_t)fault_handle;
	utcb->fault_stack = fault_top - 8;
}

err_t threads_start(void)
{
	static uint8_t stacks[FOREIGN_STACK + FAULT_STACK] __attribute__((aligned(4096)));
	struct thread *self = thread_self();
	err_t err = signal_alloc(&self->signal);

	if (err != OK)
		return err;
	self->index = 0;
	self->id = 1;
	self->cap = SLOT_THREAD;
	self->used = true;
	alive = 1;
	thread_entries_set(self, (addr_t)stacks + FOREIGN_STACK, (addr_t)stacks + sizeof stacks);
	return OK;
}

/* Until a clone takes it. */
static _Noreturn void thread_park(struct thread *self)
{
	uint32_t badges, count;

	for (;;) {
		posix_lock();
		bool go = self->started;
		self->started = false;
		posix_unlock();
		if (go)
			registers_continue(&self->start);
		err_t ignored = signal_wait(self->signal, DEADLINE_NEVER, &badges, &count);
		(void)ignored;
	}
}

static _Noreturn void thread_main(addr_t argument)
{
	struct thread *self = (struct thread *)argument;
	addr_t foreign = self->stacks + START_STACK + FOREIGN_STACK;

	thread_entries_set(self, foreign, foreign + FAULT_STACK);
	thread_park(self);
}

static err_t thread_begin(struct thread *thread)
{
	struct cpu_thread_create_request create = {.index = thread->index, .core = AFFINITY_ANY};
	const struct cpu_thread_start_request start = {(addr_t)thread_main, thread->stacks + START_STACK - 8, (addr_t)thread};
	struct cpu_thread_create_reply created;
	struct cpu_thread_start_reply started;
	const struct cpu_thread_destroy_request destroy = {};
	struct cpu_thread_destroy_reply destroyed;
	const slot_t own = SLOT_PD;
	err_t err = slot_take(&thread->cap);

	if (err != OK)
		return err;
	text_format(create.name, sizeof create.name, "thread-%u", thread->index);
	err = cpu_thread_create((ep_t){SLOT_CPU}, &create, &own, &created, &thread->cap);
	if (err == OK) {
		err = cpu_thread_start((ep_t){thread->cap}, &start, NULL, &started, NULL);
		if (err == OK)
			return OK;
		err_t ignored = cpu_thread_destroy((ep_t){SLOT_CPU}, &destroy, &thread->cap, &destroyed, NULL);
		(void)ignored;
	}
	slot_give(thread->cap);
	return err;
}

/* All or nothing: a thread that has a signal is there, for this and for later clones. */
static err_t thread_make(struct thread *thread)
{
	void *stacks;
	ds_t ds;
	err_t err = posix_shared();

	if (err == OK)
		err = buffer_take(START_STACK + FOREIGN_STACK + FAULT_STACK, 0, &ds, &stacks);
	if (err != OK)
		return err;
	thread->stacks = (addr_t)stacks;
	err = signal_alloc(&thread->signal);
	if (err == OK) {
		err = thread_begin(thread);
		if (err == OK)
			return OK;
		object_free(cap_any(thread->signal));
		thread->signal = (signal_t){0};
	}
	ds_free(ds);
	return err;
}

/* Index 0 is the first thread, the last ones belong to threads of the library. */
enum { THREAD_LAST = THREADS - 8 };

long thread_new(const struct registers *registers, addr_t clear_tid)
{
	static uint32_t last_id = 1;
	struct thread *thread = NULL, *self = thread_self();

	for (uint32_t i = 1; i < thread_top && !thread; i++)
		if (!threads[i].used)
			thread = &threads[i];
	if (!thread && thread_top == THREAD_LAST)
		return -EAGAIN;
	if (!thread)
		thread = &threads[thread_top++];
	thread->index = (uint32_t)(thread - threads);
	if (!cap_valid(thread->signal) && thread_make(thread) != OK)
		return -EAGAIN;
	thread->used = true;
	thread->started = true;
	thread->id = ++last_id;
	thread->clear_tid = clear_tid;
	thread->mask = self->mask;
	thread->pending = 0;
	thread->awaited = 0;
	thread->robust = 0;
	thread->restore_mask = false;
	thread->alternate_size = 0;
	memcpy(thread->name, self->name, sizeof thread->name);
	memcpy(&thread->start, registers, sizeof thread->start);
	alive++;
	err_t ignored = signal_submit(thread->signal);
	(void)ignored;
	return thread->id;
}

_Noreturn void program_exit(int status)
{
	component_exit(status);
}

/*
 * The futexes on the list of a thread that ends: a struct robust_list_head of the program, and for each an entry that
 * points to the next one (get_robust_list(2)). The list may be anything: it is followed for a while only.
 */
static void robust_release(const struct thread *thread)
{
	enum { ENTRIES = 2048 };
	addr_t head[3], at;

	if (!thread->robust || user_read(head, thread->robust, sizeof head))
		return;
	at = head[0];
	for (int i = 0; i < ENTRIES && at != thread->robust; i++) {
		addr_t next;
		bool readable = user_read(&next, at & ~1ul, sizeof next) == 0;
		if (at != head[2])
			futex_owner_died((at & ~1ul) + head[1], thread->id);
		if (!readable)
			break;
		at = next;
	}
	if (head[2])
		futex_owner_died((head[2] & ~1ul) + head[1], thread->id);
}

_Noreturn void thread_exit(int status)
{
	struct thread *self = thread_self();
	const uint32_t zero = 0;

	if (--alive == 0)
		program_exit(status);
	robust_release(self);
	if (self->clear_tid && user_write(self->clear_tid, &zero, sizeof zero) == 0)
		futex_wake_all(self->clear_tid);
	self->used = false;
	signals_forget(self);
	posix_unlock();
	thread_park(self);
}

long call_clone(const uint64_t a[6])
{
	static struct registers child;
	uint64_t flags = a[0];
	const uint64_t needed = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;

	if ((flags & needed) != needed) {
		call_unsupported("fork", "a component is one process");
		return -ENOSYS;
	}
	memcpy(&child, call_registers(), sizeof child);
	registers_complete(&child);
	call_result_set(&child, 0);
	if (a[1])
		registers_sp_set(&child, a[1]);
	if (flags & CLONE_SETTLS)
		registers_tls_set(&child, a[4]);
	long id = thread_new(&child, flags & CLONE_CHILD_CLEARTID ? a[3] : 0);
	uint32_t tid = (uint32_t)id;
	/* The thread is there: an address that is wrong is nobody's error any more, as in Linux. */
	long ignored = id > 0 && flags & CLONE_PARENT_SETTID ? user_write(a[2], &tid, sizeof tid) : 0;
	ignored |= id > 0 && flags & CLONE_CHILD_SETTID ? user_write(a[3], &tid, sizeof tid) : 0;
	(void)ignored;
	return id;
}

long call_clone3(const uint64_t a[6])
{
	(void)a;
	return -ENOSYS;
}

long call_fork(const uint64_t a[6])
{
	(void)a;
	call_unsupported("fork", "a component is one process");
	return -ENOSYS;
}

long call_execve(const uint64_t a[6])
{
	(void)a;
	call_unsupported("execve", "a component is one program");
	return -ENOSYS;
}

long call_wait4(const uint64_t a[6])
{
	(void)a;
	return -ECHILD;
}

long call_exit(const uint64_t a[6])
{
	thread_exit((int)a[0] & 255);
}

long call_exit_group(const uint64_t a[6])
{
	program_exit((int)a[0] & 255);
}

long call_gettid(const uint64_t a[6])
{
	(void)a;
	return thread_self()->id;
}

long call_set_tid_address(const uint64_t a[6])
{
	thread_self()->clear_tid = a[0];
	return thread_self()->id;
}

long call_sched_yield(const uint64_t a[6])
{
	(void)a;
	posix_unlock();
	thread_yield();
	posix_lock();
	return 0;
}

long call_affinity(const uint64_t a[6])
{
	const unsigned long one = 1;

	if (a[1] < sizeof one)
		return -EINVAL;
	return user_write(a[2], &one, sizeof one) ? -EFAULT : (long)sizeof one;
}

long call_set_robust_list(const uint64_t a[6])
{
	if (a[1] != 3 * sizeof(addr_t))
		return -EINVAL;
	thread_self()->robust = a[0];
	return 0;
}
