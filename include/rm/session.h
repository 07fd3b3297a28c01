/* SPDX-License-Identifier: MIT */
/*
 * RM: region maps. A region map is an address space laid out in regions, each showing a range of a dataspace.
 * A protection domain has one; the RM service makes further ones, which are dataspaces themselves and can be
 * attached in others (nested). An access to a hole of such a map is a fault: its handler gets a signal,
 * asks which it is (state), attaches something there, and the access is done again.
 *
 * Addresses, offsets and sizes are page-aligned. Rights are enum right READ, WRITE, EXECUTE.
 */
#ifndef RM_SESSION_H
#define RM_SESSION_H

#include <framework/rpc.h>

#define RM_ANYWHERE UINT64_MAX

/*
 * RM_POPULATE: give every page its memory now.
 * RM_LENT: for what others lend, who may free it at any time or have lent no memory. The region outlives the dataspace:
 * when that goes, every page of the region shows one page that whoever attached paid for; it is zero at first. Only memory in
 * an address space: ERR_UNSUPPORTED for a region map or a device's memory, and in other maps.
 */
enum rm_flag { RM_POPULATE = 1u << 0, RM_LENT = 1u << 1 };

/* Show [offset, offset + size) of the dataspace at `address`, replacing what is there, or where there is room. */
struct rm_attach_request {
	uint64_t address;         /* or RM_ANYWHERE */
	uint64_t offset;
	uint64_t size;            /* 0: to the end of the dataspace */
	uint32_t rights;
	uint32_t flags;           /* enum rm_flag */
};
struct rm_attach_reply {
	uint64_t address;
};

/* Make a hole. Regions that lie partly in it are cut. */
struct rm_detach_request {
	uint64_t address;
	uint64_t size;
};
RPC_EMPTY(rm_detach_reply);

/* Change rights within those of the dataspaces: ERR_RIGHTS, and nothing is changed, where one has less. */
struct rm_protect_request {
	uint64_t address;
	uint64_t size;
	uint32_t rights;
	uint32_t reserved;
};
RPC_EMPTY(rm_protect_reply);

/* The signal for faults in this map; replaces the one before. */
RPC_EMPTY(rm_fault_handler_request);
RPC_EMPTY(rm_fault_handler_reply);

/* The fault that waits longest: access is an enum right, 0 if there is none. */
RPC_EMPTY(rm_state_request);
struct rm_state_reply {
	uint64_t address;
	uint32_t access;
	uint32_t waiting;         /* how many faults wait */
};

/* The map as a dataspace. A protection domain's own map is none: ERR_UNSUPPORTED. */
RPC_EMPTY(rm_dataspace_request);
struct rm_dataspace_reply {
	uint64_t size;
};

#define RM_OPERATIONS(X)                                                                           \
	X(rm, attach, 1, 0)                                                                        \
	X(rm, detach, 0, 0)                                                                        \
	X(rm, protect, 0, 0)                                                                       \
	X(rm, fault_handler, 1, 0)                                                                 \
	X(rm, state, 0, 0)                                                                         \
	X(rm, dataspace, 0, 1)
RPC_SERVICE(rm, RM_OPERATIONS)

/* The RM service: make and destroy maps of a size, from the quota of the session. */
struct rm_service_create_request {
	uint64_t size;
};
RPC_EMPTY(rm_service_create_reply);
RPC_EMPTY(rm_service_destroy_request);
RPC_EMPTY(rm_service_destroy_reply);

#define RM_SERVICE_OPERATIONS(X)                                                                   \
	X(rm_service, create, 0, 1)                                                                \
	X(rm_service, destroy, 1, 0)
RPC_SERVICE(rm_service, RM_SERVICE_OPERATIONS)

#endif
