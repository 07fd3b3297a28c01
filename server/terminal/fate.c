/* SPDX-License-Identifier: MIT */
/* Fates and the names of terminals, see fate.h. */
#include <framework/format.h>
#include <framework/memory.h>
#include <terminal/session.h>

#include "server/host.h"
#include "server/terminal/fate.h"

enum { PATH = NAME_SIZE + 16 };
#define FATE_NEW ".fate-new"

static void path_make(char path[PATH], const char *name)
{
	text_format(path, PATH, "%s.fate", name);
}

long fate_write(const char *name, const void *bytes, uint32_t size)
{
	char path[PATH];
	long file = host_open(HOST_GRANT, FATE_NEW, HOST_READ_WRITE | HOST_CREATE | HOST_TRUNCATE, 0600);

	if (file < 0)
		return file;
	long result = host_write_at((int)file, bytes, size, 0);
	host_close((int)file);
	path_make(path, name);
	if (result == 0)
		result = host_rename(HOST_GRANT, FATE_NEW, HOST_GRANT, path);
	if (result < 0)
		host_unlink(HOST_GRANT, FATE_NEW, false);
	return result;
}

void fate_remove(const char *name)
{
	char path[PATH];

	path_make(path, name);
	host_unlink(HOST_GRANT, path, false);
}

uint32_t fate_read(const char *name, void *to)
{
	struct host_status status;
	char path[PATH];

	path_make(path, name);
	long file = host_open(HOST_GRANT, path, HOST_READ, 0);
	if (file < 0)
		return 0;
	uint32_t size = 0;
	if (host_status((int)file, &status) == 0 && status.size <= TERMINAL_FATE)
		size = (uint32_t)status.size;
	if (size && host_read_at((int)file, to, size, 0) < 0)
		size = 0;
	host_close((int)file);
	/* One that is there and cannot be read is not the same as none. */
	if (!size)
		*(uint8_t *)to = 0;
	return size ? size : 1;
}

static bool ends_in(const char *text, size_t length, const char *suffix, size_t *before)
{
	size_t size = strlen(suffix);

	if (length <= size || memcmp(text + length - size, suffix, size) != 0)
		return false;
	*before = length - size;
	return true;
}

/* NAME.output, NAME.output.N, NAME.input, NAME.ended, NAME.fate. */
static bool name_of(const char *file, char name[NAME_SIZE])
{
	size_t length = strlen(file), before = 0, digits = length;

	while (digits && file[digits - 1] >= '0' && file[digits - 1] <= '9')
		digits--;
	if (digits < length && digits && file[digits - 1] == '.')
		length = ends_in(file, digits - 1, ".output", &before) ? digits - 1 : 0;
	if (!ends_in(file, length, ".output", &before) && !ends_in(file, length, ".input", &before) &&
	    !ends_in(file, length, ".ended", &before) && !ends_in(file, length, ".fate", &before))
		return false;
	if (before >= NAME_SIZE)
		return false;
	memcpy(name, file, before);
	name[before] = 0;
	return name_valid(name);
}

struct search {
	const char *after;
	char *best;
};

static bool search_look(void *context, const char *file)
{
	struct search *search = context;
	char name[NAME_SIZE];

	if (name_of(file, name) && strcmp(name, search->after) > 0 && (!search->best[0] || strcmp(name, search->best) < 0))
		text_copy(search->best, NAME_SIZE, name);
	return true;
}

err_t terminal_name_after(const char *after, char name[NAME_SIZE])
{
	struct search search = {after, name};

	name[0] = 0;
	if (host_list(HOST_GRANT, search_look, &search) < 0)
		return ERR_IO;
	return name[0] ? OK : ERR_NOT_FOUND;
}
