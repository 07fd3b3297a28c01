/* SPDX-License-Identifier: MIT */
/* Devices of the Versatile Express: what components may have (DUI 0447, 4.2 and 2.6; UART0 is the kernel's console), and
 * what the kernel maps: the motherboard's first MiB, and the private peripherals. */
#include "kernel/armv7/device.h"

const struct boot_device board_devices[] = {
	{"uart0", "arm,pl011", 0x1000a000, 0x1000, 38},
	{"timer01", "arm,sp804", 0x10011000, 0x1000, 34},
	{"timer23", "arm,sp804", 0x10012000, 0x1000, 35},
};
const uint32_t board_device_count = sizeof board_devices / sizeof *board_devices;

const struct device_section board_sections[] = {{0x10000000, 1}, {0x1e000000, 1}, {0, 0}};
