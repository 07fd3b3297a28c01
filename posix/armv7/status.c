/* SPDX-License-Identifier: MIT */
/* struct stat64 and struct statfs64 of ARM (arch/arm/include/uapi/asm/stat.h, statfs.h). */
#include <framework/memory.h>

#include "posix/errno.h"
#include "posix/status.h"

struct stat64 {
	uint64_t device;
	uint32_t padding, number_low;
	uint32_t mode, links, user, group;
	uint64_t special;
	uint32_t padding_special, padding_size;
	uint64_t size;
	uint32_t block, padding_blocks;
	uint64_t blocks;
	uint32_t times[3][2];
	uint64_t number;
};

_Static_assert(sizeof(struct stat64) == 104, "struct stat64");

long stat_write(addr_t to, const struct inode *inode, uint32_t type)
{
	static const struct inode none = {.number = 1, .mode = 0600, .links = 1};
	struct stat64 out;

	if (!inode)
		inode = &none;
	memset(&out, 0, sizeof out);
	out.device = 1;
	out.number = inode->number;
	out.number_low = (uint32_t)inode->number;
	out.mode = type | inode->mode;
	out.links = inode->links;
	out.special = inode->device;
	out.size = inode->kind == INODE_LINK ? strlen(inode->target) : inode->size;
	out.block = STATUS_BLOCK;
	out.blocks = (inode->size + STATUS_SECTOR - 1) / STATUS_SECTOR;
	const uint64_t times[3] = {inode->accessed, inode->modified, inode->changed};
	for (int i = 0; i < 3; i++) {
		out.times[i][0] = (uint32_t)(times[i] / 1000000000);
		out.times[i][1] = (uint32_t)(times[i] % 1000000000);
	}
	return user_write(to, &out, sizeof out);
}

/* Packed in the kernel: the C library's is four bytes longer. */
long statfs_write(addr_t to, uint64_t size, uint64_t blocks, uint64_t blocks_free)
{
	enum { PACKED = 84, PADDED = 88 };
	struct {
		uint32_t type, block;
		uint64_t blocks, blocks_free, blocks_available, files, files_free;
		uint32_t identifier[2], name, fragment, flags, spare[4], padding;
	} out = {.type = STATUS_TMPFS, .block = STATUS_BLOCK, .blocks = blocks, .blocks_free = blocks_free,
	         .blocks_available = blocks_free, .files = blocks, .files_free = blocks_free, .name = NAME_MAX,
	         .fragment = STATUS_BLOCK};

	_Static_assert(sizeof out == PADDED, "struct statfs64");
	return size == PACKED || size == PADDED ? user_write(to, &out, PACKED) : -EINVAL;
}
