/* SPDX-License-Identifier: MIT */
/*
 * The kernel suite: interrupts that really arrive. The line is that of the board's UART for components, which stands as long
 * as its transmitter has nothing to do and that interrupt is enabled: of the Zynq-7000 (UG585, B.33) from the reset on, of a
 * PL011 (DDI 0183, 3.3) from the first byte on.
 */
#include <kernel/device.h>

#include "test/kernel/suite.h"

struct write {
	uint32_t word, value;
};

static const struct uart_kind {
	uint32_t line;
	struct write start[2], enable, disable;
} kinds[] = {
	{59, {{0, 0x17}, {0, 0x17}}, {2, 1 << 3}, {3, 1 << 3}},
	{38, {{12, 0x101}, {0, 0}}, {14, 1 << 5}, {14, 0}},
};
static const struct uart_kind *kind;
static volatile uint32_t *uart;
static slot_t line, signal, minted;

static void uart_write(struct write write)
{
	uart[write.word] = write.value;
}

static bool uart_use(const struct boot_device *device)
{
	for (uint32_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (device->interrupt != kinds[i].line)
			continue;
		CHECK(pd_map(PD_SELF, unused_page, (memory_t){BOOT_SLOT_DEVICES}, (addr_t)device->offset, device->size,
		             RIGHT_READ | RIGHT_WRITE) == OK);
		uart = (volatile uint32_t *)unused_page;
		kind = &kinds[i];
		uart_write(kind->start[0]);
		uart_write(kind->start[1]);
		return true;
	}
	return false;
}

static bool uart_find(void)
{
	for (uint32_t i = 0; i < boot_info()->device_count; i++)
		if (uart_use(&boot_info()->devices[i]))
			return true;
	return false;
}

static void scene_begin_uart(void)
{
	line = slot_take();
	minted = slot_take();
	signal = object_make(KIND_SIGNAL);
	CHECK(uart_find());
	CHECK(interrupt_make((interrupt_t){BOOT_SLOT_INTERRUPTS}, kind->line, line) == OK);
	CHECK(cap_copy(PD_SELF, signal, PD_SELF, minted, RIGHT_SEND, 6) == OK);
}

static void scene_end_uart(void)
{
	uart_write(kind->disable);
	object_end(line);
	object_end(signal);
	CHECK(pd_unmap(PD_SELF, unused_page, PAGE_SIZE) == OK);
}

static err_t arrival(uint64_t limit)
{
	uint32_t badges, count;
	err_t err = signal_wait((signal_t){signal}, clock_now() + limit, &badges, &count);

	CHECK(err != OK || (badges == 6 && count == 1));
	return err;
}

enum { SOON = 1000000, LONG = 1000000000 };

TEST(interrupts, "a line that stands arrives once for each acknowledgement, also again and again, and not after unbinding or bound masked")
{
	static struct cap_entry entry;
	uint32_t count;
	slot_t next;

	scene_begin_uart();
	uart_write(kind->enable);
	CHECK(arrival(SOON) == ERR_TIMEOUT);
	CHECK(interrupt_bind((interrupt_t){line}, (signal_t){minted}, false) == OK);
	CHECK(arrival(LONG) == OK && arrival(SOON) == ERR_TIMEOUT);
	for (int i = 0; i < 100; i++) {
		CHECK(interrupt_acknowledge((interrupt_t){line}) == OK);
		CHECK(arrival(LONG) == OK);
	}
	CHECK(cap_list(PD_SELF, line, 1, &entry, &count, &next) == OK && entry.pending_count == 1);
	uart_write(kind->disable);
	CHECK(interrupt_acknowledge((interrupt_t){line}) == OK && arrival(SOON) == ERR_TIMEOUT);
	CHECK(cap_list(PD_SELF, line, 1, &entry, &count, &next) == OK && entry.pending_count == 0);
	CHECK(interrupt_bind((interrupt_t){line}, (signal_t){0}, false) == OK);
	uart_write(kind->enable);
	CHECK(arrival(SOON) == ERR_TIMEOUT && interrupt_acknowledge((interrupt_t){line}) == ERR_STATE);
	CHECK(interrupt_bind((interrupt_t){line}, (signal_t){minted}, true) == OK && arrival(SOON) == ERR_TIMEOUT);
	CHECK(cap_list(PD_SELF, line, 1, &entry, &count, &next) == OK && entry.pending_count == 1);
	CHECK(interrupt_acknowledge((interrupt_t){line}) == OK && arrival(LONG) == OK);
	scene_end_uart();
}

TEST(interrupt_owners, "a line whose signal or object is gone disturbs nobody, and can be had again")
{
	scene_begin_uart();
	CHECK(interrupt_bind((interrupt_t){line}, (signal_t){minted}, false) == OK);
	object_end(signal);
	uart_write(kind->enable);
	uint64_t end = clock_now() + SOON;
	while (clock_now() < end)
		;
	CHECK(interrupt_acknowledge((interrupt_t){line}) == ERR_STATE);
	signal = object_make(KIND_SIGNAL);
	CHECK(cap_copy(PD_SELF, signal, PD_SELF, minted, RIGHT_SEND, 6) == OK);
	CHECK(cap_delete(PD_SELF, line) == OK);
	CHECK(interrupt_make((interrupt_t){BOOT_SLOT_INTERRUPTS}, kind->line, line) == OK);
	CHECK(arrival(SOON) == ERR_TIMEOUT);
	CHECK(interrupt_bind((interrupt_t){line}, (signal_t){minted}, false) == OK && arrival(LONG) == OK);
	scene_end_uart();
}
