/* SPDX-License-Identifier: MIT */
/* Calls that tell and change what is known of a file: stat, access, chmod, times and their like. */
#include <framework/env.h>
#include <framework/memory.h>
#include <pd/session.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/status.h"
#include "posix/time.h"
#include "posix/user.h"

enum { AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000 };
enum { UTIME_NOW = 0x3fffffff, UTIME_OMIT = 0x3ffffffe };

uint32_t inode_type(const struct inode *inode)
{
	static const uint32_t types[] = {[INODE_FILE] = 0100000, [INODE_DIRECTORY] = 0040000, [INODE_LINK] = 0120000,
	                                 [INODE_DEVICE] = 0020000};

	return types[inode->kind];
}

static long stat_path(long directory, addr_t path, addr_t to, bool follow)
{
	struct inode *inode;
	long result = path_find(directory, path, follow, &inode);

	if (result)
		return result;
	result = stat_write(to, inode, inode_type(inode));
	inode_release(inode);
	return result;
}

/* A stream of /dev/stdout is what the stream is. */
static uint32_t file_type(const struct description *file)
{
	return file->kind->type ? file->kind->type : inode_type(file->inode);
}

long call_fstat(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);

	if (!file)
		return -EBADF;
	return stat_write(a[1], file->inode, file_type(file));
}

long call_stat(const uint64_t a[6])
{
	return stat_path(AT_FDCWD, a[0], a[1], true);
}

long call_lstat(const uint64_t a[6])
{
	return stat_path(AT_FDCWD, a[0], a[1], false);
}

static bool path_empty(addr_t path)
{
	char first;

	return user_read(&first, path, 1) == 0 && !first;
}

long call_newfstatat(const uint64_t a[6])
{
	const uint64_t by_descriptor[6] = {a[0], a[2]};

	if (a[3] & AT_EMPTY_PATH && path_empty(a[1]))
		return call_fstat(by_descriptor);
	return stat_path((long)a[0], a[1], a[2], !(a[3] & AT_SYMLINK_NOFOLLOW));
}

/* struct statx (statx(2)): what stat tells, in other places; the time of birth is not kept. */
static long statx_write(addr_t to, const struct inode *inode, uint32_t type)
{
	static const struct inode none = {.number = 1, .mode = 0600, .links = 1};
	struct {
		uint32_t mask, block;
		uint64_t attributes;
		uint32_t links, uid, gid;
		uint16_t mode, padding;
		uint64_t number, size, blocks, attributes_mask;
		struct {
			int64_t seconds;
			uint32_t nanoseconds, padding;
		} times[4];
		uint32_t special_major, special_minor, device_major, device_minor;
		uint64_t rest[14];
	} out = {.mask = 0x7ff, .block = STATUS_BLOCK, .device_minor = 1};

	_Static_assert(sizeof out == 256, "struct statx");
	inode = inode ? inode : &none;
	out.links = inode->links;
	out.mode = (uint16_t)(type | inode->mode);
	out.number = inode->number;
	out.size = inode->kind == INODE_LINK ? strlen(inode->target) : inode->size;
	out.blocks = (inode->size + STATUS_SECTOR - 1) / STATUS_SECTOR;
	out.special_major = inode->device >> 8;
	out.special_minor = inode->device & 255;
	const uint64_t times[4] = {inode->accessed, 0, inode->changed, inode->modified};
	for (int i = 0; i < 4; i++) {
		out.times[i].seconds = (int64_t)(times[i] / 1000000000);
		out.times[i].nanoseconds = (uint32_t)(times[i] % 1000000000);
	}
	return user_write(to, &out, sizeof out);
}

long call_statx(const uint64_t a[6])
{
	struct inode *inode;

	if (a[2] & AT_EMPTY_PATH && path_empty(a[1])) {
		const struct description *file = description_of(a[0]);
		return file ? statx_write(a[4], file->inode, file_type(file)) : -EBADF;
	}
	long result = path_find((long)a[0], a[1], !(a[2] & AT_SYMLINK_NOFOLLOW), &inode);
	if (result)
		return result;
	result = statx_write(a[4], inode, inode_type(inode));
	inode_release(inode);
	return result;
}

static long access_path(long directory, addr_t path, uint64_t mode)
{
	struct inode *inode;
	long result = mode & ~7ul ? -EINVAL : path_find(directory, path, true, &inode);

	if (result)
		return result;
	/* The program is root in its component: it may all but execute what nobody may. */
	result = mode & 1 && inode->kind == INODE_FILE && !(inode->mode & 0111) ? -EACCES : 0;
	inode_release(inode);
	return result;
}

long call_access(const uint64_t a[6])
{
	return access_path(AT_FDCWD, a[0], a[1]);
}

long call_faccessat(const uint64_t a[6])
{
	return access_path((long)a[0], a[1], a[2]);
}

static long mode_set(struct inode *inode, uint64_t mode)
{
	inode->mode = (uint32_t)mode & 07777;
	inode->changed = clock_real();
	return 0;
}

static long chmod_at(long directory, addr_t path, uint64_t mode)
{
	struct inode *inode;
	long result = path_find(directory, path, true, &inode);

	if (result)
		return result;
	result = mode_set(inode, mode);
	inode_release(inode);
	return result;
}

long call_chmod(const uint64_t a[6])
{
	return chmod_at(AT_FDCWD, a[0], a[1]);
}

long call_fchmodat(const uint64_t a[6])
{
	return chmod_at((long)a[0], a[1], a[2]);
}

