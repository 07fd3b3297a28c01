/* SPDX-License-Identifier: MIT */
/* Calls on signals, over signal.h. */
#include <framework/memory.h>

#include "posix/errno.h"
#include "posix/frame.h"
#include "posix/handlers.h"
#include "posix/signal.h"
#include "posix/time.h"
#include "posix/user.h"
#include "posix/wait.h"

enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };
enum { MINSIGSTKSZ = 2048, SIGNAL_SET = 8 };

/* struct sigaction as the program has it. */
struct action_native {
	addr_t handler, flags, restorer;
	uint32_t mask[2];
};

static long action_read(addr_t from, struct action *action)
{
	struct action_native native;

	if (user_read(&native, from, sizeof native))
		return -EFAULT;
	*action = (struct action){native.handler, native.flags, native.restorer,
	                          native.mask[0] | (uint64_t)native.mask[1] << 32};
	return 0;
}

static long action_write(addr_t to, const struct action *action)
{
	const struct action_native native = {(addr_t)action->handler, (addr_t)action->flags, (addr_t)action->restorer,
	                                     {(uint32_t)action->mask, (uint32_t)(action->mask >> 32)}};

	return user_write(to, &native, sizeof native);
}

long call_sigaction(const uint64_t a[6])
{
	struct action given, old;

	if (a[0] < 1 || a[0] > SIGNALS || a[3] != SIGNAL_SET)
		return -EINVAL;
	action_get((int)a[0], &old);
	if (a[1]) {
		if (action_read(a[1], &given))
			return -EFAULT;
		if (a[0] == SIGKILL || a[0] == SIGSTOP)
			return -EINVAL;
		action_set((int)a[0], &given);
	}
	return a[2] ? action_write(a[2], &old) : 0;
}

long call_sigprocmask(const uint64_t a[6])
{
	struct thread *self = thread_self();
	uint64_t set, old = self->mask;

	if (a[3] != SIGNAL_SET)
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

long call_sigreturn(const uint64_t a[6])
{
	struct registers *registers = call_registers();
	uint64_t mask;

	(void)a;
	if (frame_pop(registers, thread_self(), &mask))
		signal_end(SIGSEGV);
	thread_self()->mask = mask & ~UNBLOCKABLE;
	return 0;
}

long call_sigaltstack(const uint64_t a[6])
{
	struct thread *self = thread_self();
	const struct registers *registers = call_registers();
	bool on = registers_sp(registers) - self->alternate < self->alternate_size;
	struct {
		addr_t address;
		uint32_t flags;
		addr_t size;
	} given, old;

	memset(&old, 0, sizeof old);
	old.address = (addr_t)self->alternate;
	old.flags = on ? 1 : self->alternate_size ? 0 : 2;
	old.size = (addr_t)self->alternate_size;
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

long call_sigpending(const uint64_t a[6])
{
	const struct thread *self = thread_self();
	uint64_t pending = signals_pending(self) & self->mask;

	if (a[1] > sizeof pending)
		return -EINVAL;
	return user_write(a[0], &pending, a[1]);
}

static long wait_for_signal(uint64_t deadline)
{
	struct wait_queue never = {0};

	return wait_on(&never, deadline);
}

long signal_mask_lend(addr_t from, uint64_t size)
{
	struct thread *self = thread_self();
	uint64_t set;

	if (!from)
		return 0;
	if (size != SIGNAL_SET)
		return -EINVAL;
	if (user_read(&set, from, sizeof set))
		return -EFAULT;
	self->saved_mask = self->mask;
	self->restore_mask = true;
	self->mask = set & ~UNBLOCKABLE;
	return 0;
}

long signal_mask_return(long result)
{
	struct thread *self = thread_self();

	if (result != -EINTR && self->restore_mask) {
		self->mask = self->saved_mask;
		self->restore_mask = false;
	}
	return result;
}

long call_sigsuspend(const uint64_t a[6])
{
	long result = !a[0] ? -EFAULT : signal_mask_lend(a[0], a[1]);

	return result ? result : wait_for_signal(UINT64_MAX);
}

long call_pause(const uint64_t a[6])
{
	(void)a;
	return wait_for_signal(UINT64_MAX);
}

long call_sigtimedwait(const uint64_t a[6])
{
	struct thread *self = thread_self();
	uint64_t set, span, deadline = UINT64_MAX;
	uint8_t native[128];
	struct signal_info info;

	if (a[3] != SIGNAL_SET)
		return -EINVAL;
	if (user_read(&set, a[0], sizeof set))
		return -EFAULT;
	if (a[2]) {
		long result = time_read(a[2], &span);
		if (result)
			return result;
		deadline = clock_now() + span;
	}
	set &= ~UNBLOCKABLE;
	while (!signal_take(self, set, &info)) {
		self->awaited = set;
		long result = wait_for_signal(deadline);
		self->awaited = 0;
		if (result == -ETIMEDOUT)
			return -EAGAIN;
		if (!(signals_pending(self) & set))
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
	return number ? signal_post(thread, &info) : 0;
}

long call_kill(const uint64_t a[6])
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

long call_tkill(const uint64_t a[6])
{
	return (int32_t)a[0] <= 0 ? -EINVAL : send_thread(a[0], a[1]);
}

long call_tgkill(const uint64_t a[6])
{
	if ((int32_t)a[0] <= 0 || (int32_t)a[1] <= 0)
		return -EINVAL;
	return (int32_t)a[0] == 1 ? send_thread(a[1], a[2]) : -ESRCH;
}

/* The siginfo of the program: its code, which must not be the system's own, and its value. */
static long info_read(addr_t at, int *code, uint64_t *value)
{
	uint8_t native[128];
	struct signal_info info;

	if (user_read(native, at, sizeof native))
		return -EFAULT;
	signal_info_take(native, &info);
	*code = info.code;
	*value = info.extra;
	return *code >= 0 || *code == SI_TKILL ? -EPERM : 0;
}

long call_sigqueueinfo(const uint64_t a[6])
{
	uint64_t value;
	int code;
	long result = info_read(a[2], &code, &value);

	return result ? result : (int32_t)a[0] == 1 ? send(NULL, a[1], code, value) : -ESRCH;
}

long call_tgsigqueueinfo(const uint64_t a[6])
{
	uint64_t value;
	int code;
	long result = info_read(a[3], &code, &value);

	if (result || (int32_t)a[0] != 1)
		return result ? result : -ESRCH;
	for (uint32_t i = 0; i < thread_top; i++)
		if (threads[i].used && threads[i].id == (uint32_t)a[1])
			return send(&threads[i], a[2], code, value);
	return -ESRCH;
}
