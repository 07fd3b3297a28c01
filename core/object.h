/* SPDX-License-Identifier: MIT */
/*
 * The objects of core. Each is named by a badge of core's one endpoint, owned by a protection domain that pays for
 * it, and gone with that: destroying a PD destroys what it owns, its children included.
 *
 *    pd ──owns──> pd, dataspace, region map, cpu, thread, kernel object, rom, log, timer, rm service, io mem,
 *               irq, parent
 *
 * A badge is free for use again only after every capability with it was revoked. Fault messages of a thread come under
 * its badge with FAULT_BADGE.
 */
#ifndef CORE_OBJECT_H
#define CORE_OBJECT_H

#include <framework/rpc.h>
#include <kernel/object.h>

enum type {
	TYPE_NONE, TYPE_PARENT, TYPE_PD, TYPE_DATASPACE, TYPE_MAP, TYPE_CPU, TYPE_THREAD, TYPE_KERNEL, TYPE_ROM, TYPE_LOG,
	TYPE_TIMER, TYPE_RM_SERVICE, TYPE_IO_MEM, TYPE_IRQ, TYPE_COUNT
};

#define FAULT_BADGE 0x80000000u
/* What one capability of quota costs at most in core's own capability space. */
enum { OBJECTS_MAX = 1 << 21, CORE_SLOTS_EACH = 3 };

struct pd;

struct object {
	enum type type;
	uint32_t badge;
	struct pd *owner;          /* NULL: core itself */
	struct object *next, **link;  /* in owner->objects */
	uint64_t serial;           /* never used again, as badges are */
	uint64_t charge;           /* bytes that the owner pays beside one capability */
	bool named;                /* some capability to it may be out */
};

/* Core's own capabilities (kernel/boot.h), and its endpoint. */
#define CORE_MEMORY ((memory_t){BOOT_SLOT_MEMORY})
#define CORE_DEVICES ((memory_t){BOOT_SLOT_DEVICES})
#define CORE_CONSOLE ((console_t){BOOT_SLOT_CONSOLE})
extern ep_t core_ep;

err_t objects_start(void) MUST_CHECK;

/*
 * Allocate `size` zeroed bytes that begin with a struct object, charge `owner` one capability and `charge` bytes, and
 * give it a badge. ERR_MEMORY_QUOTA, ERR_CAP_QUOTA: nothing happened.
 */
err_t object_make(struct pd *owner, enum type type, uint64_t size, uint64_t charge, void **made) MUST_CHECK;

/* Revoke every capability to it, return the charge, free it. Its own resources are gone already. */
void object_unmake(struct object *object);

/* Destroy an object of any type with all it has. */
void object_destroy(struct object *object);

/* The object with `badge`, or NULL. */
struct object *object_of_badge(uint32_t badge);

/* The object of `type` that capability `index` of a request names: ERR_CAPABILITY. */
err_t object_sent(const struct rpc_message *message, uint32_t index, enum type type, struct object **object) MUST_CHECK;

/* The kernel's id of the object that own slot `slot` names. */
err_t kernel_object_of_slot(slot_t slot, uint64_t *id) MUST_CHECK;

/* A capability to `object` as the first of a reply. */
void object_name(struct object *object, slot_t *caps_out);

/* A copy of own slot `from` with at most `rights`, for a reply; deleted when the reply is out. */
err_t slot_lend(slot_t from, uint32_t rights, slot_t *slot) MUST_CHECK;

/* Delete what was lent. */
void lent_return(void);

/* Own slots. */
err_t core_slot_take(slot_t *slot) MUST_CHECK;
void core_slot_give(slot_t slot);

/* One that is empty, because its object was revoked. */
void core_slot_free(slot_t slot);

#endif
