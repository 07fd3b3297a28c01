/* SPDX-License-Identifier: MIT */
/* Files without a name (memfd_create), and the seals that keep one from being changed (fcntl(2)). */
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/memory.h"
#include "posix/seal.h"
#include "posix/user.h"

enum { MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, MFD_NOEXEC_SEAL = 8, MFD_EXEC = 16 };
enum { NAME_LONGEST = 249 };

static long memory_file_make(uint32_t flags)
{
	struct inode *inode = inode_make(INODE_FILE, flags & MFD_NOEXEC_SEAL ? 0666 : 0777);
	struct description *file = NULL;

	if (!inode)
		return -ENOMEM;
	inode->seals = SEALS_KEPT | (flags & MFD_NOEXEC_SEAL ? SEAL_EXECUTE : 0) |
	               (flags & (MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL) ? 0 : SEAL_SEAL);
	inode_hold(inode);
	long result = inode_open(inode, O_RDWR, &file);
	if (!result)
		result = description_enter(file, flags & MFD_CLOEXEC);
	inode_release(inode);
	return result;
}

long call_memfd_create(const uint64_t a[6])
{
	const uint32_t flags = (uint32_t)a[1];
	char name[NAME_LONGEST + 1];

	if (flags & ~(uint32_t)(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC) ||
	    (flags & MFD_EXEC && flags & MFD_NOEXEC_SEAL))
		return -EINVAL;
	long length = user_string(name, a[0], sizeof name);
	return length == -ENAMETOOLONG ? -EINVAL : length < 0 ? length : memory_file_make(flags);
}

long seals_get(const struct description *file)
{
	const struct inode *inode = file->inode;

	return inode && inode->seals & SEALS_KEPT ? (long)(inode->seals & SEALS) : -EINVAL;
}

long seals_add(const struct description *file, uint32_t seals)
{
	struct inode *inode = file->inode;

	if (!(file->flags & O_ACCMODE))
		return -EPERM;
	if (seals & ~(uint32_t)SEALS || !inode || !(inode->seals & SEALS_KEPT))
		return -EINVAL;
	if (inode->seals & SEAL_SEAL)
		return -EPERM;
	if (seals & SEAL_WRITE && !(inode->seals & SEAL_WRITE) && inode->shared && chunk_mapped(inode->shared))
		return -EBUSY;
	inode->seals |= seals;
	return 0;
}
