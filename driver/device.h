/* SPDX-License-Identifier: MIT */
/*
 * A device, for its driver: the registers and the interrupt of the one that a name stands for (kernel/boot.h), by the
 * sessions IO_MEM and IRQ. One that its driver left running, because it died, is to be reset before anything else.
 */
#ifndef DRIVER_DEVICE_H
#define DRIVER_DEVICE_H

#include <framework/env.h>
#include <kernel/device.h>

struct device {
	struct session io_mem, irq;
	addr_t registers;
	interrupt_t line;
};

/*
 * Device `name`, which must be a `compatible` (else ERR_UNSUPPORTED). Arrivals are submitted by `signal`, a capability with a
 * badge of its own. The line is masked until device_acknowledge.
 */
err_t device_open(struct device *device, const char *name, const char *compatible, slot_t signal) MUST_CHECK;

/* The device was dealt with; it may interrupt again. */
void device_acknowledge(const struct device *device);

/* Memory that both use, not cached, never given back; and where the device finds it. */
err_t device_memory(const struct device *device, uint32_t size, void **address, uint32_t *bus_address) MUST_CHECK;

static inline volatile uint32_t *device_word(const struct device *device, uint32_t offset)
{
	return (volatile uint32_t *)(device->registers + offset);
}

static inline volatile uint16_t *device_half(const struct device *device, uint32_t offset)
{
	return (volatile uint16_t *)(device->registers + offset);
}

static inline volatile uint8_t *device_byte(const struct device *device, uint32_t offset)
{
	return (volatile uint8_t *)(device->registers + offset);
}

/* What was written to memory before is there before what is written to registers after. */
static inline void device_barrier(void)
{
	__sync_synchronize();
}

#endif
