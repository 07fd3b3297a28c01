/* SPDX-License-Identifier: MIT */
/*
 * What is noted of a call that stopped (work.h) counts for the very same call alone: whatever else its thread calls, by
 * the short way, the long one or to load its registers, the note is gone. And whatever IT block its svc was in, it has its
 * place there when it is made again. What trap.c and work.c ask of the rest of the kernel is
 * here. Built with sanitizers.
 */
#include <kernel/enter.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/armv7/console.h"
#include "kernel/armv7/core.h"
#include "kernel/armv7/fast.h"
#include "kernel/armv7/map.h"
#include "kernel/armv7/page.h"
#include "kernel/armv7/rewind.h"
#include "kernel/armv7/schedule.h"
#include "kernel/armv7/work.h"
#include "kernel/object/decode.h"
#include "kernel/object/ipc.h"
#include "kernel/object/machine.h"
#include "kernel/armv7/test/expect.h"

enum { IP = 15, NUMBER = 12, ISR_IRQ = 1 << 7, CODE = 0x60000000 };

struct context *trap_svc(void);

static struct thread_machine machine;
static struct utcb block;
static struct pd pd;
static struct thread thread = {.pd = &pd, .utcb = &block, .machine = &machine};
static bool interrupt_waits;
static uint32_t short_ways, returned;
static uint64_t work_found;

struct core cores[BOARD_CORES] = {{.thread = &thread}};

/* Every message may go the short way. */
struct context *fast_call(uint32_t number)
{
	if (number != CALL_IPC_CALL)
		return NULL;
	short_ways++;
	return &machine.user;
}

/* Every other call is long work, that stops half-way if an interrupt waits. */
err_t call_do(struct thread *caller, uint32_t number, const uint64_t *word, bool *blocked)
{
	(void)caller, (void)number, (void)word, (void)blocked;
	work_found = machine_work_done();
	if (!interrupt_waits)
		return OK;
	err_t err = work_take(0x1000, 64);
	EXPECT(err == OK && machine_work_stop(4096));
	return OK;
}

err_t thread_load(struct thread *loaded, const struct registers *registers, bool initial)
{
	(void)loaded, (void)registers, (void)initial;
	return OK;
}

struct context *schedule_next(void)
{
	return &machine.user;
}

uint32_t cpu_isr_read(void)
{
	return interrupt_waits ? ISR_IRQ : 0;
}

err_t page_donate(uint32_t address, uint32_t size)
{
	EXPECT(address == 0x1000 && size == 64);
	return OK;
}

void page_return(uint32_t address, uint32_t size)
{
	EXPECT(address == 0x1000 && size == 64);
	returned++;
}

/* What is not reached here. */
bool map_populate(struct pd *of, uint32_t address)
{
	(void)of, (void)address;
	return false;
}

bool map_allows(const struct pd *of, uint32_t address, uint32_t access)
{
	(void)of, (void)address, (void)access;
	return false;
}

bool vector_trap(struct thread *of)
{
	(void)of;
	return false;
}

void thread_reflect(struct thread *of, uint32_t offset, uint32_t entry, uint32_t stack)
{
	(void)of, (void)offset, (void)entry, (void)stack;
	abort();
}

void fault_send(struct thread *of)
{
	(void)of;
	abort();
}

void schedule_interrupt(void)
{
}

void console_text(const char *text)
{
	(void)text;
}

void console_hex(uint32_t value)
{
	(void)value;
}

void console_put(char byte)
{
	(void)byte;
}

_Noreturn void kernel_panic(const char *what, uint32_t where, uint32_t detail)
{
	(void)what, (void)where, (void)detail;
	abort();
}

uint32_t cpu_ifsr_read(void)
{
	return 0;
}

uint32_t cpu_ifar_read(void)
{
	return 0;
}

uint32_t cpu_dfsr_read(void)
{
	return 0;
}

uint32_t cpu_dfar_read(void)
{
	return 0;
}

/* The thread makes a call from its svc. True if it is to make it again. */
static bool call_make(uint32_t number, uint32_t word)
{
	machine.user.r[IP] = CODE + 4;
	machine.user.r[NUMBER] = number;
	machine.user.r[0] = word;
	EXPECT(trap_svc() == &machine.user);
	return machine.user.r[IP] == CODE;
}

static void call_stop(void)
{
	interrupt_waits = true;
	EXPECT(call_make(CALL_PD_MAP, 1) && machine.work.noted && machine.work.taken == 0x1000);
	interrupt_waits = false;
	returned = 0;
	work_found = ~0ull;
}

/* Nothing is left, and the bytes that the stopped call took went back. */
static bool forgotten(void)
{
	return !machine.work.noted && !machine.work.taken && returned == 1;
}

static bool condition_passed(uint32_t condition, uint32_t flags)
{
	bool n = flags & 8, z = flags & 4, c = flags & 2, v = flags & 1;
	const bool passed[16] = {z, !z, c, !c, n, !n, v, !v, c && !z, !c || z, n == v, n != v, !z && n == v, z || n != v, 1, 1};

	return passed[condition];
}

static uint32_t status_of(uint32_t it, uint32_t flags)
{
	return flags << 28 | (it & 3) << 25 | (it & 0xfc) << 8 | PSR_THUMB;
}

/* Every state of an IT block in which an svc can be, with all flags: behind it, and back. */
static void blocks_try(void)
{
	for (uint32_t it = 0; it < 256; it++)
		for (uint32_t flags = 0; flags < 16; flags++) {
			bool last = !(it & 7), outside = !it;
			if ((!outside && !(it & 15)) || (!outside && it >> 4 == 15))
				continue;       /* no such state: an empty mask, the condition "never" */
			if (!outside && !condition_passed(it >> 4, flags))
				continue;       /* it is not executed */
			uint32_t ip = CODE + 2, next = last ? 0 : (it & 0xe0) | (it << 1 & 0x1f);
			uint32_t status = status_of(next, flags);
			svc_rewind(&ip, &status);
			EXPECT(ip == CODE && status == status_of(last ? 0 : it, flags));
		}
	uint32_t ip = CODE + 4, status = 0xf0000010;
	svc_rewind(&ip, &status);
	EXPECT(ip == CODE && status == 0xf0000010);
}

int main(void)
{
	uint32_t *code = mmap((void *)CODE, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	EXPECT(code == (uint32_t *)CODE);
	*code = 0xef000000 | KERNEL_SVC;
	call_stop();
	EXPECT(!call_make(CALL_PD_MAP, 1) && work_found == 4096);
	call_stop();
	EXPECT(!call_make(CALL_PD_MAP, 2) && work_found == 0 && forgotten());
	call_stop();
	EXPECT(!call_make(CALL_IPC_CALL, 1) && forgotten() && !short_ways);
	EXPECT(!call_make(CALL_IPC_CALL, 1) && short_ways == 1);
	call_stop();
	EXPECT(!call_make(CALL_REGISTERS_CONTINUE, UTCB_FAULT) && forgotten());
	blocks_try();
	printf("2 passed, 0 failed\n");
	return 0;
}
