# SPDX-License-Identifier: MIT
# Components on ARMv7 (Cortex-A9): how they are compiled, where they lie, and the kernel they enter. libgcc divides.
KERNEL := armv7
CC := arm-linux-gnueabihf-gcc
AR := arm-linux-gnueabihf-ar
OBJCOPY := arm-linux-gnueabihf-objcopy
COMPONENT_MACHINE := -fno-pie -marm -mcpu=cortex-a9 -mfpu=neon -mfloat-abi=hard -mgeneral-regs-only
# What image/digest.c is compiled without: it uses vector registers.
DIGEST_WITHOUT := -mgeneral-regs-only
COMPONENT_BASE := 0x60000000
LIBRARY_BASE := 0x50000000
COMPONENT_LIBS := -Wl,-u,__aeabi_ldiv0 -lgcc
KERNEL_USER := kernel/armv7/user/enter kernel/armv7/user/clock
# Programs of Linux for it: with Debian's own libraries, unpacked by tools/unpack.sh.
PROGRAM_ROOT := $(O)/root
FOREIGN_PROGRAMS := $(patsubst %/packages,%,$(wildcard $(PROGRAM_ROOT)/packages))
PROGRAM_CFLAGS := -isystem $(PROGRAM_ROOT)/usr/include -isystem $(PROGRAM_ROOT)/usr/include/arm-linux-gnueabihf
PROGRAM_LDFLAGS := -L$(PROGRAM_ROOT)/usr/lib/arm-linux-gnueabihf
