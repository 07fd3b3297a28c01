/* SPDX-License-Identifier: MIT */
/* Carrying out the calls, one function each: see table.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/table.h"

enum { FLAGS = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_DIRECTORY };

void table_init(struct table *table, int directory)
{
	table->directory = directory;
	for (int i = 0; i < FILES_DESCRIPTORS; i++)
		table->open[i] = -1;
}

void table_clear(struct table *table)
{
	for (int i = 0; i < FILES_DESCRIPTORS; i++)
		if (table->open[i] >= 0)
			close(table->open[i]);
	table_init(table, table->directory);
}

static int descriptor_of(const struct table *table, int32_t descriptor)
{
	if (descriptor == FILES_ROOT)
		return table->directory;
	uint32_t at = (uint32_t)descriptor - FILES_ROOT - 1;
	return at < FILES_DESCRIPTORS ? table->open[at] : -1;
}

static bool name_right(const char *name)
{
	size_t length = strnlen(name, FILES_NAME);

	return length && length < FILES_NAME && !memchr(name, '/', length) && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static long result_of(long result)
{
	return result < 0 ? -errno : result;
}

static long open_do(struct table *table, const struct files_request *request, int directory)
{
	uint32_t at = 0;

	while (at < FILES_DESCRIPTORS && table->open[at] >= 0)
		at++;
	if (at == FILES_DESCRIPTORS)
		return -EMFILE;
	/* What is no file or directory could hold the call up: it is not opened. */
	int fd = openat(directory, request->name, (int)(request->flags & FLAGS) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	struct stat status;
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0 || !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) {
		close(fd);
		return -EACCES;
	}
	table->open[at] = fd;
	return FILES_ROOT + 1 + (long)at;
}

static long close_do(struct table *table, const struct files_request *request, int descriptor)
{
	if (descriptor == table->directory)
		return -EBADF;
	close(descriptor);
	table->open[request->descriptor - FILES_ROOT - 1] = -1;
	return 0;
}

static long status_do(int descriptor, struct files_reply *reply)
{
	struct stat status;

	if (fstat(descriptor, &status) < 0)
		return -errno;
	reply->size = (uint64_t)status.st_size;
	reply->modified_ns = (uint64_t)status.st_mtim.tv_sec * 1000000000u + (uint64_t)status.st_mtim.tv_nsec;
	reply->directory = S_ISDIR(status.st_mode);
	return 0;
}

/* All of it, or an error. */
static long read_do(const struct files_request *request, int descriptor, struct files_reply *reply, uint8_t *out)
{
	uint32_t done = 0;

	while (done < request->length) {
		ssize_t count = pread(descriptor, out + done, request->length - done, (off_t)(request->offset + done));
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return count < 0 ? -errno : -EIO;
		done += (uint32_t)count;
	}
	reply->length = done;
	return 0;
}

static long write_do(const struct files_request *request, int descriptor, const uint8_t *bytes)
{
	uint32_t done = 0;

	while (done < request->length) {
		ssize_t count = pwrite(descriptor, bytes + done, request->length - done, (off_t)(request->offset + done));
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return count < 0 ? -errno : -EIO;
		done += (uint32_t)count;
	}
	return 0;
}

/* Names from number `offset` on, as many as fit; how many. */
static long list_do(const struct files_request *request, int descriptor, struct files_reply *reply, uint8_t *out)
{
	int again = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;
	uint64_t place = 0;
	long count = 0;

	if (!directory) {
		int error = errno;
		if (again >= 0)
			close(again);
		return -error;
	}
	while ((entry = readdir(directory))) {
		uint32_t length = (uint32_t)strlen(entry->d_name) + 1;
		if (!name_right(entry->d_name) || place++ < request->offset)
			continue;
		if (length > FILES_PART - reply->length)
			break;
		memcpy(out + reply->length, entry->d_name, length);
		reply->length += length;
		count++;
	}
	closedir(directory);
	return count;
}

static long rename_do(const struct table *table, const struct files_request *request, int descriptor)
{
	int other = descriptor_of(table, request->other);

	if (other < 0)
		return -EBADF;
	return name_right(request->new_name) ? result_of(renameat(descriptor, request->name, other, request->new_name)) : -EINVAL;
}

static long name_do(struct table *table, const struct files_request *request, int descriptor)
{
	if (!name_right(request->name))
		return -EINVAL;
	switch (request->operation) {
	case FILES_OPEN: return open_do(table, request, descriptor);
	case FILES_RENAME: return rename_do(table, request, descriptor);
	case FILES_UNLINK: return result_of(unlinkat(descriptor, request->name, request->flags & 1 ? AT_REMOVEDIR : 0));
	default: return result_of(mkdirat(descriptor, request->name, 0700));
	}
}

bool table_serve(struct table *table, const struct files_request *request, const uint8_t *bytes, struct files_reply *reply,
                 uint8_t *out)
{
	int descriptor = descriptor_of(table, request->descriptor);

	*reply = (struct files_reply){.magic = FILES_MAGIC};
	if (request->magic != FILES_MAGIC || request->operation >= FILES_OPERATIONS || request->length > FILES_PART)
		return false;
	if (descriptor < 0 || request->offset > INT64_MAX - FILES_PART) {
		reply->result = descriptor < 0 ? -EBADF : -EINVAL;
		return true;
	}
	switch (request->operation) {
	case FILES_CLOSE: reply->result = close_do(table, request, descriptor); break;
	case FILES_STATUS: reply->result = status_do(descriptor, reply); break;
	case FILES_SYNC: reply->result = result_of(fsync(descriptor)); break;
	case FILES_TRUNCATE: reply->result = result_of(ftruncate(descriptor, (off_t)request->offset)); break;
	case FILES_READ: reply->result = read_do(request, descriptor, reply, out); break;
	case FILES_WRITE: reply->result = write_do(request, descriptor, bytes); break;
	case FILES_LIST: reply->result = list_do(request, descriptor, reply, out); break;
	default: reply->result = name_do(table, request, descriptor); break;
	}
	return true;
}
