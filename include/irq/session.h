/* SPDX-License-Identifier: MIT */
/*
 * IRQ: the interrupt of a device, for its driver. The last element of the session's label names the device (boot.h); a
 * device that is not there is ERR_NOT_FOUND, one whose interrupt somebody has ERR_BUSY. When the session is closed the
 * line is masked.
 */
#ifndef IRQ_SESSION_H
#define IRQ_SESSION_H

#include <framework/rpc.h>
#include <kernel/device.h>

/*
 * Arrivals go to the signal that comes along (SEND), in place of the one before, and the line is armed, or stays masked until
 * it is acknowledged. The reply is the kernel's capability to acknowledge with (interrupt_acknowledge, kernel/device.h),
 * directly and after each arrival.
 */
struct irq_bind_request {
	uint32_t masked;          /* 0: armed */
	uint32_t reserved;
};
RPC_EMPTY(irq_bind_reply);

/* What it is the line of. */
RPC_EMPTY(irq_device_request);
struct irq_device_reply {
	char compatible[DEVICE_COMPATIBLE];
};

#define IRQ_OPERATIONS(X)                                                                          \
	X(irq, bind, 1, 1)                                                                         \
	X(irq, device, 0, 0)
RPC_SERVICE(irq, IRQ_OPERATIONS)

#endif
