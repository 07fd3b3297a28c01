/* SPDX-License-Identifier: MIT */
/*
 * Linux system calls for a component with a host grant: what the kernel's filter lets such a component call, on the
 * granted descriptor and what was opened below it. Results are Linux's: negative is -errno. Where there is no host, or
 * none is wanted, memory.c is behind this header: files in the component's own memory, and no sockets.
 */
#ifndef SERVER_HOST_H
#define SERVER_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HOST_GRANT = 7 };       /* the granted descriptor */

enum host_errno { HOST_EINTR = 4, HOST_EAGAIN = 11, HOST_ENOENT = 2, HOST_EEXIST = 17, HOST_ENOSPC = 28, HOST_EDQUOT = 122 };

enum host_open {
	HOST_READ = 0, HOST_WRITE = 1, HOST_READ_WRITE = 2, HOST_CREATE = 0100, HOST_EXCLUSIVE = 0200, HOST_TRUNCATE = 01000,
	HOST_DIRECTORY = 0200000, HOST_NO_FOLLOW = 0400000, HOST_CLOSE_EXEC = 02000000
};

struct host_status {
	uint64_t size;
	uint64_t modified_ns;
	bool directory;
};

long host_open(int directory, const char *name, int flags, int mode);
long host_close(int descriptor);
long host_read(int descriptor, void *to, uint64_t size);
long host_write(int descriptor, const void *from, uint64_t size);
long host_status(int descriptor, struct host_status *status);
long host_sync(int descriptor);
long host_truncate(int descriptor, uint64_t size);
long host_rename(int directory, const char *from, int to_directory, const char *to);
long host_unlink(int directory, const char *name, bool is_directory);
long host_make_directory(int directory, const char *name, int mode);

/* Whole ranges: 0, or the error of the part that failed. */
long host_read_at(int descriptor, void *to, uint64_t size, uint64_t offset);
long host_write_at(int descriptor, const void *from, uint64_t size, uint64_t offset);

/* Calls `each` with every name but . and .. until it returns false. The descriptor is rewound before. */
long host_list(int directory, bool (*each)(void *context, const char *name), void *context);

struct host_poll {
	int32_t descriptor;
	int16_t wanted;            /* 1 readable, 4 writable */
	int16_t found;
};
long host_poll(struct host_poll *polls, uint32_t count, int64_t timeout_ms);
long host_accept(int descriptor);      /* not blocking, as all reads and writes on it are */
long host_shutdown(int socket);        /* nothing is sent or received any more; whoever polls it is told */

const char *host_sentence(long error);

#endif
