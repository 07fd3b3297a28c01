/* SPDX-License-Identifier: MIT */
/* Calls that move bytes, and the sizes of files; see description.h. Bytes pass through a piece of library memory per thread. */
#include <framework/heap.h>
#include <framework/memory.h>

#include "posix/description.h"
#include "posix/errno.h"
#include "posix/file.h"
#include "posix/handlers.h"
#include "posix/seal.h"
#include "posix/signal.h"
#include "posix/thread.h"
#include "posix/user.h"

enum { SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA, SEEK_HOLE };

void *thread_piece(void)
{
	static void *pieces[THREADS + 1];
	void **own = &pieces[thread_self()->index];

	if (!*own)
		*own = heap_alloc(PIECE);
	return *own;
}

/* One direction of one transfer. `offset` NULL: the position of the description. */
static long bytes_read(struct description *file, addr_t to, uint64_t size, const uint64_t *offset)
{
	uint64_t done = 0, at = offset ? *offset : file->position;
	uint8_t *buffer = thread_piece();

	if (!buffer)
		return -ENOMEM;
	if ((file->flags & O_ACCMODE) == O_WRONLY)
		return -EBADF;
	if (!file->kind->read)
		return file->kind == &file_directory ? -EISDIR : -EINVAL;
	do {
		uint64_t part = size - done < PIECE ? size - done : PIECE;
		long moved = file->kind->read(file, at + done, buffer, part);
		if (moved < 0)
			return done ? (long)done : moved;
		if (user_write(to + done, buffer, (uint64_t)moved))
			return done ? (long)done : -EFAULT;
		done += (uint64_t)moved;
		if ((uint64_t)moved < part || !file->kind->seekable)
			break;
	} while (done < size);
	if (!offset)
		file->position = at + done;
	return (long)done;
}

static long bytes_write(struct description *file, addr_t from, uint64_t size, const uint64_t *offset)
{
	uint8_t *buffer = thread_piece();
	uint64_t done = 0;

	if (!buffer)
		return -ENOMEM;
	if ((file->flags & O_ACCMODE) == 0)
		return -EBADF;
	if (!file->kind->write)
		return -EINVAL;
	if (file->kind->whole && size > PIECE)
		return -EMSGSIZE;
	if (!offset && file->flags & O_APPEND && file->inode)
		file->position = file->inode->size;
	uint64_t at = offset ? *offset : file->position;
	do {
		uint64_t part = size - done < PIECE ? size - done : PIECE;
		if (user_read(buffer, from + done, part))
			return done ? (long)done : -EFAULT;
		long moved = file->kind->write(file, at + done, buffer, part);
		if (moved < 0)
			return done ? (long)done : moved;
		done += (uint64_t)moved;
		if ((uint64_t)moved < part)
			break;
	} while (done < size);
	if (!offset)
		file->position = at + done;
	return (long)done;
}

static long transfer(const uint64_t a[6], bool write, bool positioned)
{
	struct description *file = description_of(a[0]);

	if (!file)
		return -EBADF;
	if (positioned && (int64_t)a[3] < 0)
		return -EINVAL;
	if (positioned && !file->kind->seekable)
		return -ESPIPE;
	uint64_t size = a[2] < INT32_MAX ? a[2] : INT32_MAX & ~4095ul;
	file->references++;
	long result = write ? bytes_write(file, a[1], size, positioned ? &a[3] : NULL)
	                    : bytes_read(file, a[1], size, positioned ? &a[3] : NULL);
	description_release(file);
	return result;
}

long call_read(const uint64_t a[6])
{
	return transfer(a, false, false);
}

long call_write(const uint64_t a[6])
{
	return transfer(a, true, false);
}

long call_pread(const uint64_t a[6])
{
	return transfer(a, false, true);
}

long call_pwrite(const uint64_t a[6])
{
	return transfer(a, true, true);
}

long vector_size(addr_t at, uint64_t count, uint64_t *size)
{
	addr_t part[2];

	*size = 0;
	for (uint64_t i = 0; i < count; i++) {
		if (user_read(part, at + i * sizeof part, sizeof part))
			return -EFAULT;
		if (part[1] > INTPTR_MAX - *size)
			return -EINVAL;
		*size += part[1];
	}
	return 0;
}

long vector_gather(addr_t at, uint64_t count, uint8_t **bytes)
{
	uint8_t *buffer = *bytes = thread_piece();
	uint64_t total = 0;
	addr_t part[2];

	if (!buffer)
		return -ENOMEM;
	for (uint64_t i = 0; i < count; i++) {
		if (user_read(part, at + i * sizeof part, sizeof part) || part[1] > PIECE - total ||
		    user_read(buffer + total, part[0], part[1]))
			return total ? (long)total : -EFAULT;
		total += part[1];
	}
	return (long)total;
}

