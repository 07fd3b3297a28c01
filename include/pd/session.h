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
	X(pd, native, 0, 1)
RPC_SERVICE(pd, PD_OPERATIONS)

RPC_EMPTY(dataspace_info_request);
struct dataspace_info_reply {
	uint64_t size;
	uint32_t rights;
	uint32_t reserved;
};

/* Ranges that have backing, from `first` on; the rest reads as zero and must not be read to find out. */
enum { DATASPACE_RANGES = 6 };
struct dataspace_populated_request {
	uint64_t first;
};
struct dataspace_populated_reply {
	uint64_t next;            /* where to go on, 0 after the last */
	uint32_t count;
	uint32_t reserved;
	struct {
		uint64_t offset, size;
	} range[DATASPACE_RANGES];
};

#define DATASPACE_OPERATIONS(X)                                                                    \
	X(dataspace, info, 0, 0)                                                                   \
	X(dataspace, populated, 0, 0)
RPC_SERVICE(dataspace, DATASPACE_OPERATIONS)

#endif
