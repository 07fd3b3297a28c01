/* SPDX-License-Identifier: MIT */
/*
 * NIC: a network card with an address of the session's own; several sessions share one device, and none sees frames that
 * are for another. Frames are Ethernet's, without checksum, and move through a buffer that belongs to the client (a
 * dataspace it hands over), so that a server can make its side anew. A network loses frames, and so does this: what comes
 * when the session's queue is full, and what is sent when the device's is.
 */
#ifndef NIC_SESSION_H
#define NIC_SESSION_H

#include <framework/rpc.h>

enum { NIC_FRAME = 1514, NIC_FRAME_LEAST = 14, NIC_ADDRESS = 6 };

/* The buffer, and the signal for frames that came. */
RPC_EMPTY(nic_buffer_request);
RPC_EMPTY(nic_buffer_reply);

RPC_EMPTY(nic_info_request);
struct nic_info_reply {
	uint8_t address[NIC_ADDRESS];
	uint8_t reserved[2];
};

/* A frame of `length` bytes at `start` of the buffer. ERR_DENIED: its source is not the session's address; ERR_BUSY: lost. */
struct nic_send_request {
	uint64_t start;
	uint32_t length, reserved;
};
RPC_EMPTY(nic_send_reply);

/* The frame that came first, to `start` of the buffer, where there are NIC_FRAME bytes of room. */
struct nic_receive_request {
	uint64_t start;
};
struct nic_receive_reply {
	uint32_t length;          /* 0: none */
	uint32_t lost;            /* frames, since the session began */
};

#define NIC_OPERATIONS(X)                                                                          \
	X(nic, buffer, 2, 0)                                                                       \
	X(nic, info, 0, 0)                                                                         \
	X(nic, send, 0, 0)                                                                         \
	X(nic, receive, 0, 0)
RPC_SERVICE(nic, NIC_OPERATIONS)

#endif
