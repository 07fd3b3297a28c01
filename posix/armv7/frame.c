/* SPDX-License-Identifier: MIT */
/*
 * Signal frames of ARM Linux (arch/arm/include/asm/ucontext.h, arch/arm/kernel/signal.h):
 *
 *   high   struct frame: siginfo, ucontext with the vector registers in its space for registers       (a multiple of 8)
 *   sp     of a handler without SA_SIGINFO: the ucontext alone, which sigreturn takes back; rt_sigreturn takes both
 *   low
 */
#include <framework/memory.h>

#include "posix/call.h"
#include "posix/errno.h"
#include "posix/frame.h"
#include "posix/armv7/wide.h"
#include "posix/user.h"

enum { VECTOR_SIZE = 288, SPACE = 512, INFO = 128, LINK = 14, IP = 15, STACK = 13 };
#define VECTOR_MAGIC 0x56465001u
#define CPSR_FREE 0xf80f0200u      /* NZCVQ, GE, and E: big-endian state */
enum { CPSR_ENDIAN = 1 << 9 };

struct vector_frame {
	uint32_t magic, size;
	uint64_t d[32];
	uint32_t fpscr, padding, exception[3], end;
};

struct context {
	uint32_t flags, link;
	uint32_t stack_address, stack_flags, stack_size;
	uint32_t trap, error, old_mask;
	uint32_t r[16], cpsr, fault_address;
	uint32_t mask[2], unused[30];
	struct vector_frame vector;
	uint8_t rest[SPACE - VECTOR_SIZE];
};

struct frame {
	uint8_t info[INFO];
	struct context context;
};

_Static_assert(sizeof(struct vector_frame) == VECTOR_SIZE, "struct vfp_sigframe");
_Static_assert(offsetof(struct context, mask) == 104 && offsetof(struct context, vector) == 232, "struct ucontext");

void signal_info_layout(const struct signal_info *info, uint8_t *to)
{
	const uint32_t head[3] = {(uint32_t)info->number, (uint32_t)info->error, (uint32_t)info->code};
	const uint32_t extra = (uint32_t)info->extra;

	memset(to, 0, INFO);
	memcpy(to, head, sizeof head);
	memcpy(to + 12, &info->value, sizeof info->value);
	memcpy(to + 20, &extra, sizeof extra);
}

void signal_info_take(const uint8_t *from, struct signal_info *info)
{
	int32_t words[6];

	memcpy(words, from, sizeof words);
	*info = (struct signal_info){.number = words[0], .error = words[1], .code = words[2], .extra = (uint32_t)words[5]};
}

static void context_fill(struct context *context, const struct registers *registers, const struct thread *thread,
                         bool on)
{
	context->stack_address = (uint32_t)thread->alternate;
	context->stack_flags = on ? 1 : thread->alternate_size ? 0 : 2;
	context->stack_size = (uint32_t)thread->alternate_size;
	memcpy(context->r, registers->r, sizeof context->r);
	context->cpsr = registers->cpsr;
	context->vector.magic = VECTOR_MAGIC;
	context->vector.size = VECTOR_SIZE;
	memcpy(context->vector.d, registers->d, sizeof context->vector.d);
	context->vector.fpscr = registers->fpscr;
}

static void handler_start(struct registers *registers, const struct action *action, uint32_t sp, uint32_t number)
{
	registers->r[0] = number;
	registers->r[STACK] = sp;
	registers->r[LINK] = (uint32_t)action->restorer;
	registers->r[IP] = (uint32_t)action->handler;
	registers->cpsr &= ~(uint32_t)(CPSR_THUMB | CPSR_IT | CPSR_ENDIAN);    /* bit 0 of the handler selects Thumb */
	registers->vfp_size = 0;
}

long frame_push(struct registers *registers, const struct thread *thread, const struct action *action,
                const struct signal_info *info, uint64_t mask)
{
	struct frame frame;
	uint32_t sp = registers->r[STACK];
	bool on = sp - thread->alternate < thread->alternate_size;

	if (!(action->flags & SA_RESTORER)) {
		call_unsupported("rt_sigaction", "a handler without a function to return by");
		return -EFAULT;
	}
	if (action->flags & SA_ONSTACK && thread->alternate_size && !on)
		sp = (uint32_t)(thread->alternate + thread->alternate_size);
	memset(&frame, 0, sizeof frame);
	registers_complete(registers);
	context_fill(&frame.context, registers, thread, on);
	frame.context.mask[0] = frame.context.old_mask = (uint32_t)mask;
	frame.context.mask[1] = (uint32_t)(mask >> 32);
	frame.context.fault_address = (uint32_t)info->value;
	signal_info_layout(info, frame.info);
	uint32_t at = (sp - sizeof frame) & ~7u, context = at + offsetof(struct frame, context);
	if (user_write(at, &frame, sizeof frame))
		return -EFAULT;
	handler_start(registers, action, action->flags & SA_SIGINFO ? at : context, (uint32_t)info->number);
	if (action->flags & SA_SIGINFO) {
		registers->r[1] = at;
		registers->r[2] = context;
	}
	return 0;
}

/* Only what the program may set: of the status the flags and the state. */
static long context_pop(uint32_t at, struct registers *registers, struct thread *thread, uint64_t *mask)
{
	struct context context;

	if (user_read(&context, at, sizeof context))
		return -EFAULT;
	if (context.vector.magic != VECTOR_MAGIC || context.vector.size != VECTOR_SIZE)
		return -EFAULT;
	memcpy(registers->r, context.r, sizeof registers->r);
	registers->cpsr = (context.cpsr & (CPSR_FREE | CPSR_THUMB | CPSR_IT)) | CPSR_USER;
	memcpy(registers->d, context.vector.d, sizeof registers->d);
	registers->fpscr = context.vector.fpscr;
	registers->vfp_size = VFP_SIZE;
	thread->alternate = context.stack_address;
	thread->alternate_size = context.stack_flags & 2 ? 0 : context.stack_size;
	*mask = context.mask[0] | (uint64_t)context.mask[1] << 32;
	return 0;
}

long frame_pop(struct registers *registers, struct thread *thread, uint64_t *mask)
{
	return context_pop(registers->r[STACK] + offsetof(struct frame, context), registers, thread, mask);
}

/* Of a handler without SA_SIGINFO. */
long call_sigreturn_short(const uint64_t a[6])
{
	struct registers *registers = call_registers();
	uint64_t mask;

	(void)a;
	if (context_pop(registers->r[STACK], registers, thread_self(), &mask))
		signal_end(SIGSEGV);
	thread_self()->mask = mask & ~UNBLOCKABLE;
	return 0;
}