long vector_scatter(addr_t at, uint64_t count, const uint8_t *bytes, uint64_t size)
{
	uint64_t done = 0;
	addr_t part[2];

	for (uint64_t i = 0; i < count && done < size; i++) {
		if (user_read(part, at + i * sizeof part, sizeof part))
			return -EFAULT;
		uint64_t length = part[1] < size - done ? part[1] : size - done;
		if (user_write(part[0], bytes + done, length))
			return -EFAULT;
		done += length;
	}
	return (long)size;
}

/* Small vectors are gathered, so that they are one write of a stream. */
static long gather_write(struct description *file, addr_t vector, uint64_t count, const uint64_t *offset)
{
	uint8_t *buffer;
	long total = vector_gather(vector, count, &buffer);

	if (total < 0)
		return total;
	if (!offset && file->flags & O_APPEND && file->inode)
		file->position = file->inode->size;
	long moved = file->kind->write(file, offset ? *offset : file->position, buffer, (uint64_t)total);
	if (moved > 0 && !offset)
		file->position += (uint64_t)moved;
	return moved;
}

/* What has no position gives what it has at once. */
static long scatter_read(struct description *file, addr_t vector, uint64_t count, uint64_t size)
{
	uint8_t *buffer = thread_piece();

	if (!buffer)
		return -ENOMEM;
	long moved = file->kind->read(file, 0, buffer, size < PIECE ? size : PIECE);
	return moved > 0 ? vector_scatter(vector, count, buffer, (uint64_t)moved) : moved;
}

static long vector_parts(const uint64_t a[6], bool write, bool positioned)
{
	uint64_t done = 0;

	for (uint64_t i = 0; i < a[2]; i++) {
		addr_t vector[2];
		if (user_read(vector, a[1] + i * sizeof vector, sizeof vector))
			return done ? (long)done : -EFAULT;
		const uint64_t part[6] = {a[0], vector[0], vector[1], a[3] + done};
		if (!part[2])
			continue;
		long moved = transfer(part, write, positioned);
		if (moved < 0)
			return done ? (long)done : moved;
		done += (uint64_t)moved;
		if ((uint64_t)moved < part[2])
			break;
	}
	return (long)done;
}

static long vector_transfer(const uint64_t a[6], bool write, bool positioned)
{
	struct description *file = description_of(a[0]);
	uint64_t total;

	if (!file || (file->flags & O_ACCMODE) == (write ? 0 : O_WRONLY))
		return -EBADF;
	if (a[2] > VECTORS)
		return -EINVAL;
	if (positioned && !file->kind->seekable)
		return -ESPIPE;
	long result = vector_size((addr_t)a[1], a[2], &total);
	if (result)
		return result;
	if (write && file->kind->whole && total > PIECE)
		return -EMSGSIZE;
	bool at_once = write ? file->kind->write && total <= PIECE : file->kind->read && !file->kind->seekable && total;
	if (!at_once)
		return vector_parts(a, write, positioned);
	file->references++;
	result = write ? gather_write(file, (addr_t)a[1], a[2], positioned ? &a[3] : NULL)
	               : scatter_read(file, (addr_t)a[1], a[2], total);
	description_release(file);
	return result;
}

long call_readv(const uint64_t a[6])
{
	return vector_transfer(a, false, false);
}

long call_writev(const uint64_t a[6])
{
	return vector_transfer(a, true, false);
}

long call_preadv(const uint64_t a[6])
{
	return vector_transfer(a, false, true);
}

long call_pwritev(const uint64_t a[6])
{
	return vector_transfer(a, true, true);
}

int64_t file_seek(uint64_t descriptor, int64_t offset, uint64_t whence)
{
	struct description *file = description_of(descriptor);
	int64_t base = 0;

	if (!file)
		return -EBADF;
	if (file->inode && file->inode->kind == INODE_DEVICE && file->kind->type)
		return 0;
	if (!file->kind->seekable && file->inode && file->inode->kind == INODE_DIRECTORY && !whence && offset >= 0)
		return (int64_t)(file->position = (uint64_t)offset);
	if (!file->kind->seekable)
		return file->kind->type == ANONYMOUS ? 0 : -ESPIPE;
	int64_t size = file->inode ? (int64_t)file->inode->size : 0;
	switch (whence) {
	case SEEK_SET: break;
	case SEEK_CUR: base = (int64_t)file->position; break;
	case SEEK_END: base = size; break;
	case SEEK_DATA:
	case SEEK_HOLE:
		if (offset < 0 || offset >= size)
			return -ENXIO;
		return (int64_t)(file->position = whence == SEEK_DATA ? (uint64_t)offset : (uint64_t)size);
	default: return -EINVAL;
	}
	if (offset > INT64_MAX - base || base + offset < 0)
		return -EINVAL;
	return (int64_t)(file->position = (uint64_t)(base + offset));
}

