/* SPDX-License-Identifier: MIT */
/*
 * IO_MEM: the registers of a device, for its driver. The last element of the session's label names the device (boot.h); a
 * device that is not there is ERR_NOT_FOUND, one that somebody has ERR_BUSY. When the session is closed the registers are
 * gone from every address space.
 *
 * Who has such a session is trusted with all memory where the device masters the bus: there is no IOMMU.
 */
#ifndef IO_MEM_SESSION_H
#define IO_MEM_SESSION_H

#include <framework/rpc.h>
#include <kernel/device.h>

/* The registers as a dataspace, and what they are those of. */
RPC_EMPTY(io_mem_registers_request);
struct io_mem_registers_reply {
	uint64_t size;
	char compatible[DEVICE_COMPATIBLE];
};

/*
 * Memory for the device to read and write: a dataspace, in one piece and not cached, paid by the PD session that the
 * session was opened with and freed there (pd_ram_free), when the device has been told to use it no more.
 */
struct io_mem_buffer_request {
	uint64_t size;            /* bytes, rounded up to pages */
};
struct io_mem_buffer_reply {
	uint64_t bus_address;     /* where the device finds it */
};

#define IO_MEM_OPERATIONS(X)                                                                       \
	X(io_mem, registers, 0, 1)                                                                 \
	X(io_mem, buffer, 0, 1)
RPC_SERVICE(io_mem, IO_MEM_OPERATIONS)

#endif
