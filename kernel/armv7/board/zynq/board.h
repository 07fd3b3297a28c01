/* SPDX-License-Identifier: MIT */
/* Facts about the Zynq-7000 (UG585); addresses are physical. For C, assembly and the linker. */
#ifndef KERNEL_ARMV7_BOARD_H
#define KERNEL_ARMV7_BOARD_H

#include <clock.h>

#define BOARD_CORES 1                    /* that are used, at most */
#define BOARD_TRACE 0                    /* entries of the record of scheduling (trace.h) */
#define BOARD_RAM 0x00000000             /* DDR */
#define BOARD_RAM_SIZE 0x40000000
#define BOARD_VIEW 0                     /* the kernel sees devices at their own addresses */
#define BOARD_UART 0xe0001000            /* UART1 */
#define BOARD_DEVICES 0xe0000000         /* where those that components may have begin (device.c) */
#define BOARD_DEVICES_SIZE 0x19000000
#define BOARD_PERIPHERALS 0xf8f00000     /* the private peripherals of the Cortex-A9 */
#define BOARD_LEVEL2 0xf8f02000          /* the level 2 cache, a PL310 */

#endif
