/* SPDX-License-Identifier: MIT */
/*
 * The RAM file system: inodes in the heap, contents in blocks that exist where something was written, names in
 * directories. A file handed in at start shows its ROM until it is written to, one that the program maps shared moves
 * into memory that both see.
 *
 *   directory ── entry ── entry ── ...          open descriptions and names each hold a file;
 *                  └─ inode (links, holders)     without either it is freed
 */
#ifndef POSIX_INODE_H
#define POSIX_INODE_H

#include <stdbool.h>
#include <stdint.h>

enum inode_kind { INODE_FILE, INODE_DIRECTORY, INODE_LINK, INODE_DEVICE };
enum { NAME_MAX = 255, BLOCK = 49136 };    /* a block and its header fill a class of the heap */

struct entry {
	struct entry *next;
	struct inode *inode;
	uint64_t cookie;               /* grows along the list: where a reader of the directory is */
	char name[];
};

struct inode {
	uint64_t number;
	enum inode_kind kind;
	uint32_t mode;                 /* permission bits */
	uint32_t links, holders;
	uint64_t accessed, modified, changed;
	uint64_t size;
	uint8_t **blocks;              /* file: NULL is a hole */
	uint64_t block_count;
	const uint8_t *rom;            /* file: content until the first change */
	struct chunk *shared;          /* file: where the content lies instead, once the program has mapped it */
	uint8_t *view;                 /* of that, for the library */
	struct entry *entries;         /* directory */
	uint64_t last_cookie;
	struct inode *parent;          /* held */
	char *target;                  /* link */
	uint32_t device;               /* device: which */
	uint32_t seals;                /* posix/seal.h */
};

struct inode *inode_make(enum inode_kind kind, uint32_t mode);
void inode_hold(struct inode *inode);
void inode_release(struct inode *inode);

/* Bytes into [offset, ...) of a file: as many as asked, or -ENOSPC, -EFBIG. Holes read as zero. */
long inode_write(struct inode *inode, uint64_t offset, const void *bytes, uint64_t size);
uint64_t inode_read(const struct inode *inode, uint64_t offset, void *to, uint64_t size);
long inode_resize(struct inode *inode, uint64_t size);

/* Content of up to `end` bytes in a chunk (posix/memory.h), where it stays: 0 or -ENOSPC. */
long inode_share(struct inode *inode, uint64_t end);

struct entry *directory_find(const struct inode *directory, const char *name);
long directory_add(struct inode *directory, const char *name, struct inode *inode);
void directory_remove(struct inode *directory, const char *name);

#endif
