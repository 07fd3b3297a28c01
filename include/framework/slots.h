/* SPDX-License-Identifier: MIT */
/*
 * The free slots of a component's own capability space: a bitmap in its memory, so that a restored component
 * goes on with the slots it had.
 */
#ifndef FRAMEWORK_SLOTS_H
#define FRAMEWORK_SLOTS_H

#include <kernel/err.h>
#include <kernel/types.h>

struct slots {
	uint32_t count;     /* slots 1 .. count-1 exist */
	uint32_t hint;      /* word to look at first */
	uint64_t *used;     /* a bit for each */
};

/* `used` has a bit for each of `count` slots, which is a multiple of 64. Slots below `first` are taken already. */
void slots_init(struct slots *slots, uint64_t *used, uint32_t first, uint32_t count);

err_t slots_take(struct slots *slots, slot_t *slot) MUST_CHECK;

/* A slot that is not taken, or none at all, is ignored. */
void slots_give(struct slots *slots, slot_t slot);

#endif
