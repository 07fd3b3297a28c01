/* SPDX-License-Identifier: MIT */
/*
 * Devices of components. Which there are is a table of the board's folder; what is not in it, such as the interrupt
 * controller or the console, nobody can map or bind.
 */
#ifndef KERNEL_ARMV7_DEVICE_H
#define KERNEL_ARMV7_DEVICE_H

#include <kernel/boot.h>

#include "kernel/object/object.h"

/* Of the board: offsets are physical addresses here. At most BOOT_DEVICES. */
extern const struct boot_device board_devices[];
extern const uint32_t board_device_count;

/* Of the board: sections (MiB) of device registers that the kernel itself uses, up to one of no length. start.S maps them. */
struct device_section {
	uint32_t address;      /* physical */
	uint32_t count;
};
extern const struct device_section board_sections[];

/* Everything in [address, address + size) belongs to devices of the table. */
bool device_has(uint32_t address, uint32_t size);

/* All device memory and all interrupts, for the first component; and the list of devices. */
void device_describe(struct boot_info *info, struct memory *memory, struct interrupt *all);

#endif
