/* SPDX-License-Identifier: MIT */
/* Bytes run around a ring of threads connected by pipes, in chunks of odd sizes, with data always
 * in flight: the source counts, the relays pass on, the sink checks every byte and the end. */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "test/checkpoint/subject.h"

SUBJECT(pipes, "pipes lose, double and reorder no byte");

enum { RELAYS = 2, PER_STEP = 150000, CHUNK = 4099 };
static int ends[RELAYS + 1][2];
static uint64_t total;

static uint8_t byte_at(uint64_t position)
{
	return (uint8_t)(position ^ position >> 8 ^ position >> 16 ^ position >> 24);
}

static void bytes_write(int file, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t written = write(file, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		subject_check(written > 0, "write: errno %d", errno);
		bytes += written;
		size -= (size_t)written;
	}
}

static ssize_t bytes_read(int file, uint8_t *bytes, size_t size)
{
	ssize_t count;

	while ((count = read(file, bytes, size)) < 0)
		subject_check(errno == EINTR, "read: errno %d", errno);
	return count;
}

static void *source_run(void *argument)
{
	uint8_t bytes[CHUNK];

	for (uint64_t position = 0; position < total;) {
		size_t size = 1 + subject_mix(position) % CHUNK;

		if (size > total - position)
			size = total - position;
		for (size_t i = 0; i < size; i++)
			bytes[i] = byte_at(position + i);
		bytes_write(ends[0][1], bytes, size);
		position += size;
	}
	subject_check(close(ends[0][1]) == 0, "close");
	return argument;
}

static void *relay_run(void *argument)
{
	uintptr_t number = (uintptr_t)argument;
	uint8_t bytes[CHUNK / 3];
	ssize_t count;

	while ((count = bytes_read(ends[number][0], bytes, sizeof(bytes))) > 0)
		bytes_write(ends[number + 1][1], bytes, (size_t)count);
	subject_check(close(ends[number + 1][1]) == 0, "close");
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned long steps = subject_begin(argc, argv);
	pthread_t threads[RELAYS + 1];
	uint64_t position = 0, result = 0;
	uint8_t bytes[CHUNK];
	ssize_t count;

	total = steps * PER_STEP;
	for (int i = 0; i <= RELAYS; i++)
		subject_check(pipe(ends[i]) == 0, "pipe %d: errno %d", i, errno);
	for (uintptr_t i = 0; i <= RELAYS; i++)
		subject_check(pthread_create(&threads[i], NULL, i < RELAYS ? relay_run : source_run,
					     (void *)i) == 0, "thread %lu", (unsigned long)i);
	while ((count = bytes_read(ends[RELAYS][0], bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < count; i++, position++) {
			subject_check(bytes[i] == byte_at(position), "byte %llu", (unsigned long long)position);
			result = result * 31 + bytes[i];
		}
	}
	subject_check(position == total, "end after %llu bytes", (unsigned long long)position);
	for (int i = 0; i <= RELAYS; i++)
		subject_check(pthread_join(threads[i], NULL) == 0, "join %d", i);
	return subject_finish(steps, result);
}
