/* SPDX-License-Identifier: MIT */
/*
 * Mappings: short descriptors (ARM ARM, B3.5), 4 KiB pages. Two bits of an entry are the kernel's own, because TEX remap
 * leaves them to software: that the mapping may be written, and that it was made with that right (pd_protect).
 * Tables come from the domain's pool and stay until the domain goes: ERR_MEMORY_QUOTA when it is empty.
 */
#ifndef KERNEL_ARMV7_MAP_H
#define KERNEL_ARMV7_MAP_H

#include "kernel/armv7/domain.h"

/*
 * A write to `address` was refused. True if the page was only not populated: it is now, and the write can be done again;
 * or another core has made it so meanwhile.
 */
bool map_populate(struct pd *pd, uint32_t address);

/* Something is mapped at `address`. */
bool map_has(const struct pd *pd, uint32_t address);

/* What is mapped at `address` may be read, or executed (RIGHT_EXECUTE); for writes there is map_populate. */
bool map_allows(const struct pd *pd, uint32_t address, uint32_t access);

/* The control block of thread `index`: ERR_BUSY if it is in use, ERR_MEMORY_QUOTA. The kernel's view of it. */
err_t map_block(struct pd *pd, uint32_t index, void **block) MUST_CHECK;
void map_block_drop(struct pd *pd, uint32_t index, void *block);

#endif
