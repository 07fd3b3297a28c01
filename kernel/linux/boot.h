/* SPDX-License-Identifier: MIT */
/* The start of the first component from modules in the machine's memory (kernel/boot.h). */
#ifndef KERNEL_LINUX_BOOT_H
#define KERNEL_LINUX_BOOT_H

#include <kernel/boot.h>
#include <kernel/err.h>

struct boot;

/* Collect: a module from bytes, a grant from a descriptor (the boot keeps it). */
struct boot *boot_begin(void);
err_t boot_module(struct boot *boot, const char *name, const void *bytes, uint64_t size) MUST_CHECK;
err_t boot_grant(struct boot *boot, const char *name, int descriptor) MUST_CHECK;

/* Load the module `first` (a static ELF program) as the first component and start it; ends the boot if OK. */
err_t boot_start(struct boot *boot, const char *first, const char **sentence) MUST_CHECK;

#endif