long call_fchmod(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);

	return !file ? -EBADF : file->inode ? mode_set(file->inode, a[1]) : 0;
}

/* Owners are not kept: everything belongs to root. */
static long chown_at(long directory, addr_t path, bool follow)
{
	struct inode *inode;
	long result = path_find(directory, path, follow, &inode);

	if (!result)
		inode_release(inode);
	return result;
}

long call_chown(const uint64_t a[6])
{
	return chown_at(AT_FDCWD, a[0], true);
}

long call_lchown(const uint64_t a[6])
{
	return chown_at(AT_FDCWD, a[0], false);
}

long call_fchownat(const uint64_t a[6])
{
	if (a[4] & AT_EMPTY_PATH && path_empty(a[1]))
		return description_of(a[0]) ? 0 : -EBADF;
	return chown_at((long)a[0], a[1], !(a[4] & AT_SYMLINK_NOFOLLOW));
}

long call_fchown(const uint64_t a[6])
{
	return description_of(a[0]) ? 0 : -EBADF;
}

long call_umask(const uint64_t a[6])
{
	uint32_t before = umask_now;

	umask_now = (uint32_t)a[0] & 0777;
	return before;
}

static uint64_t time_chosen(const int64_t given[2], uint64_t now, uint64_t before)
{
	return given[1] == UTIME_NOW ? now : given[1] == UTIME_OMIT ? before
	                                                             : (uint64_t)(given[0] * 1000000000 + given[1]);
}

static void times_set(struct inode *inode, const int64_t times[2][2])
{
	uint64_t now = clock_real();

	inode->accessed = time_chosen(times[0], now, inode->accessed);
	inode->modified = time_chosen(times[1], now, inode->modified);
	inode->changed = now;
}

static long times_at(long directory, addr_t path, bool follow, const int64_t times[2][2])
{
	struct inode *inode;
	long result = path_find(directory, path, follow, &inode);

	if (result)
		return result;
	times_set(inode, times);
	inode_release(inode);
	return 0;
}

static const int64_t times_now[2][2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};

long call_utimensat(const uint64_t a[6])
{
	int64_t times[2][2];
	const struct description *file;

	memcpy(times, times_now, sizeof times);
	if (a[2] && (time_pair_read(a[2], times[0]) || time_pair_read(a[2] + time_size(), times[1])))
		return -EFAULT;
	for (int i = 0; i < 2; i++)
		if (times[i][1] != UTIME_NOW && times[i][1] != UTIME_OMIT && (times[i][1] < 0 || times[i][1] >= 1000000000))
			return -EINVAL;
	if (a[1])
		return times_at((long)a[0], a[1], !(a[3] & AT_SYMLINK_NOFOLLOW), times);
	file = description_of(a[0]);
	if (!file || !file->inode)
		return -EBADF;
	times_set(file->inode, times);
	return 0;
}

/* utimes(2) and futimesat: microseconds. */
static long microseconds_at(long directory, addr_t path, addr_t at)
{
	int64_t times[2][2];
	long given[2][2];

	memcpy(times, times_now, sizeof times);
	if (at && user_read(given, at, sizeof given))
		return -EFAULT;
	for (int i = 0; at && i < 2; i++) {
		if (given[i][1] < 0 || given[i][1] >= 1000000)
			return -EINVAL;
		times[i][0] = given[i][0];
		times[i][1] = given[i][1] * 1000;
	}
	return times_at(directory, path, true, times);
}

long call_utimes(const uint64_t a[6])
{
	return microseconds_at(AT_FDCWD, a[0], a[1]);
}

long call_futimesat(const uint64_t a[6])
{
	return microseconds_at((long)a[0], a[1], a[2]);
}

long call_utime(const uint64_t a[6])
{
	long seconds[2];

	if (!a[1])
		return times_at(AT_FDCWD, a[0], true, times_now);
	if (user_read(seconds, a[1], sizeof seconds))
		return -EFAULT;
	const int64_t times[2][2] = {{seconds[0], 0}, {seconds[1], 0}};
	return times_at(AT_FDCWD, a[0], true, times);
}

/* Of a tmpfs: as much is free as the program has memory. */
static long statfs_show(addr_t to, uint64_t size)
{
	const struct pd_quota_request request = {};
	struct pd_quota_reply quota = {0};
	err_t ignored = pd_quota((ep_t){SLOT_PD}, &request, NULL, &quota, NULL);

	(void)ignored;
	return statfs_write(to, size, quota.ram_limit / STATUS_BLOCK, (quota.ram_limit - quota.ram_used) / STATUS_BLOCK);
}

static long statfs_path(addr_t path, addr_t to, uint64_t size)
{
	struct inode *inode;
	long result = path_find(AT_FDCWD, path, true, &inode);

	if (result)
		return result;
	inode_release(inode);
	return statfs_show(to, size);
}

long call_statfs(const uint64_t a[6])
{
	return statfs_path(a[0], a[1], 0);
}

long call_fstatfs(const uint64_t a[6])
{
	return description_of(a[0]) ? statfs_show(a[1], 0) : -EBADF;
}

/* With the size of what they fill as second argument. */
long call_statfs64(const uint64_t a[6])
{
	return statfs_path(a[0], a[2], a[1]);
}

long call_fstatfs64(const uint64_t a[6])
{
	return description_of(a[0]) ? statfs_show(a[2], a[1]) : -EBADF;
}
