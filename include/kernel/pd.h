/* SPDX-License-Identifier: MIT */
/*
 * Protection domain: an address space and a capability space, paused and resumed as a whole.
 *
 * Mappings are page-aligned and lie in [PD_LOW, PD_HIGH). Mapping over a mapping replaces it; unmapping
 * a hole is no error. Work on a range is bounded in time per call by the kernel, which may stop half-way
 * and let the caller go on: a failed map leaves the range unmapped. Memory that holds an object cannot be mapped: ERR_RANGE.
 *
 * Time: each protection domain has its own monotonic clock, the clock of the machine plus an offset.
 * Deadlines are absolute in it.
 */
#ifndef KERNEL_PD_H
#define KERNEL_PD_H

#include <kernel/err.h>
#include <kernel/types.h>

/*
 * More bits for pd_map beside RIGHT_READ, RIGHT_WRITE and RIGHT_EXECUTE: allocate and map every page now; and bypass the
 * caches, for memory that a device reads and writes (allocated now too). Who maps a page both ways has to know what it does.
 */
enum { MAP_POPULATE_NOW = 1u << 8, MAP_UNCACHED = 1u << 9 };

#define DEADLINE_NEVER UINT64_MAX

/* Map [offset, offset + size) of `memory` at `address` of `pd` (WRITE). Rights beyond those of `memory`: ERR_RIGHTS. */
err_t pd_map(pd_t pd, addr_t address, memory_t memory, addr_t offset, addr_t size, uint32_t rights) MUST_CHECK;
err_t pd_unmap(pd_t pd, addr_t address, addr_t size) MUST_CHECK;

/*
 * Change the rights of what is mapped in the range. RIGHT_WRITE where it was mapped without: ERR_RIGHTS. Who restricts
 * others maps anew.
 */
err_t pd_protect(pd_t pd, addr_t address, addr_t size, uint32_t rights) MUST_CHECK;

/*
 * Give `pd` (WRITE) the page-aligned bytes [offset, offset + size) of `from` (CONTROL) for what the kernel keeps for it
 * beside its object: page tables and threads. Needed where pd_map or thread_bind say ERR_MEMORY_QUOTA, which the hosted
 * kernel never does; it only checks. They are free again when `pd` is revoked. ERR_RANGE also if a part is in use, or for
 * more than PD_DONATE_MAX at a time.
 */
enum { PD_DONATE_MAX = 1 << 20 };
err_t pd_donate(pd_t pd, memory_t from, addr_t offset, addr_t size) MUST_CHECK;

/*
 * Stop every thread of `pd` (CONTROL) before its next instruction. On OK all threads stand still and their
 * state can be read. ERR_TIMEOUT after `limit` nanoseconds: nothing is paused. Pauses do not nest: ERR_STATE, as
 * for the own domain, and while another thread's call pauses or resumes this one.
 */
err_t pd_pause(pd_t pd, uint64_t limit) MUST_CHECK;
err_t pd_resume(pd_t pd) MUST_CHECK;

/* The clock of `pd` (CONTROL) in nanoseconds: read, or set so that it shows `now` from here on. */
err_t pd_clock_get(pd_t pd, uint64_t *now) MUST_CHECK;
err_t pd_clock_set(pd_t pd, uint64_t now) MUST_CHECK;

/* The caller's own clock, without entering the kernel where the machine can do that. */
uint64_t clock_now(void);

/* The time of day as the machine knows it: nanoseconds since 1970, UTC; clock_now where it has none. */
uint64_t clock_real(void);

/* Bytes that have backing, of memory object number `memory` of a list. */
struct populated {
	uint64_t offset;
	uint64_t size;
	uint32_t memory;
	uint32_t reserved;
};

enum { POPULATED_MAX = 512, POPULATED_LIST_MAX = 512 };

/* Where to go on in a list. */
struct range_place {
	uint64_t offset;   /* page-aligned */
	uint32_t memory;
	uint32_t reserved;
};

/*
 * The page-aligned ranges of the memory objects list[0 .. list_count) (no right) that have ever been written or populated, in
 * order, merged, from `place` on, at most POPULATED_MAX; everything else reads as zero and has no backing. `place` is
 * moved on: place->memory is list_count after the last. A call may end before, with less than there is or nothing, where
 * the kernel has something urgent to do.
 */
err_t memory_populated(const memory_t *list, uint32_t list_count, struct range_place *place, struct populated *ranges,
                       uint32_t *count) MUST_CHECK;

/*
 * A number that is another if any page of the objects list[0 .. list_count) got or lost its backing since; it may change for
 * other reasons. While it stays, what memory_populated said holds.
 */
err_t memory_epoch(const memory_t *list, uint32_t list_count, uint64_t *epoch) MUST_CHECK;

/* Give the backing of a page-aligned range of `memory` (CONTROL) back; it reads as zero from now on. */
err_t memory_discard(memory_t memory, uint64_t offset, uint64_t size) MUST_CHECK;

/* Write bytes to the kernel's log. */
err_t console_write(console_t console, const char *text, uint32_t length) MUST_CHECK;

#endif
