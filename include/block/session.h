/* SPDX-License-Identifier: MIT */
/*
 * BLOCK: storage of blocks of BLOCK_SIZE bytes, moved through a buffer that belongs to the client (a dataspace it hands
 * over), so that a server can make its side anew. A call is answered when the device has done it, so one moves at most
 * BLOCK_MOST blocks. A device has one session at a time, to others every call is ERR_BUSY. A block is written whole or not
 * at all; what was written is durable when `sync` is answered.
 */
#ifndef BLOCK_SESSION_H
#define BLOCK_SESSION_H

#include <framework/rpc.h>

enum { BLOCK_SIZE = 512, BLOCK_MOST = 256 };

/* The buffer; replaces the one before. */
RPC_EMPTY(block_buffer_request);
struct block_buffer_reply {
	uint64_t size;
};

RPC_EMPTY(block_info_request);
struct block_info_reply {
	uint64_t count;           /* of blocks */
};

/* Blocks [first, first + count) to or from the buffer at `start`. Beyond the end: ERR_RANGE; the device fails: ERR_IO. */
struct block_read_request {
	uint64_t first, start;
	uint32_t count, reserved;
};
RPC_EMPTY(block_read_reply);
struct block_write_request {
	uint64_t first, start;
	uint32_t count, reserved;
};
RPC_EMPTY(block_write_reply);

RPC_EMPTY(block_sync_request);
RPC_EMPTY(block_sync_reply);

#define BLOCK_OPERATIONS(X)                                                                        \
	X(block, buffer, 1, 0)                                                                     \
	X(block, info, 0, 0)                                                                       \
	X(block, read, 0, 0)                                                                       \
	X(block, write, 0, 0)                                                                      \
	X(block, sync, 0, 0)
RPC_SERVICE(block, BLOCK_OPERATIONS)

#endif
