/* SPDX-License-Identifier: MIT */
/* Files of records that are not current, see past.h. */
#include <framework/format.h>
#include <framework/memory.h>

#include <inttypes.h>

#include "server/host.h"
#include "server/name.h"
#include "server/terminal/past.h"

enum { PATH = NAME_SIZE + 40, PIECE = 65536 };

struct search {
	const char *name;
	uint64_t from, found;     /* least number at least `from` */
};

static void path_make(char path[PATH], const char *name, uint64_t generation)
{
	if (generation)
		text_format(path, PATH, "%s.output.%" PRIu64, name, generation);
	else
		text_format(path, PATH, "%s.output", name);
}

/* The number behind "NAME.output.", 0 if `file` is none of these. */
static uint64_t number_of(const char *file, const char *name)
{
	char start[PATH];
	uint64_t number = 0;

	text_format(start, sizeof start, "%s.output.", name);
	size_t length = strlen(start);
	if (strncmp(file, start, length) != 0)
		return 0;
	for (file += length; *file >= '0' && *file <= '9' && number < UINT64_MAX / 100; file++)
		number = number * 10 + (uint64_t)(*file - '0');
	return *file ? 0 : number;
}

static bool search_look(void *context, const char *file)
{
	struct search *search = context;
	uint64_t number = number_of(file, search->name);

	if (number >= search->from && number && (!search->found || number < search->found))
		search->found = number;
	return true;
}

uint64_t past_find(const char *name, uint64_t generation)
{
	struct search search = {name, generation, 0};

	host_list(HOST_GRANT, search_look, &search);
	return search.found;
}

long past_keep(const char *name, uint64_t generation)
{
	char from[PATH], to[PATH];

	path_make(from, name, 0);
	path_make(to, name, generation);
	return host_rename(HOST_GRANT, from, HOST_GRANT, to);
}

long past_size(const char *name, uint64_t generation, uint64_t *size)
{
	struct host_status status;
	char path[PATH];

	path_make(path, name, generation);
	long file = host_open(HOST_GRANT, path, HOST_READ, 0);
	if (file < 0)
		return file;
	long result = host_status((int)file, &status);
	host_close((int)file);
	if (result == 0)
		*size = status.size;
	return result;
}

static long bytes_copy(int from, int to, uint64_t size)
{
	static uint8_t piece[PIECE];
	long result = 0;

	for (uint64_t at = 0; at < size && result == 0;) {
		uint64_t part = size - at < PIECE ? size - at : PIECE;
		result = host_read_at(from, piece, part, at);
		if (result == 0)
			result = host_write_at(to, piece, part, at);
		at += part;
	}
	return result;
}

long past_copy(const char *name, uint64_t generation, uint64_t size)
{
	char path[PATH];

	path_make(path, name, generation);
	long from = host_open(HOST_GRANT, path, HOST_READ, 0);
	if (from < 0)
		return from;
	path_make(path, name, 0);
	long to = host_open(HOST_GRANT, path, HOST_READ_WRITE | HOST_CREATE | HOST_TRUNCATE, 0600);
	long result = to < 0 ? to : bytes_copy((int)from, (int)to, size);
	host_close((int)from);
	if (result < 0 && to >= 0)
		host_close((int)to);
	return result < 0 ? result : to;
}

void past_forget(const char *name)
{
	char path[PATH];
	uint64_t number;

	while ((number = past_find(name, 1)) != 0) {
		path_make(path, name, number);
		if (host_unlink(HOST_GRANT, path, false) < 0)
			return;
	}
}
