/* SPDX-License-Identifier: MIT */
/* The file system in memory, see disk.h. Linux's errors, as far as server/store/file.c can meet them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/host.h"
#include "test/faults/disk.h"

enum { FATES = 4, FATE_NONE = 0, FATE_WHOLE, FATE_ZEROS, FATE_HALF };

struct disk *disk;
void (*disk_changed)(void);
uint32_t disk_failing;

static void must(bool right, const char *what)
{
	if (!right) {
		fprintf(stderr, "the disk of this test is misused or too small: %s\n", what);
		abort();
	}
}

static int inode_make(bool directory)
{
	must(disk->inode_count < DISK_INODES, "inodes");
	disk->inodes[disk->inode_count] = (struct inode){.directory = directory};
	return (int)disk->inode_count++;
}

static void descriptors_close(struct disk *of)
{
	for (unsigned i = 0; i < sizeof of->descriptors / sizeof *of->descriptors; i++)
		of->descriptors[i] = -1;
	of->descriptors[HOST_GRANT] = 0;
}

void disk_init(struct disk *fresh)
{
	memset(fresh, 0, sizeof *fresh);
	disk = fresh;
	inode_make(true);
	descriptors_close(fresh);
}

static struct inode *inode_of(int descriptor)
{
	must(descriptor >= 0 && descriptor < 16 && disk->descriptors[descriptor] >= 0, "a descriptor that is not open");
	return &disk->inodes[disk->descriptors[descriptor]];
}

static bool fails_now(void)
{
	return disk_failing && !--disk_failing;
}

static long done(void)
{
	if (disk_changed)
		disk_changed();
	return 0;
}

static struct entry *entry_find(struct entry *entries, const char *name)
{
	for (int i = 0; i < DISK_ENTRIES; i++)
		if (strcmp(entries[i].name, name) == 0)
			return &entries[i];
	return NULL;
}

static void entries_change(struct entry *entries, const struct change *change)
{
	struct entry *gone = change->gone[0] ? entry_find(entries, change->gone) : NULL;

	if (gone)
		gone->name[0] = 0;
	if (!change->made[0])
		return;
	struct entry *made = entry_find(entries, change->made);
	if (!made)
		made = entry_find(entries, "");
	must(made != NULL, "entries of a directory");
	strcpy(made->name, change->made);
	made->inode = change->inode;
}

static void directory_change(struct inode *directory, const char *gone, const char *made, int inode)
{
	must(directory->change_count < DISK_CHANGES, "changes of a directory");
	struct change *change = &directory->changes[directory->change_count++];
	snprintf(change->gone, DISK_NAME, "%s", gone);
	snprintf(change->made, DISK_NAME, "%s", made);
	change->inode = inode;
	entries_change(directory->entries, change);
}

long host_open(int directory, const char *name, int flags, int mode)
{
	struct inode *in = inode_of(directory);
	struct entry *entry = entry_find(in->entries, name);
	bool wants_directory = flags & HOST_DIRECTORY;
	int descriptor = 0;

	(void)mode;
	must(in->directory && name[0], "open below what is no directory");
	if (!entry && !(flags & HOST_CREATE))
		return -ENOENT;
	if (!entry && fails_now())
		return -ENOSPC;
	if (entry && disk->inodes[entry->inode].directory != wants_directory)
		return wants_directory ? -ENOTDIR : -EISDIR;
	int inode = entry ? entry->inode : inode_make(false);
	while (disk->descriptors[descriptor] >= 0)
		must(++descriptor < 16, "descriptors");
	disk->descriptors[descriptor] = inode;
	if (!entry) {
		directory_change(in, "", name, inode);
		done();
	} else if (flags & HOST_TRUNCATE) {
		disk->inodes[inode].size = 0;
		disk->inodes[inode].unsynced = true;
		done();
	}
	return descriptor;
}

long host_close(int descriptor)
{
	must(inode_of(descriptor) != NULL, "close");
	disk->descriptors[descriptor] = -1;
	return 0;
}

long host_read_at(int descriptor, void *to, uint64_t size, uint64_t offset)
{
	const struct inode *inode = inode_of(descriptor);

	if (offset > inode->size || size > inode->size - offset)
		return -ENOSPC;
	memcpy(to, inode->bytes + offset, size);
	return 0;
}

long host_write_at(int descriptor, const void *from, uint64_t size, uint64_t offset)
{
	struct inode *inode = inode_of(descriptor);
	bool full = fails_now();
	uint64_t part = full ? size / 2 : size;

	must(offset == inode->size && size <= DISK_BYTES - offset, "size of a file");
	memcpy(inode->bytes + offset, from, part);
	inode->size += (uint32_t)part;
	inode->unsynced = true;
	done();
	return full ? -ENOSPC : 0;
}

long host_status(int descriptor, struct host_status *status)
{
	const struct inode *inode = inode_of(descriptor);

	*status = (struct host_status){.size = inode->size, .directory = inode->directory};
	return 0;
}

long host_sync(int descriptor)
{
	struct inode *inode = inode_of(descriptor);

	if (fails_now()) {
		inode->lost |= inode->unsynced;
		return -EIO;
	}
	if (inode->unsynced && !inode->lost) {
		inode->durable_size = inode->size;
		memcpy(inode->durable_bytes, inode->bytes, sizeof inode->bytes);
		inode->unsynced = false;
	}
	memcpy(inode->durable_entries, inode->entries, sizeof inode->entries);
	inode->change_count = 0;
	return done();
}

long host_rename(int directory, const char *from, int to_directory, const char *to)
{
	struct inode *in = inode_of(directory);
	const struct entry *entry = entry_find(in->entries, from);

	must(in == inode_of(to_directory), "rename to another directory");
	if (!entry)
		return -ENOENT;
	if (fails_now())
		return -EIO;
	directory_change(in, from, to, entry->inode);
	return done();
}

long host_unlink(int directory, const char *name, bool is_directory)
{
	static const struct entry none[DISK_ENTRIES];
	struct inode *in = inode_of(directory);
	const struct entry *entry = entry_find(in->entries, name);

	if (!entry)
		return -ENOENT;
	if (disk->inodes[entry->inode].directory != is_directory)
		return is_directory ? -ENOTDIR : -EISDIR;
	for (int i = 0; is_directory && i < DISK_ENTRIES; i++)
		if (disk->inodes[entry->inode].entries[i].name[0] != none[i].name[0])
			return -ENOTEMPTY;
	if (fails_now())
		return -EIO;
	directory_change(in, name, "", entry->inode);
	return done();
}

long host_make_directory(int directory, const char *name, int mode)
{
	struct inode *in = inode_of(directory);

	(void)mode;
	if (entry_find(in->entries, name))
		return -EEXIST;
	if (fails_now())
		return -ENOSPC;
	directory_change(in, "", name, inode_make(true));
	return done();
}

long host_list(int directory, bool (*each)(void *context, const char *name), void *context)
{
	struct entry seen[DISK_ENTRIES];

	memcpy(seen, inode_of(directory)->entries, sizeof seen);
	for (int i = 0; i < DISK_ENTRIES; i++)
		if (seen[i].name[0] && !each(context, seen[i].name))
			return 0;
	return 0;
}

const char *host_sentence(long error)
{
	return strerror((int)-error);
}

uint64_t disk_state_count(const struct disk *from)
{
	uint64_t count = 1;

	for (uint32_t i = 0; i < from->inode_count; i++) {
		const struct inode *inode = &from->inodes[i];
		count *= inode->unsynced ? FATES : 1ull << inode->change_count;
	}
	return count;
}

static void file_fate(struct inode *file, uint32_t fate)
{
	if (fate == FATE_NONE) {
		file->size = file->durable_size;
		memcpy(file->bytes, file->durable_bytes, sizeof file->bytes);
	} else if (fate == FATE_ZEROS) {
		memset(file->bytes, 0, sizeof file->bytes);
	} else if (fate == FATE_HALF) {
		file->size /= 2;
	}
}

static void directory_fate(struct inode *directory, uint64_t chosen)
{
	memcpy(directory->entries, directory->durable_entries, sizeof directory->entries);
	for (uint32_t i = 0; i < directory->change_count; i++)
		if (chosen >> i & 1)
			entries_change(directory->entries, &directory->changes[i]);
}

void disk_state(const struct disk *from, uint64_t n, struct disk *to)
{
	memcpy(to, from, sizeof *to);
	for (uint32_t i = 0; i < to->inode_count; i++) {
		struct inode *inode = &to->inodes[i];
		uint64_t fates = inode->unsynced ? FATES : 1ull << inode->change_count;
		if (inode->unsynced)
			file_fate(inode, (uint32_t)(n % fates));
		else
			directory_fate(inode, n % fates);
		n /= fates;
		inode->durable_size = inode->size;
		memcpy(inode->durable_bytes, inode->bytes, sizeof inode->bytes);
		memcpy(inode->durable_entries, inode->entries, sizeof inode->entries);
		inode->change_count = 0;
		inode->unsynced = inode->lost = false;
	}
	descriptors_close(to);
}

void disk_orphan(const struct disk *from, struct disk *to)
{
	memcpy(to, from, sizeof *to);
	descriptors_close(to);
}
