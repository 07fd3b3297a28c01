/* SPDX-License-Identifier: MIT */
/*
 * Value types of the kernel interface.
 *
 * A capability is named by the slot of the caller's capability space in which it lies. Slot 0 is never
 * used: a zero cap means "none". Each kind has its own one-word struct, so that a mix-up does not
 * compile. Addresses and sizes are addr_t, as wide as the machine; everything that goes into a message
 * or an image has a fixed width instead.
 */
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uintptr_t addr_t;
typedef uint32_t slot_t;

#define CAP_TYPE(name)                                                                             \
	typedef struct {                                                                           \
		slot_t slot;                                                                       \
	} name

CAP_TYPE(cap_t);     /* any kind */
CAP_TYPE(pd_t);      /* protection domain */
CAP_TYPE(memory_t);  /* memory object */
CAP_TYPE(thread_t);  /* thread */
CAP_TYPE(ep_t);      /* endpoint */
CAP_TYPE(reply_t);   /* reply object */
CAP_TYPE(signal_t);  /* signal */
CAP_TYPE(console_t); /* the kernel's own log device */
CAP_TYPE(host_t);    /* a grant of host input/output (hosted kernel only) */
CAP_TYPE(interrupt_t); /* a line of a device, or all of them (boot.h) */

/* Drop or set the kind of a capability; the kernel checks it at use. */
#define cap_any(c) ((cap_t){(c).slot})
#define cap_as(type, c) ((type){(c).slot})
#define cap_valid(c) ((c).slot != 0)

enum kind {
	KIND_NONE,
	KIND_PD,
	KIND_MEMORY,
	KIND_THREAD,
	KIND_ENDPOINT,
	KIND_REPLY,
	KIND_SIGNAL,
	KIND_CONSOLE,
	KIND_HOST,
	KIND_INTERRUPT,
	KIND_COUNT
};

/*
 * Rights of a capability. What each kind uses:
 *   pd        CONTROL pause, resume, clock, list; WRITE map and put capabilities; GRANT bind threads
 *   memory    READ (needed for any mapping), WRITE, EXECUTE as mapped; CONTROL derive, donate
 *   thread    CONTROL start, pause, registers, scheduling
 *   endpoint  SEND call; WAIT receive; GRANT mint badges, revoke by badge
 *   reply     SEND reply; WAIT bind a caller
 *   signal    SEND submit; WAIT wait; CONTROL read and set the pending state
 *   interrupt SEND acknowledge; CONTROL bind, make from all
 * Revoking (destroying) an object needs DESTROY.
 */
enum right {
	RIGHT_READ = 1u << 0,
	RIGHT_WRITE = 1u << 1,
	RIGHT_EXECUTE = 1u << 2,
	RIGHT_SEND = 1u << 3,
	RIGHT_WAIT = 1u << 4,
	RIGHT_GRANT = 1u << 5,
	RIGHT_CONTROL = 1u << 6,
	RIGHT_DESTROY = 1u << 7,
	RIGHT_ALL = 0xffu
};

#define PAGE_SIZE ((addr_t)4096)

#endif
