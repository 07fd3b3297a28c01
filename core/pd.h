/* SPDX-License-Identifier: MIT */
/*
 * Protection domains: quota, and what they own. Limits form a tree: what a child may use was taken from its parent and
 * goes back with it, so no domain can cost others anything.
 */
#ifndef CORE_PD_H
#define CORE_PD_H

#include <pd/session.h>

#include "core/object.h"

struct map;

enum { PD_MORE = 8, PD_MORE_SIZE = 256 * 1024 };

struct pd {
	struct object object;
	struct object *objects;    /* that it owns, newest first */
	uint64_t ram_limit, ram_used;
	uint64_t space_ram;        /* of ram_used: for the regions of its address space */
	uint64_t cap_limit, cap_used;
	pd_t native;               /* invalid: core's stand-in for the owner of everything */
	uint64_t donated, donated_size;
	uint64_t more[PD_MORE];    /* donated later, pd_more */
	uint32_t more_count;
	uint32_t slots;
	struct map *space;         /* its address space */
	uint64_t deaf_until;       /* a thread of it did not let itself be interrupted: core does not wait again before */
	char name[PD_NAME];
};

/* Pay one capability and `bytes`; `pd` NULL pays nothing. */
err_t pd_charge(struct pd *pd, uint64_t bytes) MUST_CHECK;
void pd_discharge(struct pd *pd, uint64_t bytes);

/* A child of `parent` (NULL: the first). */
err_t pd_make(struct pd *parent, const struct pd_child_create_request *request, struct pd **made) MUST_CHECK;
void pd_destroy(struct object *object);

/* Where the kernel keeps page tables and threads in what was donated: there was too little, so the domain pays for more. */
err_t pd_more(struct pd *pd) MUST_CHECK;

err_t pd_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply) MUST_CHECK;

/* A kernel object made from donated memory, in a slot of core's own. */
err_t kernel_object_take(enum kind kind, slot_t *slot) MUST_CHECK;
void kernel_destroy(struct object *object);

/* A range of memory to attach, and how: what a device reads and writes is not cached, its registers are device memory. */
enum nature { NATURE_PLAIN, NATURE_UNCACHED, NATURE_DEVICE };
struct map_use;
struct dataspace {
	struct object object;
	uint64_t offset, size;     /* in the machine's memory, or its device memory */
	uint32_t rights;
	uint32_t nature;           /* enum nature */
	bool owned;                /* the range goes back when the dataspace goes */
	bool spare;                /* one page, shown at every page of its regions; goes with the last of them */
	memory_t native;           /* made when asked for */
	struct map_use *uses;
};

/* The kernel's memory object that it is a range of. */
memory_t dataspace_memory(const struct dataspace *dataspace);

err_t dataspace_make(struct pd *owner, uint64_t size, struct dataspace **made) MUST_CHECK;
void dataspace_destroy(struct object *object);
err_t dataspace_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply) MUST_CHECK;

#endif
