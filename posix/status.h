/* SPDX-License-Identifier: MIT */
/* What is told of a file, as the architecture lays it out. */
#ifndef POSIX_STATUS_H
#define POSIX_STATUS_H

#include "posix/inode.h"
#include "posix/user.h"

enum { STATUS_BLOCK = 4096, STATUS_SECTOR = 512, STATUS_TMPFS = 0x01021994 };

/* struct stat of an inode with `type`, the S_IFMT bits; NULL: of what has none. 0 or -EFAULT. */
long stat_write(addr_t to, const struct inode *inode, uint32_t type);

/* struct statfs; `size` that the caller gives for it, 0: the call gives none. 0, -EFAULT or -EINVAL. */
long statfs_write(addr_t to, uint64_t size, uint64_t blocks, uint64_t blocks_free);

#endif
