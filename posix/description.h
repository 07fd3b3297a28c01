/* SPDX-License-Identifier: MIT */
/* Open file descriptions: what descriptors refer to. One struct of functions per kind of file. */
#ifndef POSIX_DESCRIPTION_H
#define POSIX_DESCRIPTION_H

#include <posix/machine.h>

#include "posix/inode.h"
#include "posix/list.h"
#include "posix/wait.h"

enum { DESCRIPTORS = 1024 };
enum {
	O_WRONLY = 1, O_RDWR = 2, O_ACCMODE = 3, O_CREAT = 0100, O_EXCL = 0200, O_TRUNC = 01000, O_APPEND = 02000,
	O_NONBLOCK = 04000, O_CLOEXEC = 02000000, O_PATH = 010000000
};
enum {
	POLLIN = 1, POLLPRI = 2, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32, POLLRDNORM = 0x40, POLLRDBAND = 0x80,
	POLLWRNORM = 0x100, POLLWRBAND = 0x200, POLLRDHUP = 0x2000
};
enum { READABLE = POLLIN | POLLRDNORM, WRITABLE = POLLOUT | POLLWRNORM };
enum { AT_FDCWD = -100 };
enum { ANONYMOUS = 0600 };         /* what is no file: its mode. It has a position, which is 0 */

struct description;
struct file_kind {
	/* Bytes moved, 0 at the end, or -errno; `buffer` is memory of the library. */
	long (*read)(struct description *file, uint64_t offset, void *buffer, uint64_t size);
	long (*write)(struct description *file, uint64_t offset, const void *buffer, uint64_t size);
	void (*close)(struct description *file);
	/*
	 * Readiness, for poll, select and epoll: POLL bits (NULL: always ready, and nothing for epoll); the queue that is
	 * told of each change (NULL: there is none); when it changes by itself, own clock (NULL: never does).
	 */
	uint32_t (*ready)(const struct description *file);
	struct wait_queue *(*queue)(struct description *file);
	uint64_t (*deadline)(const struct description *file);
	uint64_t (*waiting)(const struct description *file);       /* bytes that could be read now */
	bool seekable;
	bool whole;                                                /* what is written at once is one message */
	uint32_t type;                                             /* S_IFMT bits of stat, or ANONYMOUS */
};

struct description {
	const struct file_kind *kind;
	uint32_t references;
	uint32_t flags;            /* O_ACCMODE, O_APPEND, O_NONBLOCK */
	uint64_t position;
	struct inode *inode;       /* files, directories, devices */
	void *state;               /* pipes, streams */
	struct link items;         /* of epoll descriptions that watch this one */
};

/* Descriptors. Numbers or -errno. */
struct description *description_make(const struct file_kind *kind, uint32_t flags);
struct description *description_of(uint64_t descriptor);
long descriptor_put(struct description *file, uint64_t least, bool close_exec);
void description_release(struct description *file);

/* The first descriptor of one that was made, or the two into the program's memory; what has none goes. */
long description_enter(struct description *file, bool close_exec);
long description_enter_pair(struct description *files[2], bool close_exec, addr_t to);

/* From here on descriptors were never used. */
uint32_t descriptors_top(void);

/* A description goes: out of all epoll descriptions. */
void epoll_forget(struct description *file);

extern const struct file_kind file_ram, file_directory;

/* From a path: the inode (held), or -errno. */
long path_find(long directory, addr_t path, bool follow, struct inode **found);

/* The directory and last name of a path, for making and removing; `follow`: of what a last link leads to. */
enum place_kind { PLACE_NAME, PLACE_ROOT, PLACE_DOT, PLACE_DOTS };
struct place {
	struct inode *parent;
	enum place_kind kind;
	bool slash;                /* behind the name: it can only be a directory */
	char name[NAME_MAX + 1];
};
long path_place(long directory, addr_t path, bool follow, struct place *place);

/* Whether something may be made there: 0, -EEXIST, or -ENOENT: only a directory may. */
long place_new(const struct place *place, bool directory);

long inode_open(struct inode *inode, uint32_t flags, struct description **file);
/* S_IFMT bits. */
uint32_t inode_type(const struct inode *inode);

/* Taken off the mode of what is made. */
extern uint32_t umask_now;

extern struct inode *filesystem_root, *filesystem_here;

/* Standard streams and devices. */
long streams_start(void);
struct description *device_open(uint32_t device, uint32_t flags);
enum { DEVICE_NULL = 0x103, DEVICE_ZERO = 0x105, DEVICE_FULL = 0x107, DEVICE_RANDOM = 0x108, DEVICE_URANDOM = 0x109, DEVICE_TTY = 0x500, DEVICE_STREAM = 0x8800 };

#endif
