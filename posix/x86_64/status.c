/* SPDX-License-Identifier: MIT */
/* struct stat and struct statfs of x86-64 (arch/x86/include/uapi/asm/stat.h, asm-generic/statfs.h). */
#include <framework/memory.h>

#include "posix/status.h"

/* Device, inode, links, mode and uid, gid, special, size, block, blocks, three times, unused. */
long stat_write(addr_t to, const struct inode *inode, uint32_t type)
{
	static const struct inode none = {.number = 1, .mode = 0600, .links = 1};
	uint64_t out[18] = {0};

	if (!inode)
		inode = &none;
	out[0] = 1;
	out[1] = inode->number;
	out[2] = inode->links;
	out[3] = type | inode->mode;
	out[5] = inode->device;
	out[6] = inode->kind == INODE_LINK ? strlen(inode->target) : inode->size;
	out[7] = STATUS_BLOCK;
	out[8] = (inode->size + STATUS_SECTOR - 1) / STATUS_SECTOR;
	const uint64_t times[3] = {inode->accessed, inode->modified, inode->changed};
	for (int i = 0; i < 3; i++) {
		out[9 + 2 * i] = times[i] / 1000000000;
		out[10 + 2 * i] = times[i] % 1000000000;
	}
	return user_write(to, out, sizeof out);
}

long statfs_write(addr_t to, uint64_t size, uint64_t blocks, uint64_t blocks_free)
{
	const uint64_t out[15] = {STATUS_TMPFS, STATUS_BLOCK, blocks, blocks_free, blocks_free, blocks, blocks_free, 0,
	                          NAME_MAX, STATUS_BLOCK};

	(void)size;
	return user_write(to, out, sizeof out);
}
