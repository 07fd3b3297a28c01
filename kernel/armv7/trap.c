/* SPDX-License-Identifier: MIT */
/* What brings a thread into the kernel: calls, foreign calls, faults, interrupts. Each ends in schedule_next. */
#include <kernel/enter.h>
#include <kernel/machine.h>

#include "kernel/armv7/console.h"
#include "kernel/armv7/core.h"
#include "kernel/armv7/fast.h"
#include "kernel/armv7/map.h"
#include "kernel/armv7/rewind.h"
#include "kernel/armv7/schedule.h"
#include "kernel/armv7/work.h"
#include "kernel/object/decode.h"
#include "kernel/object/ipc.h"

enum { WORDS = 5, IP = 15, NUMBER = 12, FOREIGN_NUMBER = 7 };

struct context *trap_svc(void);
struct context *trap_undefined(void);
struct context *trap_prefetch(void);
struct context *trap_data(void);
struct context *trap_irq(void);
_Noreturn void trap_bug(const uint32_t *saved, uint32_t ip, uint32_t psr);

static void fault(enum fault kind, uint32_t access, uint32_t address, uint32_t detail)
{
	current->fault = kind;
	current->fault_access = access;
	current->fault_address = address;
	current->fault_ip = current->machine->user.r[IP];
	current->fault_detail = detail;
	fault_send(current);
}

/* From the first wide word on, each takes two registers. */
static void words_collect(const struct context *user, uint32_t call, uint64_t *word)
{
	uint32_t wide = call_wide(call), place = 0;

	for (uint32_t i = 0; !wide && i < WORDS; i++)
		word[i] = user->r[i];
	for (uint32_t i = 0; wide && i < WORDS; i++) {
		word[i] = place < WORDS ? user->r[place++] : 0;
		if (i >= wide && place < WORDS)
			word[i] |= (uint64_t)user->r[place++] << 32;
	}
}

/* Only from the control block, which the kernel sees without the component's mappings. */
static void registers_go_on(uint32_t offset)
{
	if (offset != UTCB_FOREIGN && offset != UTCB_FAULT) {
		current->machine->user.r[0] = ERR_ARGUMENT;
		return;
	}
	err_t err = thread_load(current, (const struct registers *)((uint8_t *)current->utcb + offset), false);
	if (err != OK)
		current->machine->user.r[0] = err;
}

/* Apart, so that the short way need not keep what this one uses. */
__attribute__((noinline)) static void kernel_call(void)
{
	struct thread *thread = current;
	struct context *user = &thread->machine->user;
	uint32_t number = user->r[NUMBER];
	uint64_t word[WORDS];
	bool blocked = false;

	if (thread->machine->work.noted)
		work_begin(thread);
	if (number == CALL_REGISTERS_CONTINUE) {
		registers_go_on(user->r[0]);
		return;
	}
	words_collect(user, number, word);
	err_t err = call_do(thread, number, word, &blocked);
	if (!current || (thread->machine->work.noted && work_end(thread)))
		return;
	if (!blocked)
		user->r[0] = err;
}

static void foreign_call(void)
{
	uint32_t entry = *(volatile addr_t *)&current->utcb->foreign_entry;

	if (entry)
		thread_reflect(current, UTCB_FOREIGN, entry, *(volatile addr_t *)&current->utcb->foreign_stack);
	else
		fault(FAULT_FOREIGN, 0, 0, current->machine->user.r[FOREIGN_NUMBER]);
}

/*
 * The instruction was executed a moment ago, so it can be read where it lies; but with several cores its page may be gone
 * since. Then the thread goes back to it, and to its fault. Returned: where the short way leads; NULL: schedule_next knows.
 */
static struct context *call(void)
{
	struct context *user = &current->machine->user;
	uint32_t ip = user->r[IP], number;

	if (BOARD_CORES > 1 && !map_has(current->pd, ip - 2)) {
		svc_rewind(&user->r[IP], &user->cpsr);
		return NULL;
	}
	if (user->cpsr & PSR_THUMB)
		number = *(const uint16_t *)(uintptr_t)(ip - 2) & 0xff;
	else
		number = *(const uint32_t *)(uintptr_t)(ip - 4) & 0xffffff;
	if (number == KERNEL_SVC && ip > FOREIGN_HIGH) {
		struct context *next = current->machine->work.noted ? NULL : fast_call(user->r[NUMBER]);
		if (next)
			return next;
		kernel_call();
	} else {
		foreign_call();
	}
	return NULL;
}

struct context *trap_svc(void)
{
	struct context *next = core_enter(true) ? call() : NULL;

	if (!next)
		next = schedule_next();
	core_leave();
	return next;
}

static struct context *leave(void)
{
	struct context *next = schedule_next();

	core_leave();
	return next;
}

struct context *trap_undefined(void)
{
	struct thread *thread = core_own()->thread;
	struct context *user = &thread->machine->user;

	user->r[IP] -= user->cpsr & PSR_THUMB ? 2 : 4;
	if (core_enter(false) && !vector_trap(thread))
		fault(FAULT_INSTRUCTION, RIGHT_EXECUTE, user->r[IP], 0);
	return leave();
}

/* Fault status, short descriptors: ARM ARM DDI 0406C, table B3-23. */
static enum fault fault_kind(uint32_t status)
{
	switch ((status & 15) | (status >> 6 & 16)) {
	case 0x01: return FAULT_ALIGNMENT;
	case 0x02: return FAULT_BREAKPOINT;
	case 0x05: case 0x07: case 0x09: case 0x0b: case 0x0d: case 0x0f: return FAULT_PAGE;
	default: return FAULT_BACKING;
	}
}

/* The access was refused before this core had the lock: another one has allowed it since, and it is done again. */
static bool mapped_meanwhile(uint32_t status, uint32_t address, uint32_t access)
{
	return BOARD_CORES > 1 && fault_kind(status) == FAULT_PAGE && map_allows(current->pd, address, access);
}

struct context *trap_prefetch(void)
{
	uint32_t status = cpu_ifsr_read(), address = cpu_ifar_read();

	if (core_enter(false) && !mapped_meanwhile(status, address, RIGHT_EXECUTE))
		fault(fault_kind(status), RIGHT_EXECUTE, address, status);
	return leave();
}

struct context *trap_data(void)
{
	enum { WRITE = 1 << 11 };
	uint32_t status = cpu_dfsr_read(), address = cpu_dfar_read(), access = status & WRITE ? RIGHT_WRITE : RIGHT_READ;

	if (!core_enter(false))
		return leave();
	enum fault kind = fault_kind(status);
	if (!(status & WRITE && kind == FAULT_PAGE && map_populate(current->pd, address)) &&
	    !mapped_meanwhile(status, address, access))
		fault(kind, access, address, status);
	return leave();
}

struct context *trap_irq(void)
{
	(void)core_enter(false);
	schedule_interrupt();
	return leave();
}

_Noreturn void trap_bug(const uint32_t *saved, uint32_t ip, uint32_t psr)
{
	(void)saved;
	console_text("kernel: fault address ");
	console_hex(cpu_dfar_read());
	console_put('\n');
	kernel_panic("exception in the kernel", ip, psr);
}
