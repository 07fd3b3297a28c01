/* SPDX-License-Identifier: MIT */
/*
 * memory_test: files in memory (memory.c, content.c) against a model: writes, reads, truncations, renames and removals at
 * random, also of what is open and while memory or addresses run out. After every call sizes and bytes are those of the
 * model, what fails changes nothing that is visible, and when all files are gone no dataspace is left.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <framework/env.h>
#include <framework/heap.h>

#include "server/host.h"

enum { FILES = 6, SIZE_MOST = 3 << 20, PART_MOST = 1 << 20, MOVES = 6000, DATASPACES = 512 };

static struct dataspace {
	uint8_t *bytes;
	uint64_t size;
	bool shown;
} dataspaces[DATASPACES];
static uint64_t room = 8 << 20;        /* bytes that may be allocated still */
static uint32_t live, shown;
static bool no_addresses;
static unsigned seed = 1;

static struct model {
	bool there;
	uint64_t size;
	uint8_t *bytes;
} model[FILES];
static uint8_t part[PART_MOST];
static int failed;

static unsigned draw(unsigned below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % below;
}

static void must(bool right, const char *what)
{
	if (right)
		return;
	printf("failed: %s\n", what);
	failed++;
}

/* What content.c stands on: slots are numbers of dataspaces, from 1 on. */
err_t ds_alloc(uint64_t size, ds_t *ds)
{
	slot_t slot = 1;

	while (slot < DATASPACES && dataspaces[slot].bytes)
		slot++;
	if (size > room || slot == DATASPACES)
		return ERR_MEMORY_QUOTA;
	dataspaces[slot] = (struct dataspace){calloc(1, size), size, false};
	room -= size;
	live++;
	*ds = (ds_t){slot};
	return OK;
}

void ds_free(ds_t ds)
{
	struct dataspace *freed = &dataspaces[ds.slot];

	must(freed->bytes && !freed->shown, "a dataspace is freed once, when it is not shown");
	room += freed->size;
	live--;
	free(freed->bytes);
	*freed = (struct dataspace){0};
}

err_t ds_attach(ds_t ds, uint64_t offset, uint64_t size, uint32_t rights, uint32_t flags, void **address)
{
	(void)rights, (void)flags;
	if (no_addresses)
		return ERR_RANGE;
	must(!offset && !size && !dataspaces[ds.slot].shown, "a whole dataspace is attached, once");
	dataspaces[ds.slot].shown = true;
	shown++;
	*address = dataspaces[ds.slot].bytes;
	return OK;
}

void ds_detach(void *address, uint64_t size)
{
	struct dataspace *at = dataspaces;

	while (at < dataspaces + DATASPACES && at->bytes != address)
		at++;
	must(at < dataspaces + DATASPACES && at->shown && at->size == size, "what is attached is detached as it is");
	at->shown = false;
	shown--;
}

void *heap_alloc(size_t size)
{
	return calloc(1, size);
}

void heap_free(void *block)
{
	free(block);
}

uint64_t clock_real(void)
{
	return 1;
}

static void name_of(unsigned n, char name[16])
{
	snprintf(name, 16, "file-%u", n);
}

/* Opens it, and checks that it is there as it should be. -1: it is not. */
static int file_open(unsigned n, int flags)
{
	char name[16];

	name_of(n, name);
	long file = host_open(HOST_GRANT, name, HOST_READ_WRITE | flags, 0);
	must(model[n].there || flags & HOST_CREATE ? file >= 0 : file == -HOST_ENOENT, "a file is found where there is one");
	if (file < 0)
		return -1;
	if (!model[n].there)
		model[n].size = 0;
	model[n].there = true;
	return (int)file;
}

static void file_check(unsigned n)
{
	static uint8_t bytes[SIZE_MOST];
	struct host_status status;
	int file = file_open(n, 0);

	if (file < 0)
		return;
	must(host_status(file, &status) == 0 && status.size == model[n].size && !status.directory, "a file has its size");
	must(host_read_at(file, bytes, model[n].size, 0) == 0 && memcmp(bytes, model[n].bytes, model[n].size) == 0,
	     "a file has its bytes, zeros where nothing was written");
	must(host_read_at(file, bytes, 1, model[n].size) < 0 && host_read_at(file, bytes, 2, UINT64_MAX) < 0,
	     "nothing is read beyond the end");
	must(host_close(file) == 0, "a file is closed");
}

static void file_write(unsigned n)
{
	uint64_t size = draw(4) ? draw(5000) : draw(PART_MOST), offset = draw(SIZE_MOST - (unsigned)size);
	int file = file_open(n, HOST_CREATE);

	memset(part, (int)draw(255) + 1, size);
	no_addresses = !draw(20);
	uint64_t old = model[n].size;
	if (host_write_at(file, part, size, offset) == 0) {
		if (offset > old)
			memset(model[n].bytes + old, 0, offset - old);
		memcpy(model[n].bytes + offset, part, size);
		model[n].size = offset + size > old ? offset + size : old;
	} else if (no_addresses && offset < old) {
		/* What lies inside may be written in part: what it is now is what it is. */
		no_addresses = false;
		must(host_read_at(file, model[n].bytes, old, 0) == 0, "a file can be read after a write that failed");
	}
	no_addresses = false;
	must(host_write_at(file, part, UINT64_MAX, 2) < 0, "a range without an end is refused");
	host_close(file);
}

