/* SPDX-License-Identifier: MIT */
/*
 * What the kernel gives the first component: its capabilities, and read-only pages at BOOT_INFO that
 * describe the machine. Its first thread has control block 0, a stack of BOOT_STACK bytes, and the address
 * of these pages as first argument. Assembly sees the number of modules alone.
 */
#ifndef KERNEL_BOOT_H
#define KERNEL_BOOT_H

#define BOOT_MODULES 128
#ifndef __ASSEMBLER__

#include <kernel/device.h>
#include <kernel/size.h>
#include <kernel/types.h>

enum {
	BOOT_SLOT_MEMORY = 1,  /* all memory of the machine, all rights */
	BOOT_SLOT_CONSOLE = 2,
	BOOT_SLOT_PD = 3,      /* the first component's own protection domain */
	BOOT_SLOT_DEVICES = 4, /* all device memory (device.h), all rights but EXECUTE; empty if the machine gives none */
	BOOT_SLOT_INTERRUPTS = 5, /* all interrupts, likewise */
	BOOT_SLOT_HOST = 6,    /* first host grant, in the order of boot_info.grants */
	BOOT_STACK = 256 * 1024,
	BOOT_GRANTS = 8,
	BOOT_DEVICES = 8,
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

/* A device: its pages in device memory, and its interrupt. */
struct boot_device {
	char name[DEVICE_NAME];
	char compatible[DEVICE_COMPATIBLE];
	uint64_t offset;       /* page-aligned, in device memory */
	uint32_t size;         /* bytes, whole pages */
	uint32_t interrupt;
};

struct boot_info {
	uint32_t magic;
	uint32_t cores;
	uint64_t memory_size;  /* bytes */
	uint64_t memory_free;  /* everything from this offset on is unused */
	uint64_t memory_bus;   /* where devices find offset 0 of the memory */
	uint32_t module_count;
	uint32_t grant_count;
	uint32_t device_count;
	uint32_t reserved;
	struct boot_module modules[BOOT_MODULES];
	struct boot_grant grants[BOOT_GRANTS];
	struct boot_device devices[BOOT_DEVICES];
};

_Static_assert(sizeof(struct boot_info) <= 2 * 4096, "two pages");

#endif
#endif
