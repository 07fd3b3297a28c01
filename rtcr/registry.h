/* SPDX-License-Identifier: MIT */
/*
 * The registry: every object of the target, of whatever kind, in one list by id. It is the online storage: what the RTCR
 * learns by standing between the target and its services, kept while the target runs.
 *
 * The target names an object by a capability to the RTCR's endpoint with badge BADGE_OF(id), or, for kernel objects,
 * by the kernel's own capability. Ids are never used twice, and a restored target finds the same ones: what is found by them
 * costs memory by the number of entries, whatever their ids are.
 */
#ifndef RTCR_REGISTRY_H
#define RTCR_REGISTRY_H

#include <framework/server.h>
#include <image/record.h>
#include <kernel/device.h>
#include <kernel/thread.h>
#include <terminal/session.h>

#include "rtcr/view.h"

enum entry_kind { ENTRY_SESSION, ENTRY_DATASPACE, ENTRY_MAP, ENTRY_OBJECT, ENTRY_THREAD };
enum { ENTRY_KINDS = ENTRY_THREAD + 1 };
enum service { SERVICE_PARENT, SERVICE_PD, SERVICE_CPU, SERVICE_LOG, SERVICE_ROM, SERVICE_TIMER, SERVICE_RM, SERVICE_TERMINAL,
               SERVICE_IRQ, SERVICE_IO_MEM, SERVICES };
extern const char *const service_names[SERVICES];

#define BADGE_OF(id) (SERVER_BADGES + (id))

struct entry {
	struct entry *next, *before;   /* by ascending id */
	struct entry *next_alike, *before_alike;  /* among those of its kind */
	struct entry *next_hashed;     /* in registry.by_id */
	uint32_t id;
	enum entry_kind kind;
	bool named;                    /* the target may have a capability to it */
	uint32_t shown;                /* regions that show it */
};

struct session_entry {
	struct entry entry;
	enum service service;
	uint32_t client_id;            /* by which the target closes it; 0: one of the first five */
	char label[PARENT_LABEL];
	struct session real;           /* LOG, TERMINAL, IRQ, IO_MEM */
	uint32_t source;               /* ROM, IO_MEM: id of the dataspace; IRQ: of the line, an object, once it was bound */
	uint32_t signal, signal_badge; /* TIMER, TERMINAL, IRQ: the handler, an object's id */
	slot_t signal_slot;            /* and the capability as it came */
	uint32_t buffer;               /* TERMINAL: id of the dataspace */
	uint64_t deadline, period;     /* TIMER */
	uint64_t output;               /* TERMINAL: bytes of the record behind the last write */
	char compatible[DEVICE_COMPATIBLE];  /* IRQ, IO_MEM: what the device is */
	slot_t line;                   /* IRQ: what acknowledges it; 0: it was not bound yet */
	bool masked;                   /* it is to be bound so */
};

struct dataspace_entry {
	struct entry entry;
	ds_t real;
	uint64_t size;
	uint32_t origin;               /* enum image_origin */
	char name[PARENT_LABEL];       /* of a ROM or device */
	uint64_t rom_size;             /* its bytes */
	uint64_t digest[2];
	memory_t native;               /* to ask what is populated; taken at the first checkpoint */
	struct view source;            /* as it is seen here */
	struct copy *copy;             /* the strategy's, for the snapshot */
	uint64_t populated, prepared;  /* which ranges have backing (shared.c); which had when their pages were present on both sides */
};

struct region {
	uint64_t address, size, offset;
	uint32_t source;               /* id of a dataspace or a map */
	uint32_t rights;
};

struct map_entry {
	struct entry entry;
	rm_t real;
	ds_t real_ds;                  /* as a dataspace; 0: an address space */
	uint64_t size;
	struct region *regions;        /* by address */
	uint32_t count, capacity;
	uint32_t handler, handler_badge;
	slot_t handler_slot;
};

struct object_entry {
	struct entry entry;
	uint32_t kind;                 /* enum kind */
	slot_t slot;                   /* own capability, all rights but DESTROY */
	uint64_t kernel_id;
	struct object_entry *next_kernel;  /* in registry.objects, by kernel_id */
	uint32_t badges, count;        /* of a signal, at the last checkpoint; of an interrupt, whether it was masked */
	uint32_t thread;               /* that awaits this reply object, at the last checkpoint */
};

struct thread_entry {
	struct entry entry;
	slot_t real;                   /* answers CPU_THREAD_OPERATIONS */
	thread_t native;
	uint32_t index;
	struct thread_schedule schedule;
	char name[32];
};

enum { OBJECT_HASH = 1024 };
struct registry {
	struct entry *first, *last;
	struct entry *first_of[ENTRY_KINDS], *last_of[ENTRY_KINDS];
	uint32_t next_id;
	struct entry *recent;          /* the last one added, where the next one belongs nearby */
	struct entry **by_id;          /* lists by the low bits of the id; as many as entries, rounded up */
	uint32_t size, count;
	uint64_t changes;              /* grows with each entry that comes or goes, starts at 1 */
	uint64_t map_changes;          /* and with each change of a region map */
	struct object_entry *objects[OBJECT_HASH];
};
extern struct registry registry;
extern struct server rtcr_server;

/* Allocate and add, with the next id, or with `id` if that is free. NULL: no memory, or it is not. */
void *registry_add(enum entry_kind kind, uint32_t id);

/* Let registry_of_cap find a kernel object, whose kernel_id is known now. */
void registry_hash(struct object_entry *object);

/* Take it out, revoke every capability by which the target names it, free it. */
void registry_remove(struct entry *entry);

struct entry *registry_find(uint32_t id);

/* The entry of `kind` that capability `index` of a request names; and with which badge if that is a kernel object. */
err_t registry_sent(const struct rpc_message *message, uint32_t index, enum entry_kind kind, struct entry **entry,
                    uint32_t *badge) MUST_CHECK;
err_t registry_of_cap(const struct cap_entry *cap, struct entry **entry) MUST_CHECK;

/* What lies in an own slot. */
err_t slot_look(slot_t slot, struct cap_entry *cap) MUST_CHECK;

err_t registry_start(void) MUST_CHECK;

/* A capability to the proxy of `entry` into slot `to` of the target's domain `pd`. */
err_t registry_give(struct entry *entry, pd_t pd, slot_t to) MUST_CHECK;

/* The same as the first of a reply. */
void registry_name(struct entry *entry, slot_t *caps_out);

/* What regions of a map do; they cannot fail when the real map did not, given room (reserve). */
err_t regions_reserve(struct map_entry *map) MUST_CHECK;
void regions_detach(struct map_entry *map, uint64_t address, uint64_t size);
void regions_attach(struct map_entry *map, const struct region *region);
void regions_protect(struct map_entry *map, uint64_t address, uint64_t size, uint32_t rights);

/* All regions of `map` are gone. */
void regions_clear(struct map_entry *map);

/* Forget that anything shows `source`. */
void regions_forget(uint32_t source);

#endif
