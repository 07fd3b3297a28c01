/* SPDX-License-Identifier: MIT */
/* Devices of the Zynq-7000: what components may have (UG585, tables 4-7 and 7-4; UART1 is the kernel's console), and what
 * the kernel maps. */
#include "kernel/armv7/device.h"

const struct boot_device board_devices[] = {
	{"uart0", "xlnx,xuartps", 0xe0000000, 0x1000, 59},
	{"gem0", "cdns,zynq-gem", 0xe000b000, 0x1000, 54},
	{"gem1", "cdns,zynq-gem", 0xe000c000, 0x1000, 77},
	{"sd0", "arasan,sdhci-8.9a", 0xe0100000, 0x1000, 56},
	{"sd1", "arasan,sdhci-8.9a", 0xe0101000, 0x1000, 79},
	{"ttc0", "cdns,ttc", 0xf8001000, 0x1000, 42},
	{"ttc1", "cdns,ttc", 0xf8002000, 0x1000, 69},
};
const uint32_t board_device_count = sizeof board_devices / sizeof *board_devices;

const struct device_section board_sections[] = {{0xe0000000, 1}, {0xf8000000, 16}, {0, 0}};
