/* SPDX-License-Identifier: MIT */
/*
 * Facts about the Versatile Express with a CoreTile of Cortex-A9 (DUI 0447, DUI 0448) as the emulator has it; addresses are
 * physical. For C, assembly and the linker.
 */
#ifndef KERNEL_ARMV7_BOARD_H
#define KERNEL_ARMV7_BOARD_H

#define BOARD_CORES 4                    /* that are used, at most */
#define BOARD_TRACE 0x40000              /* entries of the record of scheduling (trace.h) */
#define BOARD_RAM 0x60000000             /* DDR2 */
#define BOARD_RAM_SIZE 0x40000000
#define BOARD_VIEW 0xd0000000            /* the kernel sees devices from 0xe0000000 on */
#define BOARD_UART 0x10009000            /* UART0 */
#define BOARD_DEVICES 0x10000000         /* where those that components may have begin (device.c) */
#define BOARD_DEVICES_SIZE 0x00100000
#define BOARD_PERIPHERALS 0x1e000000     /* the private peripherals of the Cortex-A9 */
#define BOARD_LEVEL2 0x1e00a000          /* the level 2 cache, a PL310 */
#define BOARD_TICK_NS 10                 /* of the global timer */

#endif
