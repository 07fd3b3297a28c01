/* SPDX-License-Identifier: MIT */
/*
 * Signal frames of x86-64 Linux (arch/x86/include/uapi/asm/sigcontext.h, ucontext.h):
 *
 *   high   floating-point state, XSAVE form, with the words that Linux adds (64-byte aligned)
 *          struct frame: return address, ucontext, siginfo      (8 below a multiple of 16)
 *   low
 */
#include <framework/memory.h>

#include "posix/errno.h"
#include "posix/frame.h"
#include "posix/user.h"

enum { RED_ZONE = 128, MAGIC_OFFSET = 464, LEGACY = 512 };
#define MAGIC_START 0x46505853u
#define MAGIC_END 0x46505845u

struct frame {
	uint64_t return_address;
	uint64_t flags, link;
	uint64_t stack_address;
	uint32_t stack_flags, stack_padding;
	uint64_t stack_size;
	uint64_t general[18];      /* r8 .. rsp, rip, flags: the order of struct registers */
	uint16_t cs, gs, fs, ss;
	uint64_t error, trap, old_mask, cr2, fp_state, reserved[8];
	uint64_t mask;
	uint8_t info[128];
};

_Static_assert(offsetof(struct registers, rip) == 16 * 8 && offsetof(struct registers, rflags) == 17 * 8, "order");
_Static_assert(offsetof(struct frame, general) == 48, "ucontext: mcontext at 40");

void signal_info_layout(const struct signal_info *info, uint8_t *to)
{
	const uint32_t head[3] = {(uint32_t)info->number, (uint32_t)info->error, (uint32_t)info->code};

	memset(to, 0, 128);
	memcpy(to, head, sizeof head);
	memcpy(to + 16, &info->value, sizeof info->value);
	memcpy(to + 24, &info->extra, sizeof info->extra);
}

void signal_info_take(const uint8_t *from, struct signal_info *info)
{
	int32_t head[3];

	memcpy(head, from, sizeof head);
	*info = (struct signal_info){.number = head[0], .error = head[1], .code = head[2]};
	memcpy(&info->extra, from + 24, sizeof info->extra);
}

static long fp_push(const struct registers *registers, uint64_t at, uint32_t size)
{
	struct {
		uint32_t magic, extended_size;
		uint64_t features;
		uint32_t size, padding[7];
	} words = {MAGIC_START, size + 4, 7, size, {0}};
	const uint32_t end = MAGIC_END;

	if (size > LEGACY) {
		uint64_t components;
		memcpy(&components, registers->fpu + LEGACY, sizeof components);
		words.features = components | 3;
	}
	if (user_write(at, registers->fpu, size) || user_write(at + size, &end, sizeof end))
		return -EFAULT;
	return size > LEGACY ? user_write(at + MAGIC_OFFSET, &words, sizeof words) : 0;
}

long frame_push(struct registers *registers, const struct thread *thread, const struct action *action,
                const struct signal_info *info, uint64_t mask)
{
	struct frame frame = {.return_address = action->restorer, .mask = mask, .cs = 0x33, .ss = 0x2b};
	uint64_t sp = registers->rsp - RED_ZONE;
	bool on = registers->rsp - thread->alternate < thread->alternate_size;

	if (action->flags & SA_ONSTACK && thread->alternate_size && !on)
		sp = thread->alternate + thread->alternate_size;
	if (registers->fpu_size) {
		sp = (sp - registers->fpu_size - 4) & ~63ul;
		if (fp_push(registers, sp, registers->fpu_size))
			return -EFAULT;
		frame.fp_state = sp;
	}
	uint64_t at = ((sp - sizeof frame) & ~15ul) - 8;
	frame.flags = registers->fpu_size > LEGACY ? 7 : 6;
	frame.stack_address = thread->alternate;
	frame.stack_flags = on ? 1 : thread->alternate_size ? 0 : 2;
	frame.stack_size = thread->alternate_size;
	memcpy(frame.general, registers, sizeof frame.general);
	frame.cr2 = info->value;
	frame.trap = info->number == SIGSEGV ? 14 : 0;
	signal_info_layout(info, frame.info);
	if (user_write(at, &frame, sizeof frame))
		return -EFAULT;
	registers->rip = action->handler;
	registers->rsp = at;
	registers->rdi = (uint64_t)info->number;
	registers->rsi = at + offsetof(struct frame, info);
	registers->rdx = at + offsetof(struct frame, flags);
	registers->rax = 0;
	registers->rflags &= ~0x500ul;
	return 0;
}

/* Only what the program may set: segments stay, of the flags those of user mode. */
long frame_pop(struct registers *registers, struct thread *thread, uint64_t *mask)
{
	const uint64_t user_flags = 0x50dd5;
	struct frame frame;
	uint64_t at = registers->rsp - 8;

	if (user_read(&frame, at, sizeof frame))
		return -EFAULT;
	memcpy(registers, frame.general, sizeof frame.general);
	registers->rflags = (frame.general[17] & user_flags) | 0x202;
	if (frame.fp_state && registers->fpu_size) {
		uint8_t sanitized[FPU_SIZE];
		uint32_t size = registers->fpu_size;
		if (user_read(sanitized, frame.fp_state, size))
			return -EFAULT;
		memset(sanitized + MAGIC_OFFSET, 0, LEGACY - MAGIC_OFFSET);
		/* The header of the saved area stays: what the program claims about it is not believed. */
		memcpy(registers->fpu, sanitized, LEGACY);
		if (size > LEGACY + 64)
			memcpy(registers->fpu + LEGACY + 64, sanitized + LEGACY + 64, size - LEGACY - 64);
		uint32_t control;
		memcpy(&control, registers->fpu + 24, sizeof control);
		control &= 0xffff;
		memcpy(registers->fpu + 24, &control, sizeof control);
		if (size > LEGACY) {
			uint64_t components, claimed;
			memcpy(&components, registers->fpu + LEGACY, sizeof components);
			memcpy(&claimed, sanitized + LEGACY, sizeof claimed);
			components = claimed & 0xff ? (components | (claimed & 0xe7)) : components;
			memcpy(registers->fpu + LEGACY, &components, sizeof components);
		}
	}
	thread->alternate = frame.stack_address;
	thread->alternate_size = frame.stack_flags & 2 ? 0 : frame.stack_size;
	*mask = frame.mask;
	return 0;
}
