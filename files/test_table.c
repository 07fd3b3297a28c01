/* SPDX-License-Identifier: MIT */
/* The calls of rtcr-files: names that would lead out, links, devices, descriptors that are none, and any bytes at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/table.h"

static struct table table;
static struct files_reply reply;
static uint8_t in[FILES_PART], out[FILES_PART];
static unsigned failed;

#define CHECK(condition) ((condition) ? 0 : (printf("line %d: not (%s)\n", __LINE__, #condition), failed++))

static long call(uint32_t operation, int32_t descriptor, const char *name, const char *new_name, uint32_t flags,
                 uint32_t length, uint64_t offset)
{
	struct files_request request = {.magic = FILES_MAGIC, .operation = operation, .descriptor = descriptor, .other = FILES_ROOT,
	                                .flags = flags, .length = length, .offset = offset};

	memcpy(request.name, name, strlen(name));
	memcpy(request.new_name, new_name, strlen(new_name));
	return table_serve(&table, &request, in, &reply, out) ? (long)reply.result : 1000000;
}

static void outside(void)
{
	static const char *const names[] = {"..", ".", "", "/etc/passwd", "../x", "a/../../x", "a/b"};

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		CHECK(call(FILES_OPEN, FILES_ROOT, names[i], "", O_CREAT | O_RDWR, 0, 0) == -EINVAL);
		CHECK(call(FILES_UNLINK, FILES_ROOT, names[i], "", 0, 0, 0) == -EINVAL);
		CHECK(call(FILES_MAKE_DIRECTORY, FILES_ROOT, names[i], "", 0, 0, 0) == -EINVAL);
		CHECK(call(FILES_RENAME, FILES_ROOT, "a", names[i], 0, 0, 0) == -EINVAL);
		CHECK(call(FILES_RENAME, FILES_ROOT, names[i], "a", 0, 0, 0) == -EINVAL);
	}
	CHECK(symlinkat("/etc/passwd", table.directory, "link") == 0 && mkfifoat(table.directory, "pipe", 0600) == 0);
	CHECK(call(FILES_OPEN, FILES_ROOT, "link", "", O_RDONLY, 0, 0) == -ELOOP);
	CHECK(call(FILES_OPEN, FILES_ROOT, "pipe", "", O_RDONLY, 0, 0) == -EACCES);
	CHECK(call(FILES_OPEN, FILES_ROOT, "pipe", "", O_WRONLY, 0, 0) < 0);
}

static void used(void)
{
	long file = call(FILES_OPEN, FILES_ROOT, "a", "", O_CREAT | O_RDWR, 0, 0);

	memset(in, 'x', sizeof in);
	CHECK(file == FILES_ROOT + 1);
	CHECK(call(FILES_WRITE, (int32_t)file, "", "", 0, FILES_PART, 5) == 0);
	CHECK(call(FILES_READ, (int32_t)file, "", "", 0, 10, 0) == 0 && reply.length == 10 && !out[4] && out[5] == 'x');
	CHECK(call(FILES_READ, (int32_t)file, "", "", 0, 10, FILES_PART) == -EIO && !reply.length);
	CHECK(call(FILES_STATUS, (int32_t)file, "", "", 0, 0, 0) == 0 && reply.size == FILES_PART + 5 && !reply.directory);
	CHECK(call(FILES_TRUNCATE, (int32_t)file, "", "", 0, 0, 3) == 0 && call(FILES_SYNC, (int32_t)file, "", "", 0, 0, 0) == 0);
	CHECK(call(FILES_RENAME, FILES_ROOT, "a", "b", 0, 0, 0) == 0 && call(FILES_LIST, FILES_ROOT, "", "", 0, 0, 0) == 3);
	CHECK(call(FILES_LIST, FILES_ROOT, "", "", 0, 0, 3) == 0 && call(FILES_LIST, (int32_t)file, "", "", 0, 0, 0) < 0);
	CHECK(call(FILES_CLOSE, (int32_t)file, "", "", 0, 0, 0) == 0 && call(FILES_CLOSE, (int32_t)file, "", "", 0, 0, 0) == -EBADF);
	CHECK(call(FILES_CLOSE, FILES_ROOT, "", "", 0, 0, 0) == -EBADF && call(FILES_READ, -1, "", "", 0, 1, 0) == -EBADF);
	CHECK(call(FILES_READ, INT32_MAX, "", "", 0, 1, 0) == -EBADF && call(FILES_READ, FILES_ROOT, "", "", 0, 1, UINT64_MAX) < 0);
	CHECK(call(FILES_READ, FILES_ROOT, "", "", 0, FILES_PART + 1, 0) == 1000000);
	CHECK(call(FILES_OPERATIONS, FILES_ROOT, "", "", 0, 0, 0) == 1000000);
	for (int i = 0; i < FILES_DESCRIPTORS; i++)
		CHECK(call(FILES_OPEN, FILES_ROOT, "b", "", O_RDONLY, 0, 0) > 0);
	CHECK(call(FILES_OPEN, FILES_ROOT, "b", "", O_RDONLY, 0, 0) == -EMFILE);
	table_clear(&table);
}

/* Nothing but the directory changes, and nothing breaks; names are short ones, so that they meet. */
static void any(void)
{
	struct files_request request;
	unsigned seed = 7;

	for (int i = 0; i < 20000; i++) {
		for (unsigned at = 0; at < sizeof request; at++)
			((uint8_t *)&request)[at] = (uint8_t)rand_r(&seed);
		request.magic = FILES_MAGIC;
		request.operation %= FILES_OPERATIONS;
		request.descriptor = request.descriptor % 16 + 5;
		request.other = request.other % 16 + 5;
		request.length %= 2 * FILES_PART;
		request.offset %= (uint64_t)1 << (request.flags >> 28 ? 16 : 63);
		for (int n = 0; n < 2; n++) {
			char *name = n ? request.new_name : request.name;
			name[0] = "abc./"[(unsigned char)name[0] % 5];
			name[1] = "\0.a/"[(unsigned char)name[1] % 4];
			name[2] = rand_r(&seed) % 10 ? 0 : name[2];
		}
		bool kept = table_serve(&table, &request, in, &reply, out);
		CHECK(kept == (request.length <= FILES_PART) && reply.length <= FILES_PART);
	}
	table_clear(&table);
}

int main(void)
{
	char place[] = "/tmp/rtcr-files-XXXXXX", inner[64], command[96];

	if (!mkdtemp(place))
		return 1;
	snprintf(inner, sizeof inner, "%s/inner", place);
	if (mkdir(inner, 0700) < 0)
		return 1;
	table_init(&table, open(inner, O_RDONLY | O_DIRECTORY));
	outside();
	used();
	any();
	snprintf(command, sizeof command, "[ \"$(ls -A %s)\" = inner ]", place);
	CHECK(system(command) == 0);
	snprintf(command, sizeof command, "rm -rf %s", place);
	CHECK(system(command) == 0);
	printf("%u failed\n", failed);
	return failed ? 1 : 0;
}
