/* SPDX-License-Identifier: MIT */
/* Facts about the Zynq-7000 (UG585): memory and devices that the kernel uses. start.S maps the sections of the devices. */
#ifndef KERNEL_ARMV7_BOARD_H
#define KERNEL_ARMV7_BOARD_H

#define BOARD_CORES 1              /* that are used */
#define BOARD_RAM_SIZE 0x40000000u /* DDR at address 0 */
#define BOARD_UART 0xe0001000u     /* UART1 */
#define BOARD_DEVICES 0xe0000000u      /* where those that components may have begin (device.c) */
#define BOARD_DEVICES_SIZE 0x10000000u
#define BOARD_PERIPHERALS 0xf8f00000u /* the private peripherals of the Cortex-A9 */
#define BOARD_TICK_NS 10           /* of the global timer */

#endif
