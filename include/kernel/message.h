/* SPDX-License-Identifier: MIT */
/*
 * The message, and the thread control block through which a thread and its kernel exchange it.
 *
 * A message is at most MESSAGE_WORDS 32-bit words and MESSAGE_CAPS capabilities, the same on every
 * kernel. The sender names capabilities by its own slots; the kernel copies each into the slot that the
 * receiver prepared in `receive` (0: that capability is not wanted and dropped; what lay there goes) and stores
 * the slot in `caps`, or 0 where none came. Sending copies; the sender keeps its capability. With `mint` the copy gets
 * that badge and SEND alone, of a capability without badge that has GRANT: a server names its objects in
 * replies without a slot for each.
 *
 * A capability that names the very endpoint by which the message comes, with a badge, tells the server more
 * than it needs: it takes no slot, `caps` is 0 and `known` is the badge.
 *
 *    one block of UTCB_SIZE per thread, at utcb_address(index) in its protection domain (offsets: size.h)
 *    0             struct utcb        head: message, extra arguments, entries for reflection
 *    UTCB_BULK     bulk               results and inputs of cap_list, memory_populated, thread_read/write
 *    UTCB_FOREIGN  foreign registers  of the last reflected system call       (struct registers)
 *    UTCB_FAULT    fault registers    of the last reflected fault             (struct registers)
 *
 * The block is memory of the component: the component may write anything there and the kernel trusts
 * nothing in it. Head, foreign and fault registers are part of the state of a thread (thread.h). The bulk area is
 * not: it is zero after a restore, and whoever has not yet taken results out of it makes the call again.
 */
#ifndef KERNEL_MESSAGE_H
#define KERNEL_MESSAGE_H

#include <kernel/size.h>
#include <kernel/types.h>

enum {
	MESSAGE_WORDS = 32,
	MESSAGE_CAPS = 4,
	UTCB_BULK_SIZE = 12 * 1024,
	UTCB_COUNT = 512 /* threads of a protection domain */
};

struct utcb {
	addr_t self;                /* address of this block */
	uint32_t badge;             /* out: badge of the capability by which a message came */
	uint32_t word_count;        /* words that count in `words`, at most MESSAGE_WORDS */
	uint32_t cap_count;         /* capabilities that count in `caps`, at most MESSAGE_CAPS */
	uint32_t event;             /* out: what ended a wait, see ipc.h */
	uint32_t words[MESSAGE_WORDS];
	slot_t caps[MESSAGE_CAPS];
	slot_t receive[MESSAGE_CAPS];
	uint32_t mint[MESSAGE_CAPS];  /* to send: badge for caps[i], 0: as it is */
	uint32_t known[MESSAGE_CAPS]; /* out: badge of a capability that is the server's own, else 0 */
	addr_t extra[4];            /* arguments beyond those in registers */
	addr_t foreign_entry;       /* continue here after a foreign system call; 0: it is a fault */
	addr_t foreign_stack;       /* with this stack pointer */
	addr_t fault_entry;         /* likewise for a fault that its handler reflects */
	addr_t fault_stack;
};

#endif
