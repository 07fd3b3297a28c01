/* SPDX-License-Identifier: MIT */
/*
 * Sizes that differ between machines: what objects are made from (object.h) and the control block (message.h).
 *
 * A protection domain's donation holds its object, its slots, its translation table (8 KiB), and a pool from which its
 * page tables (1 KiB per MiB of addresses in use) and its threads (17 KiB each: control block and registers) come.
 */
#ifndef KERNEL_SIZE_H
#define KERNEL_SIZE_H

enum {
	BOOT_SLOTS = 1 << 16,      /* size of the first component's capability space */
	OBJECT_SIZE_PD = 128 * 1024,
	UTCB_SIZE = 16 * 1024,
	UTCB_FOREIGN = 2 * 1024,
	UTCB_FAULT = 3 * 1024,
	UTCB_BULK = 4 * 1024
};

#endif
