/* SPDX-License-Identifier: MIT */
/*
 * PD: a protection domain with its memory. Allocates dataspaces and kernel objects from its quota, gives its
 * address space as a region map, and shares quota out to other sessions.
 *
 * A dataspace is a range of memory that can be attached; it is named by a capability to an object of core that
 * answers DATASPACE_OPERATIONS. Reservations (holes of a region map) cost nothing; a dataspace is charged whole,
 * and backed page by page as it is touched.
 */
#ifndef PD_SESSION_H
#define PD_SESSION_H

#include <framework/rpc.h>

struct pd_ram_alloc_request {
	uint64_t size;            /* bytes, rounded up to pages */
};
RPC_EMPTY(pd_ram_alloc_reply);

RPC_EMPTY(pd_ram_free_request);
RPC_EMPTY(pd_ram_free_reply);

/* A kernel object: KIND_ENDPOINT, KIND_REPLY or KIND_SIGNAL, with all rights but DESTROY. */
struct pd_object_alloc_request {
	uint32_t kind;
	uint32_t reserved;
};
RPC_EMPTY(pd_object_alloc_reply);
RPC_EMPTY(pd_object_free_request);
RPC_EMPTY(pd_object_free_reply);

RPC_EMPTY(pd_address_space_request);
RPC_EMPTY(pd_address_space_reply);

RPC_EMPTY(pd_quota_request);
struct pd_quota_reply {
	uint64_t ram_limit, ram_used;   /* bytes */
	uint64_t cap_limit, cap_used;   /* capabilities: objects, dataspaces, sessions */
};

/* Move unused quota from this session to the one whose capability comes along. */
struct pd_transfer_request {
	uint64_t ram;
	uint64_t caps;
};
RPC_EMPTY(pd_transfer_reply);

/*
 * A new protection domain, made and paid from this session and gone with it, with quota of its own moved there; the
 * reply is its PD session. `grant` names host input/output that it may do, empty for none (the first component and
 * whom it trusts: ERR_DENIED). Its capability space is empty.
 */
enum { PD_NAME = 32 };
struct pd_child_create_request {
	uint64_t ram;             /* bytes of quota */
	uint32_t caps;            /* capabilities of quota */
	uint32_t slots;           /* size of its capability space, 16 .. 65536 */
	char name[PD_NAME];       /* zero-terminated, for people */
	char grant[PD_NAME];      /* zero-terminated */
};
RPC_EMPTY(pd_child_create_reply);

/* Destroy a child with everything it has; all its quota comes back. */
RPC_EMPTY(pd_child_destroy_request);
RPC_EMPTY(pd_child_destroy_reply);

/* The kernel's capability to the protection domain: pause, list and set its slots. For the parent. */
RPC_EMPTY(pd_native_request);
struct pd_native_reply {
	uint32_t slots;           /* size of its capability space */
	uint32_t reserved;
};

#define PD_OPERATIONS(X)                                                                           \
	X(pd, ram_alloc, 0, 1)                                                                     \
	X(pd, ram_free, 1, 0)                                                                      \
	X(pd, object_alloc, 0, 1)                                                                  \
	X(pd, object_free, 1, 0)                                                                   \
	X(pd, address_space, 0, 1)                                                                 \
	X(pd, quota, 0, 0)                                                                         \
	X(pd, transfer, 1, 0)                                                                      \
	X(pd, child_create, 0, 1)                                                                  \
	X(pd, child_destroy, 1, 0)                                                                 \
	X(pd, native, 0, 1)
RPC_SERVICE(pd, PD_OPERATIONS)

RPC_EMPTY(dataspace_info_request);
struct dataspace_info_reply {
	uint64_t size;
	uint32_t rights;
	uint32_t reserved;
};

/*
 * The kernel's memory object behind it, without any right, as a mapping made with it would outlive the dataspace:
 * memory_populated tells what has backing; the rest reads as zero and must not be read to find out. A
 * region map has none: ERR_UNSUPPORTED.
 */
RPC_EMPTY(dataspace_native_request);
RPC_EMPTY(dataspace_native_reply);

/*
 * Give the backing of [offset, offset + size), page-aligned, back: it reads as zero, wherever it is attached, until it is
 * written again (memory_discard; the microkernel keeps the backing of what is mapped). It stays charged. ERR_RANGE also for
 * more than DATASPACE_DISCARD_MAX, for which others would wait too long; ERR_RIGHTS where it cannot be written, ERR_UNSUPPORTED: a
 * device's or uncached memory, a region map.
 */
#define DATASPACE_DISCARD_MAX ((uint64_t)16 << 20)
struct dataspace_discard_request {
	uint64_t offset;
	uint64_t size;            /* not 0 */
};
RPC_EMPTY(dataspace_discard_reply);

#define DATASPACE_OPERATIONS(X)                                                                    \
	X(dataspace, info, 0, 0)                                                                   \
	X(dataspace, native, 0, 1)                                                                 \
	X(dataspace, discard, 0, 0)
RPC_SERVICE(dataspace, DATASPACE_OPERATIONS)

#endif
