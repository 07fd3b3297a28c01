/* SPDX-License-Identifier: MIT */
/* A component's clock on the hosted kernel, read without entering it; and what enter.S depends on. */
#include <kernel/pd.h>
#include <kernel/registers.h>

#include "kernel/linux/stub/layout.h"

_Static_assert(offsetof(struct registers, fpu_size) == 152, "enter.S");
_Static_assert(offsetof(struct registers, fpu) == 256, "enter.S");
_Static_assert(offsetof(struct registers, fs_base) == 144, "enter.S");

enum { SYS_CLOCK_GETTIME = 228, CLOCK_OF_DAY = 0, CLOCK_OF_MACHINE = 1 };

/* Linux's own clock_gettime, which the filter allows. */
static int64_t host_clock(long clock)
{
	struct {
		int64_t seconds, nanoseconds;
	} now;
	long result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(SYS_CLOCK_GETTIME), "D"(clock), "S"(&now)
	                 : "rcx", "r11", "memory");
	return result ? 0 : now.seconds * 1000000000 + now.nanoseconds;
}

/* The epoch detects a restore in between. */
uint64_t clock_now(void)
{
	const volatile struct stub_page *page = (const volatile struct stub_page *)STUB_PAGE;
	uint64_t epoch;
	int64_t now;

	do {
		epoch = page->clock_epoch;
		now = page->clock_offset + host_clock(CLOCK_OF_MACHINE);
	} while (epoch != page->clock_epoch);
	return (uint64_t)now;
}

uint64_t clock_real(void)
{
	return (uint64_t)host_clock(CLOCK_OF_DAY);
}
