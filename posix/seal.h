/* SPDX-License-Identifier: MIT */
/* Seals of a file that memfd_create made: what may not happen to it any more. */
#ifndef POSIX_SEAL_H
#define POSIX_SEAL_H

#include "posix/description.h"

enum {
	SEAL_SEAL = 1, SEAL_SHRINK = 2, SEAL_GROW = 4, SEAL_WRITE = 8, SEAL_FUTURE_WRITE = 16, SEAL_EXECUTE = 32, SEALS = 63,
	SEALS_KEPT = 64            /* the file can have some */
};

/* F_GET_SEALS and F_ADD_SEALS. */
long seals_get(const struct description *file);
long seals_add(const struct description *file, uint32_t seals);

/* Whether it may get the size, or be written up to `end`. */
static inline bool sealed_size(const struct inode *inode, uint64_t size)
{
	return (inode->seals & SEAL_SHRINK && size < inode->size) || (inode->seals & SEAL_GROW && size > inode->size);
}

static inline bool sealed_write(const struct inode *inode, uint64_t end)
{
	return inode->seals & (SEAL_WRITE | SEAL_FUTURE_WRITE) || (inode->seals & SEAL_GROW && end > inode->size);
}

#endif
