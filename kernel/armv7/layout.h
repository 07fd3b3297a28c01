/* SPDX-License-Identifier: MIT */
/*
 * Where the kernel's addresses lie, for C, assembly and the linker alike. Where memory and devices lie physically is
 * the board's matter (board.h).
 *
 *      0x00000000  protection domain                   TTBR0, with an address space identifier
 *      0x80000000  all RAM, in one piece               TTBR1; the kernel image lies in it
 *      0xc0000000  nothing
 *      0xe0000000  devices, at their physical addresses + BOARD_VIEW
 */
#ifndef KERNEL_ARMV7_LAYOUT_H
#define KERNEL_ARMV7_LAYOUT_H

#include <board.h>

#define KERNEL_BASE 0x80000000
#define KERNEL_OFFSET (KERNEL_BASE - BOARD_RAM) /* from a physical to a virtual address of RAM */
#define KERNEL_TEXT 0x00100000                  /* in RAM: one section */
#define CORE_STACK 8192                         /* bytes of each core's kernel stack */

#endif