static void file_cut(unsigned n)
{
	uint64_t size = draw(SIZE_MOST), old = model[n].size;
	int file = file_open(n, 0);

	if (file < 0)
		return;
	if (host_truncate(file, size) == 0) {
		if (size > old)
			memset(model[n].bytes + old, 0, size - old);
		model[n].size = size;
	} else {
		must(size > old, "a file is made shorter whatever happens");
	}
	host_close(file);
}

static void file_rename(unsigned n, unsigned to)
{
	char from_name[16], to_name[16];

	name_of(n, from_name);
	name_of(to, to_name);
	long result = host_rename(HOST_GRANT, from_name, HOST_GRANT, to_name);
	must(model[n].there ? result == 0 : result == -HOST_ENOENT, "what is there is renamed");
	if (result || n == to)
		return;
	struct model moved = model[n];
	model[n] = (struct model){false, 0, model[to].bytes};
	model[to] = moved;
}

/* Also while it is open: then it can be read until it is closed. */
static void file_remove(unsigned n, bool open)
{
	char name[16];
	uint8_t byte;
	int file = open ? file_open(n, 0) : -1;

	name_of(n, name);
	must(host_unlink(HOST_GRANT, name, false) == (model[n].there ? 0 : -HOST_ENOENT), "what is there is removed");
	if (file >= 0) {
		must(!model[n].size || (host_read_at(file, &byte, 1, 0) == 0 && byte == model[n].bytes[0]),
		     "what is open can be read without a name");
		must(host_open(HOST_GRANT, name, HOST_READ, 0) == -HOST_ENOENT, "but not be opened again");
		host_close(file);
	}
	model[n].there = false;
	model[n].size = 0;
}

static bool each_remove(void *context, const char *name)
{
	++*(unsigned *)context;
	must(host_unlink(HOST_GRANT, name, false) == 0, "what is listed can be removed meanwhile");
	return true;
}

static void directories_test(void)
{
	must(host_make_directory(HOST_GRANT, "folder", 0) == 0 && host_make_directory(HOST_GRANT, "folder", 0) == -HOST_EEXIST,
	     "a directory is made once");
	int folder = (int)host_open(HOST_GRANT, "folder", HOST_DIRECTORY, 0);
	long file = host_open(folder, "one", HOST_READ_WRITE | HOST_CREATE | HOST_EXCLUSIVE, 0);
	must(folder >= 0 && file >= 0, "a file is made in a directory");
	must(host_open(folder, "one", HOST_CREATE | HOST_EXCLUSIVE, 0) == -HOST_EEXIST, "but not where there is one");
	must(host_open(folder, "one", HOST_DIRECTORY, 0) < 0 && host_open((int)file, "two", HOST_CREATE, 0) < 0,
	     "a file is no directory");
	must(host_unlink(HOST_GRANT, "folder", true) < 0 && host_unlink(HOST_GRANT, "folder", false) < 0,
	     "a directory that holds something stays");
	must(host_write_at(folder, part, 1, 0) < 0 && host_truncate(folder, 0) < 0, "a directory is not written");
	must(host_unlink(folder, "one", false) == 0 && host_unlink(HOST_GRANT, "folder", true) == 0, "an empty one goes");
	must(host_close((int)file) == 0 && host_close(folder) == 0, "both are closed");
	must(host_close(folder) < 0 && host_close(HOST_GRANT) < 0 && host_close(-1) < 0 && host_sync(1 << 30) < 0,
	     "only what is open is closed");
}

int main(void)
{
	unsigned listed = 0, there = 0;

	for (unsigned n = 0; n < FILES; n++)
		model[n].bytes = malloc(SIZE_MOST);
	directories_test();
	for (unsigned move = 0; move < MOVES && !failed; move++) {
		unsigned n = draw(FILES), kind = draw(10);
		if (kind < 5)
			file_write(n);
		else if (kind < 7)
			file_cut(n);
		else if (kind < 8)
			file_rename(n, draw(FILES));
		else if (kind < 9)
			file_remove(n, draw(2));
		must(shown <= 1, "one piece is attached at a time");
		file_check(draw(FILES));
	}
	for (unsigned n = 0; n < FILES; n++)
		there += model[n].there;
	must(host_list(HOST_GRANT, each_remove, &listed) == 0 && listed == there, "all that is there is listed");
	must(!live && !shown && room == 8 << 20, "nothing is left of files that are gone");
	for (unsigned n = 0; n < FILES; n++)
		free(model[n].bytes);
	printf("%d passed, %d failed: %d moves\n", !failed, failed, MOVES);
	return failed != 0;
}
