/* SPDX-License-Identifier: MIT */
/*
 * Objects and capability spaces.
 *
 * A kernel object is made from memory that the caller donates and named by capabilities only. The
 * bare-metal kernel keeps the object in the donated range, the hosted one accounts for it; on both the
 * range must lie in a memory object, be aligned to OBJECT_ALIGN and not be mapped or donated otherwise (ERR_RANGE
 * where the kernel keeps objects there).
 * The capability space of a protection domain is part of its object: slots 1 .. count-1.
 *
 * There is no derivation tree. A capability goes away when its slot is deleted, when its object is
 * revoked, or when its badge is revoked; every slot that held it is then empty. Threads blocked on a
 * revoked object continue with ERR_GONE. Nothing of a revoked protection domain touches memory any more.
 *
 * Every `pd` argument may be PD_SELF, the protection domain of the caller; then no right is needed.
 */
#ifndef KERNEL_OBJECT_H
#define KERNEL_OBJECT_H

#include <kernel/err.h>
#include <kernel/size.h>
#include <kernel/types.h>

#define PD_SELF ((pd_t){0})

enum {
	OBJECT_ALIGN = 64,
	OBJECT_SIZE = 256,         /* bytes to donate for thread, endpoint, reply and signal */
	OBJECT_SIZE_SLOT = 32,     /* OBJECT_SIZE_PD (size.h) for a protection domain, plus this for each of its slots */
	PD_SLOTS_MAX = 1 << 16,
	CAP_LIST_MAX = 384         /* entries that one cap_list returns at most */
};

/*
 * Make an object of `kind` (PD, THREAD, ENDPOINT, REPLY, SIGNAL) from bytes [offset, offset + size) of
 * `from` (CONTROL) and put a capability with all rights into the empty slot `to` of the caller. A
 * protection domain gets (size - OBJECT_SIZE_PD) / OBJECT_SIZE_SLOT slots, at most PD_SLOTS_MAX. `host` is for a protection
 * domain alone: the host input/output it may do, or zero for none.
 * ERR_ARGUMENT, ERR_CAPABILITY, ERR_RIGHTS, ERR_RANGE, ERR_SLOT_IN_USE; ERR_UNSUPPORTED if the machine
 * gives no more.
 */
err_t object_create(enum kind kind, memory_t from, addr_t offset, addr_t size, host_t host, slot_t to)
	MUST_CHECK;

/*
 * Make a memory object for the page-aligned bytes [offset, offset + size) of `from` (CONTROL), with the
 * rights of `from`. It needs no donation.
 */
err_t memory_derive(memory_t from, addr_t offset, addr_t size, slot_t to) MUST_CHECK;

/*
 * Destroy the object of `cap` (DESTROY) and empty every slot that names it, everywhere. Unmap a memory
 * object first: mappings are the business of whoever made them.
 */
err_t object_revoke(cap_t cap) MUST_CHECK;

/*
 * Empty every slot, everywhere, that names endpoint or signal `cap` (GRANT, and without a badge of its own: ERR_RIGHTS) with
 * exactly `badge` (not 0). Calls that were made by such a capability and not received yet end with ERR_GONE: no message with the badge comes any more.
 */
err_t cap_revoke_badge(cap_t cap, uint32_t badge) MUST_CHECK;

/*
 * Copy the capability at `source` of `from` to the empty slot `target` of `to` (both WRITE). The copy has
 * the rights that are in both the original and `rights`. A `badge` other than 0 needs an original without
 * one and GRANT; with 0 the copy keeps the badge of the original.
 */
err_t cap_copy(pd_t from, slot_t source, pd_t to, slot_t target, uint32_t rights, uint32_t badge) MUST_CHECK;

/* Empty a slot of `pd` (WRITE). An empty slot is ERR_CAPABILITY. The object stays. */
err_t cap_delete(pd_t pd, slot_t slot) MUST_CHECK;

/*
 * One used slot. `object` is unique among all objects of this kernel and never used again. What is pending in a signal is
 * listed too, and pending_count 1 for an interrupt that is masked, so that one call tells all of a capability space at one
 * instant.
 */
struct cap_entry {
	uint64_t object;
	slot_t slot;
	uint32_t badge;
	uint16_t kind;
	uint16_t rights;
	uint32_t pending_badges;
	uint32_t pending_count;
	uint32_t reserved;
};

/*
 * List the used slots of `pd` (CONTROL) from slot `first` on, in order, at most CAP_LIST_MAX, into
 * `entries`. `next` is the slot to go on from, where there may be none any more, and 0 at the end.
 */
err_t cap_list(pd_t pd, slot_t first, uint32_t max, struct cap_entry *entries, uint32_t *count, slot_t *next)
	MUST_CHECK;

#endif
