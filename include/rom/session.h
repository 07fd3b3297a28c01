/* SPDX-License-Identifier: MIT */
/* ROM: one named, unchanging piece of data (the session's label names it) as a read-only dataspace. */
#ifndef ROM_SESSION_H
#define ROM_SESSION_H

#include <framework/rpc.h>

RPC_EMPTY(rom_dataspace_request);
struct rom_dataspace_reply {
	uint64_t size;            /* bytes of data; the dataspace is rounded up to pages, the rest reads as zero */
};

#define ROM_OPERATIONS(X) X(rom, dataspace, 0, 1)
RPC_SERVICE(rom, ROM_OPERATIONS)

#endif
