/* SPDX-License-Identifier: MIT */
/*
 * The driver of a device that interrupts every 2 ms, the timer of whichever board this is: no arrival fails to come, none
 * comes while the line is masked, and what acknowledges it goes on doing so. Sessions and binding are made anew now and
 * then. The device is not part of a checkpoint and runs on: whoever is restored finds it as it is.
 */
#include <io_mem/session.h>
#include <irq/session.h>
#include <kernel/device.h>

#include <inttypes.h>

#include "component/subject.h"

enum { BADGE = 0x40, LATEST = 500 * MILLISECOND, REBIND = 16 };

static volatile uint32_t *registers;

static volatile uint32_t *word(uint32_t offset)
{
	return registers + offset / sizeof *registers;
}

/* UG585, B.32: timer 0 of 111 to 133 MHz over 16, counting up to the interval; reading the status clears it. */
enum { TTC_CLOCK = 0x00, TTC_COUNTER = 0x0c, TTC_INTERVAL = 0x24, TTC_STATUS = 0x54, TTC_ENABLE = 0x60 };

static void ttc_start(void)
{
	*word(TTC_COUNTER) = 0x33;         /* stopped, reset, by interval */
	*word(TTC_CLOCK) = 3 << 1 | 1;
	*word(TTC_INTERVAL) = 16625;
	(void)*word(TTC_STATUS);
	*word(TTC_ENABLE) = 1;
	*word(TTC_COUNTER) = 0x32;
}

static bool ttc_clear(void)
{
	return *word(TTC_STATUS) & 1;
}

/* DDI 0271: 1 MHz, 32 bits, periodic, with interrupt. */
enum { SP804_LOAD = 0x00, SP804_CONTROL = 0x08, SP804_CLEAR = 0x0c, SP804_RAW = 0x10 };

static void sp804_start(void)
{
	*word(SP804_CONTROL) = 0;
	*word(SP804_LOAD) = 2000;
	*word(SP804_CLEAR) = 1;
	*word(SP804_CONTROL) = 0xe2;
}

static bool sp804_clear(void)
{
	bool raised = *word(SP804_RAW) & 1;

	*word(SP804_CLEAR) = 1;
	return raised;
}

static const struct timer {
	const char *name;                  /* of the device */
	void (*start)(void);
	bool (*clear)(void);               /* whether it had raised its line */
} timers[] = {{"ttc0", ttc_start, ttc_clear}, {"timer23", sp804_start, sp804_clear}};

static struct {
	const struct timer *timer;
	struct session io_mem, irq;
	signal_t arrivals;
	slot_t submit;
	interrupt_t line;
} all;

/* The first that this board has. */
static void registers_open(void)
{
	const struct io_mem_registers_request request = {};
	struct io_mem_registers_reply reply;
	err_t err = ERR_NOT_FOUND;
	void *address;
	ds_t ds;

	for (uint32_t i = 0; i < sizeof timers / sizeof *timers && err != OK; i++) {
		all.timer = &timers[i];
		err = session_open("IO_MEM", all.timer->name, LATEST, &all.io_mem);
	}
	subject_ok(err);
	subject_ok(slot_take(&ds.slot));
	subject_ok(io_mem_registers(all.io_mem.ep, &request, NULL, &reply, &ds.slot));
	subject_ok(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address));
	registers = address;
}

static void line_open(void)
{
	const struct irq_bind_request request = {};
	struct irq_bind_reply reply;

	subject_ok(session_open("IRQ", all.timer->name, LATEST, &all.irq));
	subject_ok(irq_bind(all.irq.ep, &request, &all.submit, &reply, &all.line.slot));
}

/* What arrived at the old line is taken; the new one is armed. */
static void line_renew(void)
{
	uint32_t badges, count;

	session_close(&all.irq);
	subject_expect(interrupt_acknowledge(all.line), ERR_CAPABILITY);
	err_t ignored = signal_wait(all.arrivals, 0, &badges, &count);
	(void)ignored;
	line_open();
}

/* Longer than from one arrival to the next nothing comes, and the line says why. */
static void masked_for(uint64_t time, bool asleep)
{
	uint64_t until = clock_now() + time;
	struct cap_entry line;
	uint32_t badges, count;

	do {
		if (asleep)
			subject_sleep(until);
		subject_ok(signal_get(all.arrivals, &badges, &count));
		subject_check(!count, "%u arrivals at a line that is masked", count);
		subject_check(subject_slot(all.line.slot, &line) && line.kind == KIND_INTERRUPT && line.pending_count == 1 &&
		              line.rights == RIGHT_SEND, "the line is not masked, but %u", line.pending_count);
	} while (clock_now() < until);
}

int component_main(addr_t argument)
{
	uint64_t steps = subject_begin("interrupts", "a device and its line"), result = 0;
	uint32_t badges, count;

	(void)argument;
	subject_ok(signal_alloc(&all.arrivals));
	subject_ok(cap_mint(cap_any(all.arrivals), BADGE, RIGHT_SEND, &all.submit));
	subject_ok(slot_take(&all.line.slot));
	registers_open();
	line_open();
	all.timer->start();
	for (uint64_t step = 0; step < steps; step++) {
		result = subject_mix(result ^ step);
		subject_ok(signal_wait(all.arrivals, clock_now() + LATEST, &badges, &count));
		subject_check(badges == BADGE && count, "badges %x, %u arrivals", badges, count);
		if (result & 4)
			(void)all.timer->clear();
		masked_for((result >> 8 & 7) * MILLISECOND, result & 3);
		(void)all.timer->clear();
		if (step % REBIND == REBIND - 1)
			line_renew();
		else
			subject_ok(interrupt_acknowledge(all.line));
	}
	return subject_finish(steps, result);
}
