# SPDX-License-Identifier: MIT
# Components on x86-64: how they are compiled, where they lie, and the kernel they enter.
KERNEL := linux
COMPONENT_MACHINE := -fPIE -fcf-protection=none -mgeneral-regs-only
DIGEST_WITHOUT :=
COMPONENT_BASE := 0x600000000000
LIBRARY_BASE := 0x500000000000
COMPONENT_LIBS :=
KERNEL_USER := kernel/linux/user/enter kernel/linux/user/clock
# Programs of Linux for it: with what is installed.
PROGRAM_CFLAGS :=
PROGRAM_LDFLAGS :=
FOREIGN_PROGRAMS :=
