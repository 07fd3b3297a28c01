/* SPDX-License-Identifier: MIT */
/*
 * Files of the program: descriptors refer to open file descriptions, which refer to a kind of file by a table of
 * functions: RAM file, directory, pipe, terminal stream, device (/dev/null, zero, urandom, full). All under the lock
 * of wait.h. Everything lies in component memory, so a checkpoint has it.
 */
#ifndef POSIX_FILE_H
#define POSIX_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <kernel/types.h>

/* At start: the RAM file system with /, /dev, /tmp, the bundle's files, standard streams on 0, 1, 2. */
long file_start(void);

/*
 * For mmap of a file: its size (`write`: it must be open for writing), or MAP_ZEROES: it reads as zeroes without end;
 * and a private copy of [offset, offset + size) into component memory. -errno.
 */
enum { MAP_ZEROES = 1 };
long file_map_size(int descriptor, bool write, uint64_t *size);
long file_map_read(int descriptor, uint64_t offset, void *to, uint64_t size);

/* The memory itself that holds the file's content, at least `end` bytes of it. */
struct chunk;
long file_map_shared(int descriptor, uint64_t end, struct chunk **chunk);

/* lseek: the new position or -errno. */
int64_t file_seek(uint64_t descriptor, int64_t offset, uint64_t whence);

/*
 * Vectors of the program (struct iovec): how many bytes they are; bytes out of them, in memory of the calling thread, as many
 * as that holds; and bytes into them. -EFAULT, -EINVAL.
 */
enum { PIECE = 64 * 1024, VECTORS = 1024 };
long vector_size(addr_t at, uint64_t count, uint64_t *size);
long vector_gather(addr_t at, uint64_t count, uint8_t **bytes);
long vector_scatter(addr_t at, uint64_t count, const uint8_t *bytes, uint64_t size);

/* That memory, of PIECE bytes; NULL: there is none left. */
void *thread_piece(void);

/* Random bytes for getrandom, /dev/urandom and AT_RANDOM. Not for keys: documented in caveats. */
void random_fill(void *to, uint64_t size);

#endif
