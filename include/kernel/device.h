/* SPDX-License-Identifier: MIT */
/*
 * Devices: interrupts as signals, and device memory. The first component has them (boot.h), with a list of the devices
 * there are; a machine that gives no devices, such as the hosted kernel, leaves both slots empty (ERR_CAPABILITY) and the
 * list too.
 *
 * An interrupt object stands for one line. Bound to a signal, an arrival adds the signal's badge, and the line is masked
 * until it is acknowledged: so a device whose driver is slow, paused or gone costs nobody time.
 *
 *      interrupt_make ──> masked ──bind──> armed ──arrival──> masked, signal submitted ──acknowledge──> armed
 *
 * Device memory is a memory object like any other, but: it is mapped as device memory, never cached and never executed
 * (no capability to it has EXECUTE); only the pages of devices in the list can be mapped, else ERR_RANGE; it cannot be
 * donated or discarded (ERR_RANGE); and no range of it is ever populated. Ranges of it are derived with memory_derive.
 *
 * Memory that a device itself reads and writes is ordinary memory mapped with MAP_UNCACHED (pd.h). There is no IOMMU: who
 * has the registers of a device that masters the bus can reach all memory through it, and is trusted with that.
 */
#ifndef KERNEL_DEVICE_H
#define KERNEL_DEVICE_H

#include <kernel/err.h>
#include <kernel/types.h>

/*
 * Most bytes of two words, each terminated: what the board calls a device (uart0), and what it is, by which a driver knows its
 * registers: the "compatible" of device trees (xlnx,xuartps). Boards have devices of one name that are not the same.
 */
enum { DEVICE_NAME = 16, DEVICE_COMPATIBLE = 24 };

/*
 * Make an object for line `number` of the machine, from `all` (CONTROL), the capability of boot.h: into the empty slot
 * `to`, with all rights. It needs no donation. ERR_RANGE: no device of the list has that line; ERR_BUSY: its object is there.
 */
err_t interrupt_make(interrupt_t all, uint32_t number, slot_t to) MUST_CHECK;

/*
 * Arrivals of `interrupt` (CONTROL) add to `signal` (SEND) from now on. The line is armed, or with `masked` stays as after an
 * arrival, until it is acknowledged. Signal zero: to none, and it is masked. Also when the signal is revoked it is masked at
 * the next arrival.
 */
err_t interrupt_bind(interrupt_t interrupt, signal_t signal, bool masked) MUST_CHECK;

/* The device was dealt with: arm the line of `interrupt` (SEND) again. Not bound: ERR_STATE. */
err_t interrupt_acknowledge(interrupt_t interrupt) MUST_CHECK;

#endif
