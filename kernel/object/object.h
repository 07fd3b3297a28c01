/* SPDX-License-Identifier: MIT */
/*
 * Kernel objects and the slots that name them.
 *
 *   object <── caps (list through every slot that names it) ──> slot, slot, slot of any domain
 *
 * Revoking walks that list, so it costs what there is to empty and needs no derivation tree. A slot that
 * the kernel keeps for itself (the fault endpoint of a thread) is in the list too, so nothing dangles.
 * Objects are freed by the machine part: on a hosted kernel they are heap blocks, on bare metal they lie in
 * the donated memory.
 */
#ifndef KERNEL_OBJECT_OBJECT_H
#define KERNEL_OBJECT_OBJECT_H

#include <kernel/err.h>
#include <kernel/object.h>
#include <kernel/types.h>

struct cap;

struct object {
	enum kind kind;
	uint64_t id;      /* unique for the life of the kernel, never 0 */
	struct cap *caps; /* every slot that names it */
};

struct cap {
	struct object *object; /* NULL: the slot is empty */
	struct cap *next;      /* in object->caps */
	struct cap **link;     /* what points here */
	uint32_t badge;
	uint16_t rights;
};

struct memory {
	struct object object;
	uint64_t offset; /* in the machine's memory, bytes */
	uint64_t size;
	bool device;     /* then in its device memory */
};

enum { INTERRUPT_ALL = UINT32_MAX };

struct interrupt {
	struct object object;
	uint32_t number;   /* INTERRUPT_ALL: what the others are made from */
	bool masked;
	struct cap signal; /* where arrivals go */
};

void object_init(struct object *object, enum kind kind);

/* The last id that was given. Tests have ids go on elsewhere. */
extern uint64_t object_last_id;

/* Fill an empty slot; empty a slot (an empty one stays so). */
void cap_set(struct cap *cap, struct object *object, uint32_t rights, uint32_t badge);
void cap_clear(struct cap *cap);

/* Fill an empty slot from `source`; in the list of their object it comes behind that, so that no walk misses it. */
void cap_set_behind(struct cap *cap, struct cap *source, uint32_t rights, uint32_t badge);

/* Empty every slot that names `object`. */
void object_clear_caps(struct object *object);

/*
 * Empty the next `most` slots that name `object` with `badge`, from behind `mark` on: a slot of the walker's own that keeps
 * the place in the list. `first`: from the start. True if that was the end; the mark is empty again then.
 */
bool object_clear_badge(struct object *object, uint32_t badge, struct cap *mark, bool first, uint32_t most) MUST_CHECK;

#endif
