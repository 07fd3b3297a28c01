/* SPDX-License-Identifier: MIT */
/*
 * What the kernel gives the first component: its capabilities, and a read-only page at BOOT_INFO that
 * describes the machine. Its first thread has control block 0, a stack of BOOT_STACK bytes, and the address
 * of the page as first argument.
 */
#ifndef KERNEL_BOOT_H
#define KERNEL_BOOT_H

#include <kernel/size.h>
#include <kernel/types.h>

enum {
	BOOT_SLOT_MEMORY = 1,  /* all memory of the machine, all rights */
	BOOT_SLOT_CONSOLE = 2,
	BOOT_SLOT_PD = 3,      /* the first component's own protection domain */
	BOOT_SLOT_HOST = 4,    /* first host grant, in the order of boot_info.grants */
	BOOT_STACK = 256 * 1024,
	BOOT_MODULES = 64,
	BOOT_GRANTS = 8,
	BOOT_MAGIC = 0x52544342 /* "BCTR" */
};

struct boot_module {
	char name[32];         /* zero-terminated */
	uint64_t offset;       /* page-aligned, in the machine's memory */
	uint64_t size;         /* bytes; the rest of the last page is zero */
};

struct boot_grant {
	char name[32];
	uint32_t slot;
	uint32_t reserved;
};

struct boot_info {
	uint32_t magic;
	uint32_t cores;
	uint64_t memory_size;  /* bytes */
	uint64_t memory_free;  /* everything from this offset on is unused */
	uint32_t module_count;
	uint32_t grant_count;
	struct boot_module modules[BOOT_MODULES];
	struct boot_grant grants[BOOT_GRANTS];
};

#endif
