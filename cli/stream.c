/* SPDX-License-Identifier: MIT */
/* Frames of a record to standard output and error, see stream.h. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cli/stream.h"

bool bytes_write(int fd, const void *bytes, size_t count)
{
	const char *at = bytes;

	while (count) {
		ssize_t written = write(fd, at, count);
		if (written < 0 && errno == EAGAIN) {
			struct pollfd room = {fd, POLLOUT, 0};
			poll(&room, 1, -1);
			continue;
		}
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		at += written;
		count -= (size_t)written;
	}
	return true;
}

bool stream_write(struct stream *stream, const uint8_t *bytes, uint32_t count)
{
	stream->offset += count;
	while (count) {
		uint32_t part = sizeof stream->frame - stream->have;
		if (part) {
			part = part < count ? part : count;
			memcpy((char *)&stream->frame + stream->have, bytes, part);
			stream->have += part;
			stream->left = stream->frame.length;
		} else {
			part = stream->left < count ? stream->left : count;
			if (!bytes_write(stream->frame.stream == TERMINAL_ERROR ? 2 : 1, bytes, part))
				return false;
			stream->left -= part;
		}
		if (stream->have == sizeof stream->frame && !stream->left)
			stream->have = 0;
		bytes += part;
		count -= part;
	}
	return true;
}
