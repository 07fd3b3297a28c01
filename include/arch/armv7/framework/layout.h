/* SPDX-License-Identifier: MIT */
/* Where components find room on ARMv7, above their own code (COMPONENT_BASE), and what their programs are made for. */
#ifndef FRAMEWORK_LAYOUT_H
#define FRAMEWORK_LAYOUT_H

#include <framework/elf.h>

#define CORE_HEAP ((addr_t)0x68000000)
#define CORE_WINDOW ((addr_t)0x70000000)
#define CORE_WINDOW_ROM ((addr_t)0x74000000)
#define OWN_WINDOWS ((addr_t)0x63000000) /* up to ANYWHERE_LOW: regions whose addresses a component chooses itself */
#define ANYWHERE_LOW ((uint64_t)0x64000000) /* regions whose address nobody chose, up to PD_HIGH */

#define MACHINE_ELF ELF_ARM

#endif
