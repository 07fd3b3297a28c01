/* SPDX-License-Identifier: MIT */
/*
 * Signal frames: see frame.h. Layout: arch/x86/include/asm/sigframe.h of Linux.
 *
 *      frame ->  return address | struct ucontext | siginfo       then, 64-aligned, the XSAVE image
 */
#include <cpuid.h>
#include <string.h>

#include <asm/sigcontext.h>
#include <asm/signal.h>
#include <asm/siginfo.h>
#include <asm/ucontext.h>

#include <kernel/message.h>

#include "kernel/linux/frame.h"
#include "kernel/linux/stub/layout.h"

enum { UC_FP_XSTATE_FLAG = 1, UC_SIGCONTEXT_SS_FLAG = 2, UC_STRICT_RESTORE_SS_FLAG = 4, XSAVE_LEGACY = 512 };

/* Flags a component may have: CF PF AF ZF SF TF DF OF AC ID. */
#define FLAGS_USER 0x240dd5ul

struct rt_frame {
	uint64_t return_address;
	struct ucontext context;
	siginfo_t info;
};

static uint32_t xsave_size;
static uint64_t xsave_mask;

err_t frame_probe(const char **sentence)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) {
		*sentence = "the processor has no XSAVE";
		return ERR_UNSUPPORTED;
	}
	uint32_t low, high;
	__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	/* Tile data (AMX) is given on request only, and no component can request it. */
	xsave_mask = ((uint64_t)high << 32 | low) & ~(3ul << 17);
	xsave_size = XSAVE_LEGACY + 64;
	for (unsigned i = 2; i < 63; i++) {
		if (!(xsave_mask & (1ul << i)))
			continue;
		__get_cpuid_count(0xd, i, &a, &b, &c, &d);
		if (b + a > xsave_size)
			xsave_size = b + a;
	}
	if (xsave_size > FPU_SIZE) {
		*sentence = "the processor's vector registers are larger than this kernel can keep";
		return ERR_UNSUPPORTED;
	}
	return OK;
}

/* A pointer to `size` bytes at the component's address `at` inside the kernel's part of the block, or NULL. */
static void *block_range(const uint8_t *block, uint64_t base, uint64_t at, uint64_t size)
{
	uint64_t low = base + UTCB_STACK_OFFSET, high = base + UTCB_SIZE;

	if (at < low || at > high || size > high - at)
		return NULL;
	return (void *)(block + (at - base));
}

err_t frame_read(const uint8_t *block, uint64_t base, uint64_t frame, struct registers *registers)
{
	const struct rt_frame *source = block_range(block, base, frame, sizeof *source);

	if (!source || (frame & 7))
		return ERR_ARGUMENT;
	memset(registers, 0, sizeof *registers);
	memcpy(registers, &source->context.uc_mcontext, 18 * sizeof(uint64_t));
	memcpy(&registers->fs_base, block + UTCB_KERNEL_OFFSET, sizeof registers->fs_base);
	uint64_t at = (uint64_t)(uintptr_t)source->context.uc_mcontext.fpstate;
	if (!at)
		return OK;
	const uint8_t *fpu = block_range(block, base, at, xsave_size);
	if (!fpu || (at & 63))
		return ERR_ARGUMENT;
	memcpy(registers->fpu, fpu, xsave_size);
	memset(registers->fpu + offsetof(struct _fpstate, sw_reserved), 0, sizeof(struct _fpx_sw_bytes));
	registers->fpu_size = xsave_size;
	return OK;
}

err_t frame_read_fault(const uint8_t *block, uint64_t base, uint64_t frame, struct frame_fault *fault)
{
	const struct rt_frame *source = block_range(block, base, frame, sizeof *source);

	if (!source || (frame & 7))
		return ERR_ARGUMENT;
	fault->signal = source->info.si_signo;
	fault->code = source->info.si_code;
	fault->address = (uint64_t)(uintptr_t)source->info.si_addr;
	fault->error = source->context.uc_mcontext.err;
	fault->number = (uint32_t)source->info.si_syscall;
	return OK;
}

static bool address_canonical(uint64_t address)
{
	return address < (1ul << 47);
}

static err_t registers_check(const struct registers *registers)
{
	if (!address_canonical(registers->rip) || !address_canonical(registers->fs_base))
		return ERR_ARGUMENT;
	if (!registers->fpu_size)
		return OK;
	if (registers->fpu_size != xsave_size)
		return ERR_UNSUPPORTED;
	uint64_t header[8];
	memcpy(header, registers->fpu + XSAVE_LEGACY, sizeof header);
	if (header[0] & ~xsave_mask)
		return ERR_UNSUPPORTED;
	for (unsigned i = 1; i < 8; i++)
		if (header[i])
			return ERR_ARGUMENT;
	return OK;
}

static void fpu_write(uint8_t *to, const struct registers *registers)
{
	struct _fpx_sw_bytes *software = (void *)(to + offsetof(struct _fpstate, sw_reserved));
	uint32_t end = FP_XSTATE_MAGIC2;

	memcpy(to, registers->fpu, xsave_size);
	memset(software, 0, sizeof *software);
	software->magic1 = FP_XSTATE_MAGIC1;
	software->extended_size = xsave_size + (uint32_t)sizeof end;
	software->xfeatures = xsave_mask;
	software->xstate_size = xsave_size;
	memcpy(to + xsave_size, &end, sizeof end);
}

err_t frame_write(uint8_t *block, uint64_t base, const struct registers *registers, uint64_t *frame)
{
	uint64_t fpu = (base + UTCB_SIZE - xsave_size - 64) & ~63ul;
	uint64_t at = (fpu - sizeof(struct rt_frame)) & ~63ul;
	struct rt_frame *target = (void *)(block + (at - base));
	err_t err = registers_check(registers);

	if (err != OK)
		return err;
	memset(target, 0, sizeof *target);
	memcpy(&target->context.uc_mcontext, registers, 18 * sizeof(uint64_t));
	target->context.uc_flags = UC_FP_XSTATE_FLAG | UC_SIGCONTEXT_SS_FLAG | UC_STRICT_RESTORE_SS_FLAG;
	target->context.uc_stack.ss_sp = (void *)(base + UTCB_STACK_OFFSET);
	target->context.uc_stack.ss_size = UTCB_SIZE - UTCB_STACK_OFFSET;
	struct sigcontext *machine = &target->context.uc_mcontext;
	machine->eflags = (registers->rflags & FLAGS_USER) | 0x202;
	machine->cs = 0x33;
	machine->ss = 0x2b;
	memcpy(block + UTCB_KERNEL_OFFSET, &registers->fs_base, sizeof registers->fs_base);
	if (registers->fpu_size) {
		fpu_write(block + (fpu - base), registers);
		machine->fpstate = (void *)fpu;
	}
	*frame = at;
	return OK;
}

void frame_set_result(uint8_t *block, uint64_t base, uint64_t frame, uint64_t result)
{
	struct rt_frame *target = block_range(block, base, frame, sizeof *target);

	if (target)
		target->context.uc_mcontext.rax = result;
}
