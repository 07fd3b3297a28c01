/* SPDX-License-Identifier: MIT */
/*
 * Files of server/host.h on another machine (files/protocol.h): the ROM "files" says which, as ADDRESS:PORT. A connection
 * that breaks takes all descriptors along, so whoever used one finds an error; the next call connects anew.
 */
#include <framework/env.h>
#include <framework/memory.h>
#include <framework/rom.h>

#include <files/protocol.h>

#include "server/host.h"
#include "server/net/stream.h"

enum { ERROR_IO = 5, ERROR_NAME = 36 };

static bool connected;

/* A number up to `most` and the character behind it. */
static bool number_read(const char **at, const char *end, uint32_t most, char behind, uint32_t *number)
{
	uint32_t value = 0;
	const char *start = *at;

	for (; *at < end && **at >= '0' && **at <= '9' && value <= most; ++*at)
		value = value * 10 + (uint32_t)(**at - '0');
	bool right = *at > start && value <= most && (*at == end ? !behind : **at == behind || (!behind && **at == '\n'));
	*number = value;
	*at += *at < end;
	return right;
}

static bool address_find(uint32_t *address, uint32_t *port)
{
	uint32_t byte;
	struct rom rom;

	if (rom_attach("files", &rom) != OK)
		return false;
	const char *at = (const char *)rom.bytes, *end = at + rom.size;
	*address = 0;
	for (uint32_t i = 0; i < 4; i++) {
		if (!number_read(&at, end, 255, i < 3 ? '.' : ':', &byte))
			return false;
		*address |= byte << 8 * i;
	}
	return number_read(&at, end, 65535, 0, port) && *port;
}

static bool connect_now(void)
{
	static uint32_t address, port;

	if (connected)
		return true;
	if (!port && !address_find(&address, &port)) {
		log_line("the ROM \"files\" is not ADDRESS:PORT");
		return false;
	}
	connected = stream_open(address, (uint16_t)port);
	if (!connected)
		log_line("no connection to the machine that has the files");
	return connected;
}

static void connection_drop(void)
{
	stream_close();
	connected = false;
}

/* One call; bytes that come back, at most `most`, go to `in`. */
static long call(struct files_request *request, const void *out, void *in, uint32_t most, struct files_reply *reply)
{
	if (!connect_now())
		return -ERROR_IO;
	request->magic = FILES_MAGIC;
	uint32_t length = out ? request->length : 0;
	if (!stream_send(request, sizeof *request) || (length && !stream_send(out, length)) ||
	    !stream_receive(reply, sizeof *reply) || reply->magic != FILES_MAGIC || reply->length > most ||
	    (reply->length && !stream_receive(in, reply->length))) {
		connection_drop();
		return -ERROR_IO;
	}
	return (long)reply->result;
}

static long simple(struct files_request *request)
{
	struct files_reply reply;

	return call(request, NULL, NULL, 0, &reply);
}

static bool name_put(char to[FILES_NAME], const char *name)
{
	size_t length = strlen(name);

	if (length >= FILES_NAME)
		return false;
	memcpy(to, name, length);
	return true;
}

long host_open(int directory, const char *name, int flags, int mode)
{
	struct files_request request = {.operation = FILES_OPEN, .descriptor = directory, .flags = (uint32_t)flags};

	(void)mode;
	return name_put(request.name, name) ? simple(&request) : -ERROR_NAME;
}

long host_close(int descriptor)
{
	struct files_request request = {.operation = FILES_CLOSE, .descriptor = descriptor};

	return connected ? simple(&request) : 0;
}

long host_status(int descriptor, struct host_status *status)
{
	struct files_request request = {.operation = FILES_STATUS, .descriptor = descriptor};
	struct files_reply reply;
	long result = call(&request, NULL, NULL, 0, &reply);

	if (result == 0)
		*status = (struct host_status){reply.size, reply.modified_ns, reply.directory};
	return result;
}

long host_sync(int descriptor)
{
	struct files_request request = {.operation = FILES_SYNC, .descriptor = descriptor};

	return simple(&request);
}

long host_truncate(int descriptor, uint64_t size)
{
	struct files_request request = {.operation = FILES_TRUNCATE, .descriptor = descriptor, .offset = size};

	return simple(&request);
}

long host_rename(int directory, const char *from, int to_directory, const char *to)
{
	struct files_request request = {.operation = FILES_RENAME, .descriptor = directory, .other = to_directory};

	return name_put(request.name, from) && name_put(request.new_name, to) ? simple(&request) : -ERROR_NAME;
}

long host_unlink(int directory, const char *name, bool is_directory)
{
	struct files_request request = {.operation = FILES_UNLINK, .descriptor = directory, .flags = is_directory};

	return name_put(request.name, name) ? simple(&request) : -ERROR_NAME;
}

long host_make_directory(int directory, const char *name, int mode)
{
	struct files_request request = {.operation = FILES_MAKE_DIRECTORY, .descriptor = directory};

	(void)mode;
	return name_put(request.name, name) ? simple(&request) : -ERROR_NAME;
}

long host_read_at(int descriptor, void *to, uint64_t size, uint64_t offset)
{
	uint8_t *at = to;

	while (size) {
		uint32_t part = size < FILES_PART ? (uint32_t)size : FILES_PART;
		struct files_request request = {.operation = FILES_READ, .descriptor = descriptor, .length = part, .offset = offset};
		struct files_reply reply;
		long result = call(&request, NULL, at, part, &reply);
		if (result < 0 || reply.length != part)
			return result < 0 ? result : -ERROR_IO;
		at += part;
		offset += part;
		size -= part;
	}
	return 0;
}

long host_write_at(int descriptor, const void *from, uint64_t size, uint64_t offset)
{
	const uint8_t *at = from;

	while (size) {
		uint32_t part = size < FILES_PART ? (uint32_t)size : FILES_PART;
		struct files_request request = {.operation = FILES_WRITE, .descriptor = descriptor, .length = part, .offset = offset};
		struct files_reply reply;
		long result = call(&request, at, NULL, 0, &reply);
		if (result < 0)
			return result;
		at += part;
		offset += part;
		size -= part;
	}
	return 0;
}

/* All names first, in pieces: `each` may unlink what it is shown. */
long host_list(int directory, bool (*each)(void *context, const char *name), void *context)
{
	static char names[4 * FILES_PART];
	uint32_t used = 0;
	uint64_t count = 0;

	for (;;) {
		struct files_request request = {.operation = FILES_LIST, .descriptor = directory, .offset = count};
		struct files_reply reply;
		if (used > sizeof names - FILES_PART)
			return -HOST_ENOSPC;
		long result = call(&request, NULL, names + used, FILES_PART, &reply);
		if (result < 0)
			return result;
		if (!reply.length)
			break;
		if (names[used + reply.length - 1])
			return -ERROR_IO;
		used += reply.length;
		count += (uint64_t)result;
	}
	for (uint32_t at = 0; at < used; at += (uint32_t)strlen(names + at) + 1)
		if (!each(context, names + at))
			break;
	return 0;
}
