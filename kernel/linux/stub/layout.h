/* SPDX-License-Identifier: MIT */
/*
 * What the stub and the kernel process share: addresses, descriptors, and the command page.
 *
 *   STUB_PAGE   one page, the kernel writes, the component can only read: commands for the service
 *               thread, the clock offset, the system-call filter of new threads
 *   STUB_TEXT   the stub's code, read-only
 *
 * The service thread takes everything from registers and that page and has no stack, so that no other
 * thread of a hostile component can make it do anything: it alone may map, unmap, protect and clone.
 * This file is included by assembly too.
 */
#ifndef KERNEL_LINUX_STUB_LAYOUT_H
#define KERNEL_LINUX_STUB_LAYOUT_H

#define STUB_PAGE 0x7fe080000000
#define STUB_TEXT 0x7fe080010000

/* Descriptors that a new component process finds. */
#define STUB_FD_SOCKET 3 /* to the kernel process, closed after the start */
#define STUB_FD_RAM 4    /* the machine's memory */
#define STUB_FD_UTCB 5   /* control blocks */
#define STUB_FD_PAGE 6   /* command pages */
#define STUB_FD_GRANT 7  /* what a host grant gives, if there is one */
#define STUB_FD_READ 8   /* the machine's memory, without the right to write */

/* Offsets in the command page, checked in layout_check.h. */
#define STUB_COMMAND_COUNT 0
#define STUB_SPAWN_UTCB 8
#define STUB_FSGSBASE 48
#define STUB_COMMANDS 64
#define STUB_COMMAND_SIZE 56
#define STUB_FPROG 2048

/*
 * In the kernel's part of a control block: FS base; then the alternate stack with the signal frame. Where Linux lets user
 * space have the instructions for it (FSGSBASE), the FS base is put there when the thread stands still. Elsewhere they
 * may work, but what they write is lost when another thread runs: there FS base changes by arch_prctl alone, which the
 * component's code calls (enter.S), and what is here is always what it is or is about to be.
 */
#define UTCB_KERNEL_OFFSET (24 * 1024)
#define UTCB_STACK_OFFSET (24 * 1024 + 64)
#define UTCB_SIZE_BYTES (32 * 1024)

#define SIGNAL_PAUSE 34

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

enum { STUB_COMMAND_MAX = 32, STUB_FILTER_MAX = 96, STUB_BASE_MAX = 112 };

struct stub_command {
	uint64_t number;
	uint64_t argument[6];
};

struct stub_page {
	uint64_t command_count;
	uint64_t spawn_utcb;     /* not 0: after the commands, clone a thread for this control block */
	uint64_t clock_epoch;    /* changes whenever clock_offset does, never to a value it had anywhere */
	int64_t clock_offset;
	uint64_t utcb_offset;    /* of the control blocks in STUB_FD_UTCB */
	uint64_t host;           /* not 0: STUB_FD_GRANT is there */
	uint64_t fsgsbase;       /* not 0: FS base by its instructions, else by arch_prctl */
	uint64_t reserved;
	struct stub_command commands[STUB_COMMAND_MAX];
	uint8_t gap[STUB_FPROG - 64 - STUB_COMMAND_MAX * STUB_COMMAND_SIZE];
	struct {
		uint16_t length;
		uint64_t filter;
	} fprog;
	uint64_t thread_filter[STUB_FILTER_MAX];
	uint64_t base_length;
	uint64_t base_filter[STUB_BASE_MAX];
};

_Static_assert(sizeof(struct stub_command) == STUB_COMMAND_SIZE, "layout");
_Static_assert(offsetof(struct stub_page, spawn_utcb) == STUB_SPAWN_UTCB, "layout");
_Static_assert(offsetof(struct stub_page, fsgsbase) == STUB_FSGSBASE, "layout");
_Static_assert(offsetof(struct stub_page, commands) == STUB_COMMANDS, "layout");
_Static_assert(offsetof(struct stub_page, fprog) == STUB_FPROG, "layout");
_Static_assert(sizeof(struct stub_page) <= 4096, "layout");
#endif

#endif
