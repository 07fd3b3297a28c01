/* SPDX-License-Identifier: MIT */
/* Where components find room on x86-64, above their own code (COMPONENT_BASE), and what their programs are made for. */
#ifndef FRAMEWORK_LAYOUT_H
#define FRAMEWORK_LAYOUT_H

#include <framework/elf.h>

#define CORE_HEAP ((addr_t)0x610000000000)
#define CORE_WINDOW ((addr_t)0x620000000000)
#define CORE_WINDOW_ROM ((addr_t)0x630000000000)
#define OWN_WINDOWS ((addr_t)0x638000000000) /* up to ANYWHERE_LOW: regions whose addresses a component chooses itself */
#define ANYWHERE_LOW ((uint64_t)0x640000000000) /* regions whose address nobody chose, up to PD_HIGH */

#define MACHINE_ELF ELF_X86_64

#endif
