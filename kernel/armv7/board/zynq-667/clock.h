/* SPDX-License-Identifier: MIT */
/*
 * Clocks of a chip whose cores run at 666.67 MHz, as most boot loaders set it: the global timer counts at half of that
 * (CPU_3x2x, 333.33 MHz; UG585, 8.4 and 25.2).
 */
#ifndef KERNEL_ARMV7_CLOCK_H
#define KERNEL_ARMV7_CLOCK_H

#define BOARD_TICK_NS 3 /* of the global timer */

#endif
