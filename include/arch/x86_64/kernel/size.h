/* SPDX-License-Identifier: MIT */
/* Sizes that differ between machines: what objects are made from (object.h) and the control block (message.h). */
#ifndef KERNEL_SIZE_H
#define KERNEL_SIZE_H

enum {
	BOOT_SLOTS = 1 << 22,      /* size of the first component's capability space */
	OBJECT_SIZE_PD = 4096,
	UTCB_SIZE = 32 * 1024,
	UTCB_BULK = 4 * 1024,
	UTCB_FOREIGN = 16 * 1024,
	UTCB_FAULT = 20 * 1024,
	UTCB_KERNEL = 24 * 1024    /* the alternate signal stack; never to be touched */
};

#endif