/* A position that does not fit the result is kept, and EOVERFLOW all the same, as with Linux. */
long call_lseek(const uint64_t a[6])
{
	int64_t position = file_seek(a[0], (long)a[1], a[2]);

	return position == (long)position ? (long)position : -EOVERFLOW;
}

long call_truncate_file(const uint64_t a[6])
{
	struct description *file = description_of(a[0]);

	if (!file)
		return -EBADF;
	if (!file->inode || file->inode->kind != INODE_FILE || !(file->flags & O_ACCMODE) || (int64_t)a[1] < 0)
		return -EINVAL;
	return sealed_size(file->inode, a[1]) ? -EPERM : inode_resize(file->inode, a[1]);
}

long call_truncate(const uint64_t a[6])
{
	struct inode *inode;
	long result = path_find(AT_FDCWD, a[0], true, &inode);

	if (result)
		return result;
	result = inode->kind == INODE_DIRECTORY ? -EISDIR : (int64_t)a[1] < 0 ? -EINVAL : inode_resize(inode, a[1]);
	inode_release(inode);
	return result;
}

long call_fallocate(const uint64_t a[6])
{
	struct description *file = description_of(a[0]);

	if (!file)
		return -EBADF;
	if (!file->inode || file->inode->kind != INODE_FILE)
		return -ENODEV;
	if ((int64_t)a[2] < 0 || (int64_t)a[3] <= 0)
		return -EINVAL;
	if (!(file->flags & O_ACCMODE))
		return -EBADF;
	if (a[1])
		return -EOPNOTSUPP;
	if (a[2] > INT64_MAX - a[3])
		return -EFBIG;
	if (sealed_size(file->inode, a[2] + a[3] > file->inode->size ? a[2] + a[3] : file->inode->size))
		return -EPERM;
	return a[2] + a[3] > file->inode->size ? inode_resize(file->inode, a[2] + a[3]) : 0;
}

long call_fsync(const uint64_t a[6])
{
	const struct description *file = description_of(a[0]);

	return !file ? -EBADF : file->inode ? 0 : -EINVAL;
}

long call_sync(const uint64_t a[6])
{
	return description_of(a[0]) ? 0 : -EBADF;
}

long call_nothing(const uint64_t a[6])
{
	(void)a;
	return 0;
}

/* The offset in the program's memory has `width` bytes. */
static long send_file(const uint64_t a[6], uint64_t width)
{
	struct description *out = description_of(a[0]), *in = description_of(a[1]);
	uint64_t at, done = 0;
	uint8_t *buffer = thread_piece();
	long result = 0;

	if (!out || !in || !out->kind->write || !in->kind->read)
		return -EBADF;
	if (!in->kind->seekable || !buffer)
		return -EINVAL;
	at = a[2] ? 0 : in->position;
	if (a[2] && user_read(&at, a[2], width))
		return -EFAULT;
	in->references++;
	out->references++;
	while (done < a[3]) {
		long moved = in->kind->read(in, at + done, buffer, a[3] - done < PIECE ? a[3] - done : PIECE);
		if (moved > 0)
			moved = out->kind->write(out, out->position, buffer, (uint64_t)moved);
		result = moved;
		if (moved <= 0)
			break;
		out->position += (uint64_t)moved;
		done += (uint64_t)moved;
	}
	at += done;
	if (done && !a[2])
		in->position = at;
	description_release(in);
	description_release(out);
	if (a[2] && done)
		return user_write(a[2], &at, width) ? -EFAULT : (long)done;
	return done ? (long)done : result;
}

long call_sendfile(const uint64_t a[6])
{
	return send_file(a, sizeof(long));
}

long call_sendfile64(const uint64_t a[6])
{
	return send_file(a, sizeof(uint64_t));
}

long file_map_size(int descriptor, bool write, uint64_t *size)
{
	const struct description *file = description_of((uint64_t)descriptor);

	if (!file)
		return -EBADF;
	if ((file->flags & O_ACCMODE) == O_WRONLY || (write && (file->flags & O_ACCMODE) != O_RDWR))
		return -EACCES;
	if (file->inode && file->inode->kind == INODE_DEVICE && file->inode->device == DEVICE_ZERO)
		return MAP_ZEROES;
	if (!file->inode || file->inode->kind != INODE_FILE)
		return -ENODEV;
	if (write && file->inode->seals & (SEAL_WRITE | SEAL_FUTURE_WRITE))
		return -EPERM;
	*size = file->inode->size;
	return 0;
}

long file_map_read(int descriptor, uint64_t offset, void *to, uint64_t size)
{
	return (long)inode_read(description_of((uint64_t)descriptor)->inode, offset, to, size);
}

long file_map_shared(int descriptor, uint64_t end, struct chunk **chunk)
{
	struct inode *inode = description_of((uint64_t)descriptor)->inode;
	long result = inode_share(inode, end > inode->size ? end : inode->size);

	if (!result)
		*chunk = inode->shared;
	return result == -ENOSPC ? -ENOMEM : result;
}
