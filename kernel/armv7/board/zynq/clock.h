/* SPDX-License-Identifier: MIT */
/* Clocks as the emulator has them. A chip's: the folder zynq-667 and others like it. */
#ifndef KERNEL_ARMV7_CLOCK_H
#define KERNEL_ARMV7_CLOCK_H

#define BOARD_TICK_NS 10 /* of the global timer */

#endif
